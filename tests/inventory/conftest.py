"""An inventory service that answers over gRPC; its database is emptied before each test."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update

from chassis.database import Database, chassis_metadata
from chassis.service import Parts
from services.inventory.bootstrap import build
from services.inventory.settings import Settings
from services.inventory.storage.tables import catalogue_revision, metadata
from tests.fixtures.running import all_permissions, open_stub, running_server
from tests.fixtures.servers import Servers, migrated_database
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub


@pytest.fixture(scope="session")
async def inventory_database(servers: Servers) -> AsyncIterator[Database]:
    """One migrated inventory database for the run."""
    async with migrated_database(servers, "inventory") as database:
        yield database


@pytest.fixture
async def database(inventory_database: Database) -> Database:
    """The inventory database, with nothing in it."""
    async with inventory_database.transaction() as tx:
        for table in (*reversed(metadata.sorted_tables), *chassis_metadata.sorted_tables):
            if table is not catalogue_revision:
                await tx.connection.execute(table.delete())
        await tx.connection.execute(update(catalogue_revision).values(revision=0))
    return inventory_database


@pytest.fixture(scope="session")
async def parts(inventory_database: Database) -> Parts:
    """The service as its bootstrap builds it."""
    return await build(Settings(), inventory_database)


@pytest.fixture(scope="session")
async def address(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where the service answers."""
    async with running_server(parts, tmp_path_factory.mktemp("inventory")) as address:
        yield address


@pytest.fixture
async def inventory(
    address: str, parts: Parts, database: Database
) -> AsyncIterator[InventoryServiceStub]:
    """A caller who may do everything in every store, before an empty database."""
    async with open_stub(InventoryServiceStub, address, all_permissions(parts)) as stub:
        yield stub
