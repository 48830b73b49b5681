"""A fresh reports database for each test of this folder."""

from collections.abc import AsyncIterator

import pytest

from chassis.database import Database
from tests.fixtures.servers import Servers, migrated_database


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A migrated database of its own."""
    async with migrated_database(servers, "reports") as database:
        yield database
