"""Makes codes in a process of its own, and may die of SIGKILL at a chosen moment.

    python -m tests.points.coupon_issuer_process DATABASE BATCH [written|committed NUMBER]

`written 4`: in the middle of its fourth batch, whose rows are written and not committed.
`committed 5`: right after the commit of its fifth.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from chassis.clock import utc_now
from chassis.database import Database
from services.points.coupon_issuer import CouponIssuer
from services.points.storage.coupons.coupons import CouponRepository
from services.points.usecases.coupons.issue_coupon_batch import issue_coupon_batch
from tests.fixtures.coupons import lonely_desk


def die() -> None:
    """As the kernel kills: nothing is flushed, closed or rolled back by this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_when_written(number: int) -> None:
    """Lets the batch with this number die with its rows written."""
    insert = CouponRepository.insert
    made = 0

    async def insert_and_die(self: CouponRepository, *arguments: Any) -> set[int]:
        nonlocal made
        written = await insert(self, *arguments)
        made += 1
        if made == number:
            die()
        return written

    CouponRepository.insert = insert_and_die  # type: ignore[method-assign]


async def run(database_url: str, batch_max: int, moment: str, number: int) -> None:
    """Makes codes until it is killed."""
    database = Database(database_url, service="points")
    async with lonely_desk(database) as desk:
        if moment == "committed":
            for _ in range(number):
                await issue_coupon_batch(desk, batch_max=batch_max, now=utc_now())
            die()
        elif moment == "written":
            die_when_written(number)
        await CouponIssuer(desk, batch_max=batch_max, poll_seconds=0.05).run()


if __name__ == "__main__":
    url, batch, *death = sys.argv[1:]
    asyncio.run(run(url, int(batch), *(death[0], int(death[1])) if death else ("", 0)))
