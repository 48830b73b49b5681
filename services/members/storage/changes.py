"""The SQL of what is changed about members. Rows of the history are never changed."""

from datetime import date
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.members.domain.member_change import MemberChange
from services.members.storage.tables import member_changes_table, members_table

ChangeRecord = Row[Any]

# Larger than any id: the first page of a list that runs newest first starts here.
NEWEST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class MemberChangeRepository:
    """Changes over one connection; the caller owns the transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock_member(self, member_id: str) -> str | None:
        """Lets the changes of a member take turns; returns the tier, None for no such member."""
        row = await self._connection.execute(
            select(members_table.c.tier_code)
            .where(members_table.c.member_id == member_id)
            .with_for_update()
        )
        return row.scalar_one_or_none()

    async def content_hash(self, change_id: str) -> bytes | None:
        """The hash of a change that was carried out; None for an unknown id."""
        row = await self._connection.execute(
            select(member_changes_table.c.content_hash).where(
                member_changes_table.c.change_id == change_id
            )
        )
        return row.scalar_one_or_none()

    async def add(self, change: MemberChange, previous_tier_code: str) -> bool:
        """Adds a change to the history; False when its id is taken."""
        added = await self._connection.execute(
            insert(member_changes_table)
            .values(
                change_id=change.change_id,
                member_id=change.member_id,
                kind=change.kind.value,
                tier_code=change.tier_code,
                previous_tier_code=previous_tier_code,
                reason=change.reason,
                changed_by=change.changed_by,
                changed_at=change.changed_at,
                content_hash=change.content_hash(),
            )
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1

    async def set_tier(self, member_id: str, tier_code: str) -> None:
        """Sets a member's tier; empty for none."""
        await self._connection.execute(
            update(members_table)
            .where(members_table.c.member_id == member_id)
            .values(tier_code=tier_code)
        )

    async def set_birth_date(self, member_id: str, birth_date: date | None) -> None:
        """Sets or removes a member's date of birth."""
        await self._connection.execute(
            update(members_table)
            .where(members_table.c.member_id == member_id)
            .values(birth_date=birth_date)
        )

    async def history(
        self, member_id: str, before_change_id: str, limit: int
    ) -> list[ChangeRecord]:
        """Changes of one member, newest id first."""
        rows = await self._connection.execute(
            select(member_changes_table)
            .where(
                member_changes_table.c.member_id == member_id,
                member_changes_table.c.change_id < before_change_id,
            )
            .order_by(member_changes_table.c.change_id.desc())
            .limit(limit)
        )
        return list(rows.all())
