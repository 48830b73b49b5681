"""The writers of the door never have every line: settings and services/points/door.py."""

import asyncio

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from chassis.database import Database
from services.points.door import Door
from services.points.programmes import ProgrammeSource
from services.points.settings import Settings
from services.points.storage.locked_books import lock_wallets
from tests.fixtures.builders_points import (
    SOLD_AT,
    build_chain,
    build_command,
    build_sale,
    post_commands,
    running_door,
)
from tests.fixtures.polling import eventually

LINES = 3
_WAITERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
    """


async def test_the_most_writers_leave_a_line_to_rules_and_readiness(database: Database) -> None:
    chain, _ = await build_chain(database)
    await post_commands(database, build_command(build_sale(chain)), now=SOLD_AT)
    url = database.engine.url.set(drivername="postgresql")
    small = Database(url.render_as_string(hide_password=False), service="points", pool_size=LINES)
    door = Door(
        lambda commands: post_commands(small, *commands, now=SOLD_AT),
        batch_max=1,
        writers=LINES - 1,
        queue_max=10,
    )

    async def every_writer_waits() -> bool:
        async with database.read() as connection:
            return await connection.scalar(text(_WAITERS)) == LINES - 1

    try:
        async with running_door(door):
            async with database.transaction() as tx:
                await lock_wallets(tx.connection, [chain.member_id])
                sales = [
                    asyncio.ensure_future(door.post([build_command(build_sale(chain))]))
                    for _ in range(LINES)
                ]
                await eventually(every_writer_waits)
                async with asyncio.timeout(5):
                    await small.ping()
                    await ProgrammeSource(small, ("cash",), refresh_seconds=0).current()
            await asyncio.gather(*sales)
    finally:
        await small.dispose()


def test_as_many_writers_as_lines_are_refused() -> None:
    assert Settings(database_pool_size=7, door_writers=6).door_writers == 6
    with pytest.raises(ValidationError, match="must be less than database_pool_size"):
        Settings(database_pool_size=7, door_writers=7)
    with pytest.raises(ValidationError, match="must be less than database_pool_size"):
        Settings(door_writers=20)
