"""The only SQL of what happens to wallets beside bills. Rows of the history are never changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Uuid, literal, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.wallets.wallet_change import WalletChange, WalletChangeKind
from services.points.storage.tables import wallets
from services.points.storage.wallets.wallet_tables import wallet_changes

Record = Row[Any]

_LOCK_HOUSEHOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:household_id, 0))")


class WalletChangeRepository:
    """Reads and writes changes of wallets; whose wallets must be locked by who writes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, change_id: str) -> WalletChange | None:
        """The change of an id, whoever's wallets it is about."""
        rows = (
            await self._connection.execute(
                select(wallet_changes)
                .where(wallet_changes.c.change_id == change_id)
                .order_by(wallet_changes.c.ordinal)
            )
        ).all()
        if not rows:
            return None
        first = rows[0]
        return WalletChange(
            change_id=first.change_id,
            kind=WalletChangeKind(first.kind),
            member_ids=tuple(row.member_id for row in rows),
            caller=first.caller,
            happened_at=first.happened_at,
            reason=first.reason,
            household_id=first.household_id,
            store_id=first.store_id,
            staff_id=first.staff_id,
        )

    async def add(self, change: WalletChange) -> bool:
        """Adds a change to the history; False when another writer has just used its id."""
        added = await self._connection.execute(
            insert(wallet_changes)
            .values(
                [
                    {
                        "member_id": member_id,
                        "change_id": change.change_id,
                        "ordinal": ordinal,
                        "kind": change.kind,
                        "household_id": change.household_id,
                        "store_id": change.store_id,
                        "staff_id": change.staff_id,
                        "caller": change.caller,
                        "reason": change.reason,
                        "happened_at": change.happened_at,
                    }
                    for ordinal, member_id in enumerate(change.member_ids)
                ]
            )
            .on_conflict_do_nothing()
        )
        return added.rowcount == len(change.member_ids)

    async def can_be_frozen(self, member_id: str) -> bool:
        """Whether there is a wallet that is neither frozen nor merged."""
        found = await self._connection.execute(
            select(wallets.c.member_id).where(
                wallets.c.member_id == member_id,
                wallets.c.frozen_reason.is_(None),
                wallets.c.merged_into.is_(None),
            )
        )
        return found.one_or_none() is not None

    async def set_frozen(self, member_id: str, reason: str | None) -> None:
        """Freezes a wallet with a reason, or unfreezes it."""
        await self._connection.execute(
            update(wallets).where(wallets.c.member_id == member_id).values(frozen_reason=reason)
        )

    async def set_household(self, member_ids: Sequence[str], household_id: str | None) -> None:
        """Puts members into a household, or out of theirs."""
        await self._connection.execute(
            update(wallets)
            .where(wallets.c.member_id.in_(member_ids))
            .values(household_id=household_id)
        )

    async def lock_household(self, household_id: str) -> None:
        """Lets the changes of one household take turns: it has no row that could be locked."""
        await self._connection.execute(_LOCK_HOUSEHOLD, {"household_id": household_id})

    async def household(self, household_id: str) -> Sequence[str]:
        """The members of a household in order."""
        rows = await self._connection.execute(
            select(wallets.c.member_id)
            .where(wallets.c.household_id == household_id)
            .order_by(wallets.c.member_id)
        )
        return list(rows.scalars())

    async def history(
        self, member_id: str, after_change_id: str | None, limit: int
    ) -> Sequence[Record]:
        """Changes of one wallet, newest first; after one of them, or from the beginning."""
        table = wallet_changes.c
        query = select(wallet_changes).where(table.member_id == member_id)
        order = tuple_(table.happened_at, table.change_id)
        if after_change_id is not None:
            last = table.member_id == member_id, table.change_id == after_change_id
            happened_at = await self._connection.scalar(select(table.happened_at).where(*last))
            query = query.where(
                order < tuple_(happened_at, literal(after_change_id, Uuid(as_uuid=False)))
            )
        rows = await self._connection.execute(
            query.order_by(table.happened_at.desc(), table.change_id.desc()).limit(limit)
        )
        found: Sequence[Record] = rows.all()
        return found
