"""The only SQL of expiry: whose lots have expired, and whose soon will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import ASSETS, Asset
from services.points.domain.expiry import BOOKED_ASSETS
from services.points.storage.driver import text_of
from services.points.storage.expiry.expiry_tables import expiry_notices

# Both walk along ix_lots_expiring. Frozen wallets wait: their books do not change.
_EXPIRED = text(
    f"""
    SELECT DISTINCT ON (l.expiry_date, l.member_id) l.expiry_date, l.member_id, l.store_id
    FROM lots AS l
    WHERE l.is_open AND l.expiry_date IS NOT NULL AND l.expiry_date < :before
      AND (l.expiry_date, l.member_id) > (:after_date, :after_member)
      AND l.asset IN ({", ".join(f"{asset:d}" for asset in BOOKED_ASSETS)})
      AND NOT EXISTS (SELECT FROM wallets AS w
                      WHERE w.member_id = l.member_id AND w.frozen_reason IS NOT NULL)
    ORDER BY l.expiry_date, l.member_id, l.earned_at, l.bill_id, l.ordinal
    LIMIT :limit
    """  # noqa: S608 - numbers of this program
)
_EXPIRING = text(
    """
    WITH page AS (
        SELECT DISTINCT expiry_date, member_id FROM lots
        WHERE is_open AND expiry_date IS NOT NULL AND expiry_date <= :last_date
          AND (expiry_date, member_id) > (:after_date, :after_member)
        ORDER BY expiry_date, member_id LIMIT :limit
    )
    SELECT expiry_date, member_id, asset, pass_id, sum(remaining) AS amount
    FROM page JOIN lots USING (expiry_date, member_id)
    WHERE is_open
    GROUP BY expiry_date, member_id, asset, pass_id
    ORDER BY expiry_date, member_id, asset, pass_id
    """
)


class Place(NamedTuple):
    """A place in the order in which lots are walked: by their last day, then by member."""

    date: date
    member_id: str


@dataclass(frozen=True, slots=True)
class ExpiredLots:
    """Lots of a member that expired on a day; the store is that of the oldest."""

    expiry_date: date
    member_id: str
    store_id: str


@dataclass(frozen=True, slots=True)
class ExpiringValue:
    """What a member has of an asset whose last day is `expiry_date`; None for one not known."""

    expiry_date: date
    member_id: str
    asset: Asset | None
    pass_id: str | None
    amount: int


class ExpiryRepository:
    """Reads of lots by their last day, and the state of the notices."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def expired(self, before: date, after: Place, limit: int) -> list[ExpiredLots]:
        """Who has something left of lots whose last day lies before a date, in order."""
        rows = await self._rows(_EXPIRED, before=before, after=after, limit=limit)
        return [ExpiredLots(row.expiry_date, str(row.member_id), str(row.store_id)) for row in rows]

    async def expiring(self, last_date: date, after: Place, limit: int) -> list[ExpiringValue]:
        """What is left of lots with a last day through `last_date`, of `limit` members and days."""
        rows = await self._rows(_EXPIRING, last_date=last_date, after=after, limit=limit)
        return [
            ExpiringValue(
                row.expiry_date,
                str(row.member_id),
                ASSETS.get(row.asset),
                text_of(row.pass_id),
                int(row.amount),
            )
            for row in rows
        ]

    async def lock_notice(self, notice_days: int, start: Place) -> Place:
        """How far a notice has been told, from `start` the first time; locked until the commit."""
        place = {"told_date": start.date, "told_member_id": start.member_id}
        await self._connection.execute(
            insert(expiry_notices).values(notice_days=notice_days, **place).on_conflict_do_nothing()
        )
        columns = (expiry_notices.c.told_date, expiry_notices.c.told_member_id)
        query = select(*columns).where(expiry_notices.c.notice_days == notice_days)
        return Place(*(await self._connection.execute(query.with_for_update())).one())

    async def move_notice(self, notice_days: int, told: Place) -> None:
        """Everything up to there has been told."""
        await self._connection.execute(
            update(expiry_notices)
            .where(expiry_notices.c.notice_days == notice_days)
            .values(told_date=told.date, told_member_id=told.member_id)
        )

    async def _rows(self, query: Any, *, after: Place, **parameters: Any) -> Sequence[Any]:
        place = {"after_date": after.date, "after_member": after.member_id}
        return (await self._connection.execute(query, {**place, **parameters})).all()
