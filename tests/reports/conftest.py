"""An empty reports database for each test of this folder, and the API that answers from it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from chassis.database import Database, chassis_metadata
from services.reports.bootstrap import build
from services.reports.event_handlers import SUBSCRIPTIONS
from services.reports.settings import Settings
from services.reports.storage.tables import metadata
from tests.fixtures.running import open_stub, running_server
from tests.fixtures.servers import Servers, migrated_database
from yika.reports.v1 import report_service_pb2_grpc

Apply = Callable[..., Awaitable[None]]


@pytest.fixture(scope="session")
async def migrated(servers: Servers) -> AsyncIterator[Database]:
    """The database of this folder's tests, built once."""
    async with migrated_database(servers, "reports") as database:
        yield database


async def empty(database: Database) -> None:
    """Empties every table."""
    async with database.transaction() as tx:
        for table in (*metadata.sorted_tables, *chassis_metadata.sorted_tables):
            await tx.connection.execute(table.delete())


@pytest.fixture
async def database(migrated: Database) -> Database:
    """The database, empty."""
    await empty(migrated)
    return migrated


@pytest.fixture
def apply(database: Database) -> Apply:
    """Applies events as the consumer does, each in a transaction of its own."""
    handlers = {subscription.event: subscription.handler for subscription in SUBSCRIPTIONS}

    async def apply_events(*events: Any) -> None:
        for event in events:
            async with database.transaction() as tx:
                await handlers[type(event)](tx, event)

    return apply_events


@pytest.fixture
async def address(database: Database, tmp_path: Path) -> AsyncIterator[str]:
    """Where ReportService answers from the test's database."""
    parts = await build(Settings(), database)
    async with running_server(parts, tmp_path) as address:
        yield address


@pytest.fixture
async def reports(address: str) -> AsyncIterator[Any]:
    """A stub that may read the sales and value movements of every store."""
    stub = report_service_pb2_grpc.ReportServiceStub
    async with open_stub(stub, address, {"reports.sales.read", "reports.value.read"}) as opened:
        yield opened
