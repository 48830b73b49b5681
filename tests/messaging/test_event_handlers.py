"""MembersRegistered: one welcome a member, whatever the stream repeats or brings late."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from chassis.clock import utc_now
from chassis.database import Database, dead_letters_table
from chassis.errors import Invalid
from chassis.events import EventBus
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.outbox import Relay
from chassis.service import Parts
from services.messaging.event_handlers import subscriptions
from services.messaging.member_contacts import MemberContacts
from tests.fixtures.builders_messaging import (
    build_member_registered,
    build_members_registered,
    build_messaging_settings,
)
from tests.fixtures.polling import eventually
from tests.messaging.conftest import Queue
from yika.members.v1 import events_pb2


def counted(state: str) -> float:
    """How many messages have reached a state, as Prometheus sees it."""
    return REGISTRY.get_sample_value("yika_messages_total", {"state": state}) or 0


class TestMembersRegistered:
    async def test_queues_a_welcome(self, queue: Queue) -> None:
        before = counted("queued")
        event = build_members_registered()
        await queue.receive(event)
        [row] = await queue.rows()
        assert (row.member_id, row.template) == (event.members[0].member_id, "welcome")
        assert row.text.startswith("【一卡】")
        assert (row.state, row.reason, row.attempts, row.sent_at) == ("queued", "", 0, None)
        assert counted("queued") == before + 1

    async def test_skips_who_cannot_or_need_not_be_welcomed(self, queue: Queue) -> None:
        before = counted("skipped")
        long_ago = datetime(2017, 1, 1, tzinfo=UTC)
        await queue.receive(
            build_members_registered(
                build_member_registered(has_phone=False),
                build_member_registered(registered_at=long_ago),
                build_member_registered(registered_at=utc_now() - timedelta(days=6)),
            )
        )
        assert await queue.states() == [
            ("skipped", "NO_PHONE"),
            ("skipped", "TOO_OLD"),
            ("queued", ""),
        ]
        assert counted("skipped") == before + 2

    async def test_takes_a_registration_without_time_for_an_old_one(self, queue: Queue) -> None:
        registration = build_member_registered()
        registration.ClearField("registered_time")
        await queue.receive(build_members_registered(registration))
        assert await queue.states() == [("skipped", "TOO_OLD")]

    async def test_welcomes_a_member_once(self, queue: Queue) -> None:
        """Another event of the same member, as a redrive after the inbox forgot it."""
        before = counted("queued")
        member_id = new_id()
        for _ in range(2):
            await queue.receive(
                build_members_registered(
                    build_member_registered(member_id), build_member_registered(member_id)
                )
            )
        assert len(await queue.rows()) == 1
        assert counted("queued") == before + 1

    async def test_takes_an_event_as_large_as_events_can_be(self, queue: Queue) -> None:
        registrations = [build_member_registered(store_id=new_id()) for _ in range(5_000)]
        event = build_members_registered(*registrations)
        assert event.ByteSize() > 400 * 1024
        await queue.receive(event)
        assert len(await queue.rows()) == 5_000

    async def test_refuses_an_event_as_a_whole(self, queue: Queue) -> None:
        event = build_members_registered(
            build_member_registered(), build_member_registered("not-a-member")
        )
        with pytest.raises(Invalid):
            await queue.receive(event)
        assert await queue.rows() == []


@asynccontextmanager
async def running(*loops: Callable[[], Any]) -> AsyncIterator[None]:
    """Runs a service's loops for the length of a block; one that ends fails the test."""
    tasks = [asyncio.ensure_future(loop()) for loop in loops]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class TestStream:
    @pytest.fixture
    async def bus(self, nats_url: str) -> AsyncIterator[EventBus]:
        bus = EventBus(nats_url, service="messaging")
        yield bus
        await bus.close()

    async def test_brings_each_registration_to_a_phone_once(
        self,
        queue: Queue,
        database: Database,
        bus: EventBus,
        nats_url: str,
        members_parts: Parts,
        members_database: Database,
        contacts: MemberContacts,
        register: Callable[..., Any],
    ) -> None:
        """Register, relay, stream, consumer, queue, sender: the whole way on real servers."""
        members_bus = EventBus(nats_url, service="members")
        relay = Relay(members_database, members_bus, service="members", poll_seconds=0.05)
        consumer = Consumer(
            database, bus, service="messaging", subscriptions=subscriptions(queue.settings)
        )
        with_phone, without_phone = await register(), await register(phone="")

        async def settled() -> bool:
            states = {row.member_id: (row.state, row.reason) for row in await queue.rows()}
            return states.get(with_phone) == ("sent", "") and states.get(without_phone) == (
                "skipped",
                "NO_PHONE",
            )

        async with running(relay.run, consumer.run, queue.sender(contacts).run):
            await eventually(settled)
        await members_bus.close()
        [message] = [row for row in await queue.rows() if row.member_id == with_phone]
        logged = [row for row in await queue.provider_log() if row.message_id == message.message_id]
        assert [row.text for row in logged] == [message.text]

    async def test_goes_on_after_an_event_that_cannot_be_read(
        self, queue: Queue, database: Database, bus: EventBus
    ) -> None:
        consumer = Consumer(
            database, bus, service="messaging", subscriptions=subscriptions(queue.settings)
        )
        await bus.ensure_stream("members")
        member_id = new_id()
        good = build_members_registered(build_member_registered(member_id))
        subject = "yika.members.members_registered.v1"
        event_ids = [new_id() for _ in range(3)]
        for event_id, payload, event_type in (
            (event_ids[0], b"\xff\xff\xff", "yika.members.v1.MembersRegistered"),
            (event_ids[1], good.SerializeToString(), "yika.members.v1.SomethingElse"),
            (event_ids[2], good.SerializeToString(), "yika.members.v1.MembersRegistered"),
        ):
            headers = {
                "ce-specversion": "1.0",
                "ce-id": event_id,
                "ce-type": event_type,
                "ce-source": "/yika/members",
                "ce-time": utc_now().isoformat(),
            }
            await (await bus.jetstream()).publish(subject, payload, headers=headers)

        async def welcomed() -> bool:
            return member_id in {row.member_id for row in await queue.rows()}

        async with running(consumer.run):
            await eventually(welcomed)
        async with database.read() as connection:
            letters = (await connection.execute(select(dead_letters_table))).all()
        dead = {letter.headers["ce-id"] for letter in letters}
        assert dead & set(event_ids) == set(event_ids[:2])
        assert all(letter.error for letter in letters)


class TestSettings:
    def test_refuse_a_claim_that_ends_while_a_message_is_sent(self) -> None:
        with pytest.raises(ValueError, match="sms_claim_seconds"):
            build_messaging_settings(sms_claim_seconds=30, sms_delivery_timeout_seconds=20)

    def test_refuse_a_provider_that_does_not_exist(self) -> None:
        with pytest.raises(ValueError, match="sms_provider"):
            build_messaging_settings(sms_provider="pigeon")

    def test_listen_to_registrations_only(self) -> None:
        [subscription] = subscriptions(build_messaging_settings())
        assert subscription.event is events_pb2.MembersRegistered
