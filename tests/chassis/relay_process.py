"""A relay in a process of its own: python -m tests.chassis.relay_process NAME DATABASE NATS."""

import asyncio
import sys

from chassis.database import Database
from chassis.events import EventBus
from tests.chassis.numbers import PRODUCER, relay_of


async def run(name: str, database_url: str, nats_url: str) -> None:
    """Relays until it is killed; the database knows its connections by `name`."""
    database = Database(database_url, service=name)
    await relay_of(database, EventBus(nats_url, service=PRODUCER)).run()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:4]))
