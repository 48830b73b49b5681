"""A job in a process of its own: python -m tests.points.job_process DATABASE STOP_AT.

It does steps until position STOP_AT, says so, and hangs in that step until it is killed.
"""

import asyncio
import sys
from datetime import timedelta

from sqlalchemy import text

from chassis.database import Database
from services.points.jobs import run_job

STEPS = 10


async def do_step(database: Database, position: str) -> str | None:
    """Writes one row for a position; the run has ten."""
    number = int(position or 0)
    async with database.transaction() as tx:
        await tx.connection.execute(text("INSERT INTO done VALUES (:n)"), {"n": number})
    return str(number + 1) if number + 1 < STEPS else None


async def run(url: str, stop_at: str) -> None:
    """Works until it hangs."""
    database = Database(url, service="job")

    async def step(position: str) -> str | None:
        following = await do_step(database, position)
        if following == stop_at:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            await asyncio.Event().wait()
        return following

    await run_job(database, "count", timedelta(hours=1), step, rest=0)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:3]))
