"""A verifier in a process of its own: python -m tests.points.verifier_process DATABASE.

It verifies an account a step, and hangs between committing its third and noting that it did.
"""

import asyncio
import sys
from datetime import timedelta

from chassis.database import Database
from services.points.jobs import run_job
from services.points.usecases.audit import verify_ledger
from services.points.verifier import JOB, Verifier


async def run(url: str) -> None:
    """Works until it hangs."""
    verify_ledger._ACCOUNTS_MAX = 1
    database = Database(url, service="verifier")
    verifier = Verifier(database, interval=timedelta(hours=1), rest=0)
    steps = iter(range(3))

    async def step(position: str) -> str | None:
        following = await verifier.step(position)
        if next(steps) == 2:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            await asyncio.Event().wait()
        return following

    await run_job(database, JOB, timedelta(hours=1), step, rest=0)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
