"""The members service on a fresh database, for every test of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chassis.database import Database
from chassis.service import Parts
from services.members.bootstrap import build
from tests.fixtures.builders_members import build_members_settings
from tests.fixtures.running import all_permissions, open_stub, running_server
from tests.fixtures.servers import Servers, migrated_database
from yika.members.v1 import member_service_pb2_grpc


@pytest.fixture(scope="module")
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A members database; shared by the tests of a file, which therefore make their own members."""
    async with migrated_database(servers, "members") as database:
        yield database


@pytest.fixture(scope="module")
async def parts(database: Database) -> Parts:
    """The service as its bootstrap builds it."""
    return await build(build_members_settings(), database)


@pytest.fixture(scope="module")
async def address(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Where the service answers."""
    scratch: Path = tmp_path_factory.mktemp("members")
    async with running_server(parts, scratch) as address:
        yield address


@pytest.fixture(scope="module")
async def members(parts: Parts, address: str) -> AsyncIterator[Any]:
    """A stub that may call everything."""
    stub = member_service_pb2_grpc.MemberServiceStub
    async with open_stub(stub, address, all_permissions(parts)) as stub_with_token:
        yield stub_with_token
