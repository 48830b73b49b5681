"""The sender: every queued message ends sent, skipped or failed, once, whatever fails between."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.auth import TokenVerifier
from chassis.grpc_client import open_channel
from chassis.grpc_server import GrpcServer
from chassis.ids import new_id
from chassis.service import Parts
from services.messaging.member_contacts import MemberContacts
from services.messaging.providers.log_provider import LogProvider
from services.messaging.providers.provider import (
    OutgoingSms,
    ProviderRefused,
    ProviderUnavailable,
)
from services.messaging.storage.repository import MessagesRepository
from services.messaging.usecases.claim_messages import claim_messages
from tests.fixtures.builders_messaging import build_member_registered, build_members_registered
from tests.fixtures.polling import eventually
from tests.fixtures.tokens import sign_token, write_jwks
from tests.messaging.conftest import CONTACTS_PERMISSION, Queue
from tools.local_stack.servers import free_port

SENT, QUEUED = ("sent", ""), ("queued", "")
AFTER_ANY_PAUSE = timedelta(seconds=2)  # the retry maximum of build_messaging_settings is 1 s


async def queue_welcome(queue: Queue, *member_ids: str) -> None:
    await queue.receive(
        build_members_registered(*(build_member_registered(member_id) for member_id in member_ids))
    )


async def tried(queue: Queue) -> bool:
    return all(row.attempts for row in await queue.rows())


async def all_sent(queue: Queue) -> bool:
    return set(await queue.states()) == {SENT}


class LosingProvider:
    """Sends through the log provider and loses the answer: nobody here knows that it went out."""

    def __init__(self, inner: LogProvider) -> None:
        self._inner = inner

    async def send(self, message: OutgoingSms) -> str:
        await self._inner.send(message)
        raise ProviderUnavailable("no answer")


class HangingProvider:
    """Sends through the log provider and never answers."""

    def __init__(self, inner: LogProvider) -> None:
        self._inner = inner
        self.sent = asyncio.Event()

    async def send(self, message: OutgoingSms) -> str:
        await self._inner.send(message)
        self.sent.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


class RefusingProvider:
    """Answers as providers do for numbers on their block list."""

    async def send(self, message: OutgoingSms) -> str:
        raise ProviderRefused("NUMBER_BLOCKED")


class PickyProvider:
    """Breaks on one message and sends the others."""

    def __init__(self, inner: LogProvider, breaks_on: str) -> None:
        self._inner = inner
        self._breaks_on = breaks_on

    async def send(self, message: OutgoingSms) -> str:
        if message.message_id == self._breaks_on:
            raise KeyError(f"no route for {message.phone}")
        return await self._inner.send(message)


class TestSendBatch:
    async def test_sends_a_welcome(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        assert await queue.sender(contacts).send_batch() == 1
        [row] = await queue.rows()
        assert (row.state, row.reason, row.attempts) == ("sent", "", 1)
        assert row.sent_at is not None
        assert row.provider_message_id == f"log-{row.message_id}"
        [logged] = await queue.provider_log()
        assert (logged.message_id, logged.text) == (row.message_id, row.text)

    async def test_finds_nothing_when_nothing_is_due(
        self, queue: Queue, contacts: MemberContacts
    ) -> None:
        assert await queue.sender(contacts).send_batch() == 0

    async def test_skips_a_member_without_phone(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register(phone=""))
        await queue.sender(contacts).send_batch()
        assert await queue.states() == [("skipped", "NO_PHONE")]
        assert await queue.provider_log() == []

    async def test_skips_a_member_that_members_does_not_know(
        self, queue: Queue, contacts: MemberContacts
    ) -> None:
        await queue_welcome(queue, new_id())
        await queue.sender(contacts).send_batch()
        assert await queue.states() == [("skipped", "MEMBER_NOT_FOUND")]

    async def test_fails_a_message_that_the_provider_refuses(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        await queue.sender(contacts, RefusingProvider()).send_batch()
        assert await queue.states() == [("failed", "NUMBER_BLOCKED")]
        assert await queue.sender(contacts, later=AFTER_ANY_PAUSE).send_batch() == 0

    async def test_keeps_what_it_cannot_send_now(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        nowhere = open_channel(f"127.0.0.1:{free_port()}", token=lambda: "")
        async with nowhere:
            assert await queue.sender(MemberContacts(nowhere)).send_batch() == 1
        assert await queue.states() == [QUEUED]
        assert await queue.sender(contacts).send_batch() == 0, "it must wait before the next try"
        assert await queue.sender(contacts, later=AFTER_ANY_PAUSE).send_batch() == 1
        assert await queue.states() == [SENT]

    async def test_keeps_what_members_refuses_for_our_token(
        self, queue: Queue, members_address: str, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        token = sign_token({"some.other.permission"})
        async with open_channel(members_address, token=lambda: token) as channel:
            await queue.sender(MemberContacts(channel)).send_batch()
        assert await queue.states() == [QUEUED]

    async def test_never_sends_twice_when_the_answer_is_lost(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        await queue.sender(contacts, LosingProvider(LogProvider(queue.database))).send_batch()
        assert await queue.states() == [QUEUED]
        await queue.sender(contacts, later=AFTER_ANY_PAUSE).send_batch()
        assert await queue.states() == [SENT]
        assert len(await queue.provider_log()) == 1

    async def test_takes_over_from_a_sender_that_died_after_sending(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        hanging = HangingProvider(LogProvider(queue.database))
        dying = asyncio.create_task(queue.sender(contacts, hanging).send_batch())
        await hanging.sent.wait()
        dying.cancel()  # what a killed process leaves behind: sent, and nothing settled
        await asyncio.gather(dying, return_exceptions=True)
        assert await queue.sender(contacts).send_batch() == 0, "the claim still holds"
        claim = timedelta(seconds=queue.settings.sms_claim_seconds)
        assert await queue.sender(contacts, later=claim + AFTER_ANY_PAUSE).send_batch() == 1
        [row] = await queue.rows()
        assert (row.state, row.attempts) == ("sent", 2)
        assert len(await queue.provider_log()) == 1

    async def test_does_not_wait_for_ever_for_a_provider(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        queue.settings.sms_delivery_timeout_seconds = 0.5
        await queue_welcome(queue, await register())
        hanging = HangingProvider(LogProvider(queue.database))
        assert await queue.sender(contacts, hanging).send_batch() == 1
        assert await queue.states() == [QUEUED]

    async def test_ignores_a_sender_whose_claim_was_taken_over(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register())
        claim = timedelta(seconds=queue.settings.sms_claim_seconds)
        successor = queue.sender(contacts, later=claim + AFTER_ANY_PAUSE)

        class SlowProvider:
            async def send(self, message: OutgoingSms) -> str:
                assert await successor.send_batch() == 1
                raise ProviderRefused("TOO_LATE")

        await queue.sender(contacts, SlowProvider()).send_batch()
        assert await queue.states() == [SENT]

    async def test_goes_on_when_one_message_breaks_the_provider(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        await queue_welcome(queue, await register(), await register(), await register())
        broken = (await queue.rows())[1].message_id
        provider = PickyProvider(LogProvider(queue.database), breaks_on=broken)
        await queue.sender(contacts, provider).send_batch()
        assert await queue.states() == [SENT, QUEUED, SENT]

    async def test_keeps_phone_numbers_out_of_tables_and_logs(
        self,
        queue: Queue,
        contacts: MemberContacts,
        register: Callable[..., Any],
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        number = "13912345678"
        await queue_welcome(queue, await register(phone=number))
        [before] = await queue.rows()
        broken = PickyProvider(LogProvider(queue.database), breaks_on=before.message_id)
        await queue.sender(contacts, broken).send_batch()
        await queue.sender(contacts, later=AFTER_ANY_PAUSE).send_batch()
        assert await queue.states() == [SENT]
        stored = repr(await queue.rows()) + repr(await queue.provider_log())
        written = capfd.readouterr()
        assert "delivery_broken" in written.out + written.err
        assert "5678" not in stored
        assert number not in written.out + written.err


class TestClaim:
    async def test_gives_each_message_to_one_of_many_senders(
        self, queue: Queue, contacts: MemberContacts, register: Callable[..., Any]
    ) -> None:
        member_ids = await asyncio.gather(*(register() for _ in range(60)))
        await queue_welcome(queue, *member_ids)
        queue.settings.sms_batch_max = 7
        senders = [queue.sender(contacts) for _ in range(4)]

        async def drain(sender: Any) -> int:
            total = 0
            while count := await sender.send_batch():
                assert count <= 7
                total += count
            return total

        assert sum(await asyncio.gather(*(drain(sender) for sender in senders))) == 60
        rows = await queue.rows()
        assert {(row.state, row.attempts) for row in rows} == {("sent", 1)}
        assert len(await queue.provider_log()) == 60

    async def test_passes_over_rows_that_another_claim_holds(self, queue: Queue) -> None:
        await queue_welcome(queue, new_id(), new_id())
        now = (await queue.rows())[0].queued_at + timedelta(seconds=1)
        minute = timedelta(minutes=1)
        async with queue.database.transaction() as tx:
            first = await MessagesRepository(tx.connection).claim(
                now=now, claimed_until=now + minute, count_max=1
            )
            # The first claim has not committed: the second must neither wait nor take its row.
            second = await claim_messages(queue.database, now=now, claim=minute, count_max=5)
        assert len(first) == len(second) == 1
        assert first[0].message_id != second[0].message_id


class TestRun:
    async def test_sends_what_was_queued_while_members_was_away(
        self,
        queue: Queue,
        register: Callable[..., Any],
        members_parts: Parts,
        tmp_path: Path,
    ) -> None:
        port = free_port()
        await queue_welcome(queue, await register())
        token = sign_token({CONTACTS_PERMISSION})
        server = GrpcServer(
            address=f"127.0.0.1:{port}",
            verifier=TokenVerifier(str(write_jwks(tmp_path / "jwks.json")), "yika", "yika"),
            timeout_seconds=30,
            servicers=members_parts.servicers,
        )
        async with open_channel(f"127.0.0.1:{port}", token=lambda: token) as channel:
            sending = asyncio.create_task(queue.sender(MemberContacts(channel)).run())
            try:
                await eventually(lambda: tried(queue))
                assert await queue.states() == [QUEUED]
                await server.start()
                await eventually(lambda: all_sent(queue))
                assert not sending.done()
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
                await server.stop(0)
        assert len(await queue.provider_log()) == 1
