"""Gateways as processes of their own, spoken to over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fixtures.builders_devices import GatewayProcess, prepared_data_dir, running_gateway
from tests.fixtures.headquarters import Chain, running_headquarters
from tests.fixtures.servers import Servers


@pytest.fixture(scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayProcess]:
    """A gateway with a catalogue and no headquarters; the tests of a file share it."""
    data_dir = await prepared_data_dir(tmp_path_factory.mktemp("gateway") / "data")
    async with running_gateway(data_dir) as gateway:
        yield gateway


@pytest.fixture(scope="module")
async def till(gateway: GatewayProcess) -> AsyncIterator[httpx.AsyncClient]:
    """A register's client of that gateway."""
    async with gateway.client() as client:
        yield client


@pytest.fixture(scope="package")
async def chain(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chain]:
    """inventory, members and points for all tests of this folder; each makes its own goods."""
    async with running_headquarters(servers, tmp_path_factory.mktemp("headquarters")) as chain:
        yield chain
