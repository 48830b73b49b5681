"""The two jobs of expiry: one books what has expired, one tells of what soon will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.clock import utc_now
from chassis.database import Database
from services.points.domain.limits import ledger_day
from services.points.jobs import run_job
from services.points.usecases.expiry.book_expiry import Post, book_expiry
from services.points.usecases.expiry.tell_expiring import tell_expiring

BOOKING, TELLING = "expiry_booking", "expiry_notices"


@dataclass(frozen=True, slots=True)
class ExpiryJobs:
    """Runs the jobs of expiry in the background of every replica; one at a time does the work.

    When `booking_days` have passed after a lot's last day it is booked, so that a till that was
    offline can still hand in a sale of that day which spends it.
    """

    database: Database
    post: Post
    interval: timedelta
    booking_days: int
    notice_days: Sequence[int]
    batch_max: int

    async def run_booking(self) -> None:
        """Books expired lots until cancelled."""

        async def step(position: str) -> str | None:
            return await self.book(position, utc_now())

        await run_job(self.database, BOOKING, self.interval, step)

    async def run_telling(self) -> None:
        """Tells of lots that expire soon until cancelled."""

        async def step(position: str) -> str | None:
            return await self.tell(position, utc_now())

        await run_job(self.database, TELLING, self.interval, step)

    async def book(self, position: str, now: datetime) -> str | None:
        """One step of booking."""
        today = ledger_day(now)
        return await book_expiry(
            self.database,
            self.post,
            position,
            business_date=today,
            expired_before=today - timedelta(days=self.booking_days),
            limit=self.batch_max,
        )

    async def tell(self, position: str, now: datetime) -> str | None:
        """One step of telling."""
        return await tell_expiring(
            self.database,
            self.notice_days,
            position,
            today=ledger_day(now),
            limit=self.batch_max,
        )
