"""A database with the tables of events, streams of a test's own, and events that are numbers."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from chassis.database import Database, chassis_metadata
from tests.fixtures.nats import OwnNats, own_nats
from tests.fixtures.servers import Servers, migrated_database


@pytest.fixture(scope="session")
async def migrated(servers: Servers) -> AsyncIterator[Database]:
    """A service's database, and a table of numbers in which a repetition would show."""
    async with migrated_database(servers, "reports") as database:
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("CREATE TABLE numbers (position serial, number bigint NOT NULL)")
            )
        yield database


@pytest.fixture
async def database(migrated: Database) -> Database:
    """The database, with no event in it."""
    async with migrated.transaction() as tx:
        for table in chassis_metadata.sorted_tables:
            await tx.connection.execute(table.delete())
        await tx.connection.execute(text("TRUNCATE numbers"))
    return migrated


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[OwnNats]:
    """NATS of this test alone."""
    with own_nats(tmp_path) as server:
        yield server
