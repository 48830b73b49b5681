"""The only SQL of pass shares. Rows are ended, never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.errors import id_reused
from services.points.domain.passes.pass_share import PassShare
from services.points.storage.passes.pass_tables import pass_shares as table


class StoredShare(NamedTuple):
    """A share with the requests that began and ended it."""

    share: PassShare
    document: bytes
    unshare_id: str | None
    end_document: bytes


class PassShareRepository:
    """Shares on one connection; to change any, the owner's wallet must be locked.

    Owners and users are given as families, see Merges: a share keeps the ids it began with.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, share_id: str) -> StoredShare | None:
        """A share by its id, whoever's it is."""
        return await self._one(table.c.share_id == share_id)

    async def find_ended_by(self, unshare_id: str) -> StoredShare | None:
        """The share that a request ended, whoever's it is."""
        return await self._one(table.c.unshare_id == unshare_id)

    async def lasting(self, owners: Sequence[str], pass_id: str) -> Sequence[PassShare]:
        """Shares of a family's pass that have not ended."""
        return await self._all(
            select(table).where(
                table.c.member_id.in_(owners),
                table.c.pass_id == pass_id,
                table.c.ended_at.is_(None),
            )
        )

    async def lasting_with(self, users: Sequence[str], limit: int) -> Sequence[PassShare]:
        """Shares that let a family use other members' passes, oldest first."""
        return await self._all(
            select(table)
            .where(table.c.user_member_id.in_(users), table.c.ended_at.is_(None))
            .order_by(table.c.shared_at, table.c.share_id)
            .limit(limit)
        )

    async def of_owners(
        self, owners: Sequence[str], before_share_id: str, limit: int
    ) -> Sequence[PassShare]:
        """All shares of a family's passes, ended ones included, newest id first."""
        return await self._all(
            select(table)
            .where(table.c.member_id.in_(owners), table.c.share_id < before_share_id)
            .order_by(table.c.share_id.desc())
            .limit(limit)
        )

    async def add(self, share: PassShare, document: bytes) -> None:
        """Begins a share. AlreadyExists ID_REUSED when another owner took the id meanwhile."""
        begun = await self._connection.execute(
            insert(table)
            .values(
                member_id=share.owner_member_id,
                share_id=share.share_id,
                pass_id=share.pass_id,
                user_member_id=share.user_member_id,
                shared_at=share.shared_at,
                document=document,
                end_document=b"",
            )
            .on_conflict_do_nothing(index_elements=[table.c.share_id])
        )
        if not begun.rowcount:
            raise id_reused("share", share.share_id)

    async def end(
        self, share: PassShare, unshare_id: str, end_document: bytes, ended_at: datetime
    ) -> None:
        """Ends a share. AlreadyExists ID_REUSED when another owner took the id meanwhile."""
        statement = (
            update(table)
            .where(
                table.c.member_id == share.owner_member_id,
                table.c.share_id == share.share_id,
            )
            .values(ended_at=ended_at, unshare_id=unshare_id, end_document=end_document)
        )
        try:
            await self._connection.execute(statement)
        except IntegrityError as error:
            raise id_reused("unshare", unshare_id) from error

    async def _one(self, condition: ColumnElement[bool]) -> StoredShare | None:
        row = (await self._connection.execute(select(table).where(condition))).first()
        if row is None:
            return None
        return StoredShare(_share(row), row.document, row.unshare_id, row.end_document)

    async def _all(self, query: Select[Any]) -> Sequence[PassShare]:
        return [_share(row) for row in await self._connection.execute(query)]


def _share(row: Row[Any]) -> PassShare:
    return PassShare(
        row.member_id,
        row.share_id,
        row.pass_id,
        row.user_member_id,
        row.shared_at,
        row.ended_at,
    )
