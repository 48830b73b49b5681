"""The only SQL of statements and of the past: what moved in wallets, by order and by moment.

`posted_at` is the clock of the replica that posted; see docs/adr/0017.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import POINTS_DEBT, WALLET, Asset
from services.points.storage.queries.ledger_queries import OF_ITS_BILL
from services.points.storage.tables import bills, lots, transfers

Record = Row[Any]

# By how much a transfer changes a wallet, or what is owed.
_WALLET_CHANGE = case(
    (transfers.c.credit_account == WALLET, transfers.c.amount),
    (transfers.c.debit_account == WALLET, -transfers.c.amount),
    else_=0,
)
_DEBT_CHANGE = case(
    (transfers.c.debit_account == POINTS_DEBT, transfers.c.amount),
    (transfers.c.credit_account == POINTS_DEBT, -transfers.c.amount),
    else_=0,
)


class StatementQueries:
    """Reads of what moved, on a connection that cannot write."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lines(
        self,
        member_id: str,
        asset: Asset,
        pass_id: str | None,
        before: tuple[int, int],
        limit: int,
    ) -> Sequence[Record]:
        """Transfers of one asset, newest (sequence, ordinal) first, with what their bill says.

        `change` is by how much each changed the wallet.
        """
        sequence, ordinal = before
        query = (
            select(
                transfers,
                bills.c.sequence,
                bills.c.kind,
                bills.c.occurred_at,
                _WALLET_CHANGE.label("change"),
            )
            .join(bills, OF_ITS_BILL)
            .where(
                bills.c.member_id == member_id,
                text("bills.sequence > 0"),  # as the index says it
                bills.c.sequence <= sequence,
                or_(bills.c.sequence < sequence, transfers.c.ordinal < ordinal),
                transfers.c.asset == asset,
            )
            .order_by(bills.c.sequence.desc(), transfers.c.ordinal.desc())
            .limit(limit)
        )
        if pass_id is not None:
            query = query.where(transfers.c.pass_id == pass_id)
        return await self._all(query)

    async def changed_since(
        self, member_id: str, asset: Asset, pass_id: str | None, position: tuple[int, int]
    ) -> int:
        """By how much the wallet changed at a (sequence, ordinal) and after it."""
        sequence, ordinal = position
        query = (
            select(func.coalesce(func.sum(_WALLET_CHANGE), 0))
            .join(bills, OF_ITS_BILL)
            .where(
                bills.c.member_id == member_id,
                text("bills.sequence > 0"),  # as the index says it
                bills.c.sequence >= sequence,
                or_(bills.c.sequence > sequence, transfers.c.ordinal >= ordinal),
                transfers.c.asset == asset,
            )
        )
        if pass_id is not None:
            query = query.where(transfers.c.pass_id == pass_id)
        return int((await self._connection.execute(query)).scalar_one())

    async def left(self, member_id: str, asset: Asset, pass_id: str | None) -> int:
        """What is left now in a member's lots of one asset."""
        query = select(func.coalesce(func.sum(lots.c.remaining), 0)).where(
            lots.c.member_id == member_id, lots.c.asset == asset, lots.c.is_open
        )
        if pass_id is not None:
            query = query.where(lots.c.pass_id == pass_id)
        return int((await self._connection.execute(query)).scalar_one())

    async def balances_at(self, member_id: str, moment: datetime) -> Sequence[Record]:
        """(asset, pass_id, amount, debt) of a member at a moment."""
        query = (
            select(
                transfers.c.asset,
                transfers.c.pass_id,
                func.sum(_WALLET_CHANGE).label("amount"),
                func.sum(_DEBT_CHANGE).label("debt"),
            )
            .where(transfers.c.member_id == member_id, transfers.c.posted_at <= moment)
            .group_by(transfers.c.asset, transfers.c.pass_id)
            .order_by(transfers.c.asset, transfers.c.pass_id)
        )
        return await self._all(query)

    async def lots_at(
        self, member_id: str, moment: datetime, after: tuple[str, int] | None, limit: int
    ) -> Sequence[Record]:
        """Lots that held something at a moment, with that amount, by (bill_id, ordinal).

        Of a lot whose row is gone only the transfers tell: it has no store and no time.
        """
        changes = (
            select(
                transfers.c.lot_bill_id,
                transfers.c.lot_ordinal,
                func.min(transfers.c.asset).label("asset"),
                func.min(cast(transfers.c.pass_id, Text)).label("pass_id"),
                func.sum(_WALLET_CHANGE).label("amount"),
            )
            .where(
                transfers.c.member_id == member_id,
                transfers.c.posted_at <= moment,
                transfers.c.lot_bill_id.is_not(None),
            )
            .group_by(transfers.c.lot_bill_id, transfers.c.lot_ordinal)
            .having(func.sum(_WALLET_CHANGE) != 0)
        )
        if after is not None:
            changes = changes.where(
                tuple_(transfers.c.lot_bill_id, transfers.c.lot_ordinal)
                > tuple_(literal(after[0], Uuid(as_uuid=False)), literal(after[1]))
            )
        page = (
            changes.order_by(transfers.c.lot_bill_id, transfers.c.lot_ordinal).limit(limit)
        ).subquery()
        query = (
            select(
                page.c.lot_bill_id.label("bill_id"),
                page.c.lot_ordinal.label("ordinal"),
                page.c.amount,
                func.coalesce(lots.c.asset, page.c.asset).label("asset"),
                func.coalesce(cast(lots.c.pass_id, Text), page.c.pass_id).label("pass_id"),
                lots.c.store_id,
                lots.c.earned_at,
            )
            .outerjoin(
                lots,
                and_(
                    lots.c.member_id == member_id,
                    lots.c.bill_id == page.c.lot_bill_id,
                    lots.c.ordinal == page.c.lot_ordinal,
                ),
            )
            .order_by(page.c.lot_bill_id, page.c.lot_ordinal)
        )
        return await self._all(query)

    async def left_by_asset(self) -> Sequence[Record]:
        """(asset, pass_id, amount) that is left now in all wallets."""
        query = (
            select(lots.c.asset, lots.c.pass_id, func.sum(lots.c.remaining).label("amount"))
            .where(lots.c.is_open)
            .group_by(lots.c.asset, lots.c.pass_id)
        )
        return await self._all(query)

    async def changes_since(self, moment: datetime) -> Sequence[Record]:
        """(asset, pass_id, amount): by how much wallets changed after a moment."""
        query = (
            select(transfers.c.asset, transfers.c.pass_id, func.sum(_WALLET_CHANGE).label("amount"))
            .where(transfers.c.posted_at > moment)
            .group_by(transfers.c.asset, transfers.c.pass_id)
        )
        return await self._all(query)

    async def lots_of_bill(self, member_id: str, bill_id: str) -> Sequence[Record]:
        """The lots of its member that a bill put something into: its transfers name them."""
        filled = select(transfers.c.lot_bill_id, transfers.c.lot_ordinal).where(
            transfers.c.member_id == member_id,
            transfers.c.bill_id == bill_id,
            transfers.c.credit_account == WALLET,
        )
        query = (
            select(lots)
            .where(
                lots.c.member_id == member_id,
                tuple_(lots.c.bill_id, lots.c.ordinal).in_(filled),
            )
            .order_by(lots.c.bill_id, lots.c.ordinal)
        )
        return await self._all(query)

    async def later_bills(
        self, bill_ids: Sequence[str], store_ids: Sequence[str] | None, limit: int
    ) -> tuple[Sequence[Record], int]:
        """The newest bills about those of one document, and how many there are.

        Those in the given stores or all; the count is of all stores.
        """
        about = and_(
            bills.c.original_bill_id.in_(bill_ids),
            bills.c.bill_id.not_in(bill_ids),  # the second bill of a document names the first
        )
        count = (
            await self._connection.execute(select(func.count()).select_from(bills).where(about))
        ).scalar_one()
        query = select(bills).where(about)
        if store_ids is not None:
            query = query.where(bills.c.store_id.in_(store_ids))
        query = query.order_by(bills.c.posted_at.desc(), bills.c.bill_id.desc()).limit(limit)
        return await self._all(query), int(count)

    async def _all(self, query: Select[Any]) -> Sequence[Record]:
        rows: Sequence[Record] = (await self._connection.execute(query)).all()
        return rows
