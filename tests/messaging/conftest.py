"""The messaging service and the members service that it asks, each on a fresh database."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from chassis.clock import utc_now
from chassis.database import Database
from chassis.grpc_client import open_channel
from chassis.service import Parts
from services.members.bootstrap import build as build_members
from services.messaging.bootstrap import build
from services.messaging.event_handlers import subscriptions
from services.messaging.member_contacts import MemberContacts
from services.messaging.providers.log_provider import LogProvider
from services.messaging.providers.provider import SmsProvider
from services.messaging.sender import Sender
from services.messaging.settings import Settings
from services.messaging.storage.tables import messages_table, provider_log_table
from tests.fixtures.builders_members import build_members_settings, build_register_member
from tests.fixtures.builders_messaging import build_messaging_settings
from tests.fixtures.running import all_permissions, open_stub, running_server
from tests.fixtures.servers import Servers, migrated_database
from tests.fixtures.tokens import sign_token
from yika.members.v1 import events_pb2, member_service_pb2_grpc
from yika.messaging.v1 import messaging_service_pb2_grpc

CONTACTS_PERMISSION = "members.contacts.read"


@pytest.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A messaging database for one test: a sender takes whatever is due in it."""
    async with migrated_database(servers, "messaging") as database:
        yield database


@pytest.fixture(scope="session")
async def members_database(servers: Servers) -> AsyncIterator[Database]:
    """The database of the members service that messaging asks."""
    async with migrated_database(servers, "members") as database:
        yield database


@pytest.fixture(scope="session")
async def members_parts(members_database: Database) -> Parts:
    """A real members service, as its bootstrap builds it."""
    return await build_members(build_members_settings(), members_database)


@pytest.fixture(scope="session")
async def members_address(
    members_parts: Parts, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """Where the members service answers."""
    async with running_server(members_parts, tmp_path_factory.mktemp("members")) as address:
        yield address


@pytest.fixture(scope="session")
async def register(members_address: str) -> AsyncIterator[Callable[..., Any]]:
    """Registers a member and returns the member's id."""
    stub_class = member_service_pb2_grpc.MemberServiceStub
    async with open_stub(stub_class, members_address, {"members.members.register"}) as stub:

        async def register_one(**changes: Any) -> str:
            request = build_register_member(**changes)
            await stub.RegisterMember(request)
            return str(request.member_id)

        yield register_one


@pytest.fixture
async def contacts(members_address: str) -> AsyncIterator[MemberContacts]:
    """The client to members, with a token that may read contacts."""
    token = sign_token({CONTACTS_PERMISSION})
    async with open_channel(members_address, token=lambda: token) as channel:
        yield MemberContacts(channel)


@pytest.fixture
async def messaging(database: Database, tmp_path: Path) -> AsyncIterator[Any]:
    """A stub of the messaging service that may call everything."""
    parts: Parts = await build(build_messaging_settings(), database)
    async with running_server(parts, tmp_path) as address:
        stub = messaging_service_pb2_grpc.MessagingServiceStub
        async with open_stub(stub, address, all_permissions(parts)) as stub_with_token:
            yield stub_with_token
    for close in parts.closers:
        await close()


@dataclass
class Queue:
    """The queue of one test: puts events in as the consumer does, and looks at the rows."""

    database: Database
    settings: Settings

    async def receive(self, event: events_pb2.MembersRegistered) -> None:
        """Handles an event in a transaction."""
        [subscription] = subscriptions(self.settings)
        async with self.database.transaction() as tx:
            await subscription.handler(tx, event)

    async def rows(self) -> list[Any]:
        """Every message, oldest first."""
        async with self.database.read() as connection:
            query = select(messages_table).order_by(messages_table.c.message_id)
            return list((await connection.execute(query)).all())

    async def states(self) -> list[tuple[str, str]]:
        """State and reason of every message, oldest first."""
        return [(row.state, row.reason) for row in await self.rows()]

    async def provider_log(self) -> list[Any]:
        """What the `log` provider wrote."""
        async with self.database.read() as connection:
            query = select(provider_log_table).order_by(provider_log_table.c.message_id)
            return list((await connection.execute(query)).all())

    def sender(
        self,
        contacts: MemberContacts,
        provider: SmsProvider | None = None,
        *,
        later: timedelta = timedelta(0),
    ) -> Sender:
        """A sender whose clock is `later` than ours."""
        return Sender(
            self.settings,
            self.database,
            contacts,
            provider or LogProvider(self.database),
            clock=lambda: utc_now() + later,
        )


@pytest.fixture
def queue(database: Database) -> Queue:
    """The queue on this test's database."""
    return Queue(database, build_messaging_settings())
