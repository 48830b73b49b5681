"""An inventory service with a fresh database, answering over gRPC."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis.database import Database
from chassis.service import Parts
from services.inventory.bootstrap import build
from services.inventory.settings import Settings
from tests.fixtures.running import all_permissions, open_stub, running_server
from tests.fixtures.servers import Servers, migrated_database
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A migrated, empty inventory database."""
    async with migrated_database(servers, "inventory") as database:
        yield database


@pytest.fixture
async def parts(database: Database) -> Parts:
    """The service as its bootstrap builds it."""
    return await build(Settings(), database)


@pytest.fixture
async def address(parts: Parts, tmp_path: Path) -> AsyncIterator[str]:
    """Where the service answers."""
    async with running_server(parts, tmp_path) as address:
        yield address


@pytest.fixture
async def inventory(address: str, parts: Parts) -> AsyncIterator[InventoryServiceStub]:
    """A caller who may do everything in every store."""
    async with open_stub(InventoryServiceStub, address, all_permissions(parts)) as stub:
        yield stub
