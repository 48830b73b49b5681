"""Books expired lots in a process of its own: python -m tests.points.expiry_process DATABASE NOW.

One member a step, a line after each, until it is done or killed.
"""

import asyncio
import sys
from datetime import datetime

from chassis.database import Database
from tests.fixtures.expired_lots import expiry_jobs


async def run(url: str, now: datetime) -> None:
    """Steps to the end."""
    jobs = expiry_jobs(Database(url, service="expiry"), now, batch_max=1)
    position: str | None = ""
    while position is not None:
        position = await jobs.book(position, now)
        sys.stdout.write(f"{position}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
