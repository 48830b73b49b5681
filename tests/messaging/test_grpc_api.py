"""ListMessages: pages newest first, who may call, and what malformed requests get."""

import base64
import json
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.messaging.bootstrap import build
from services.messaging.member_contacts import MemberContacts
from tests.fixtures.builders_messaging import (
    build_member_registered,
    build_members_registered,
    build_messaging_settings,
)
from tests.fixtures.malformed import answers
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub, running_server
from tests.fixtures.tokens import sign_token
from tests.messaging.conftest import Queue
from yika.messaging.v1 import messaging_service_pb2 as pb2
from yika.messaging.v1 import messaging_service_pb2_grpc

READ = "messaging.messages.read"


async def pages(messaging: Any, **fields: Any) -> list[list[str]]:
    """Member ids of each page, to the last one."""
    found: list[list[str]] = []
    token = ""
    while token or not found:
        answer = await messaging.ListMessages(pb2.ListMessagesRequest(page_token=token, **fields))
        found.append([message.member_id for message in answer.messages])
        token = answer.next_page_token
    return found


async def queue_members(queue: Queue, count: int) -> list[str]:
    """Queues a welcome for so many members and returns their ids in that order."""
    member_ids = [new_id() for _ in range(count)]
    for member_id in member_ids:
        await queue.receive(build_members_registered(build_member_registered(member_id)))
    return member_ids


class TestListMessages:
    async def test_tells_nothing_of_an_empty_queue(self, messaging: Any) -> None:
        assert await pages(messaging) == [[]]

    async def test_tells_what_became_of_a_message(
        self, messaging: Any, queue: Queue, contacts: MemberContacts, register: Any
    ) -> None:
        member_id = await register()
        await queue.receive(build_members_registered(build_member_registered(member_id)))
        listed = await messaging.ListMessages(pb2.ListMessagesRequest())
        [message] = listed.messages
        assert message.state == pb2.MESSAGE_STATE_QUEUED
        assert not message.HasField("sent_time")
        await queue.sender(contacts).send_batch()
        [row] = await queue.rows()
        [message] = (await messaging.ListMessages(pb2.ListMessagesRequest())).messages
        assert message == pb2.Message(
            message_id=row.message_id,
            member_id=member_id,
            template="welcome",
            text=row.text,
            state=pb2.MESSAGE_STATE_SENT,
            queued_time=message.queued_time,
            sent_time=message.sent_time,
        )
        assert message.queued_time.ToDatetime(UTC) == row.queued_at
        assert message.sent_time.ToDatetime(UTC) == row.sent_at

    async def test_tells_why_a_message_was_skipped(self, messaging: Any, queue: Queue) -> None:
        await queue.receive(build_members_registered(build_member_registered(has_phone=False)))
        [message] = (await messaging.ListMessages(pb2.ListMessagesRequest())).messages
        assert (message.state, message.reason) == (pb2.MESSAGE_STATE_SKIPPED, "NO_PHONE")

    @pytest.mark.parametrize(
        ("size", "lengths"), [(0, [7]), (3, [3, 3, 1]), (7, [7]), (1, [1] * 7), (10_000, [7])]
    )
    async def test_pages_newest_first(
        self, messaging: Any, queue: Queue, size: int, lengths: list[int]
    ) -> None:
        member_ids = await queue_members(queue, 7)
        found = await pages(messaging, page_size=size)
        assert [len(page) for page in found] == lengths
        assert [member_id for page in found for member_id in page] == member_ids[::-1]

    async def test_keeps_to_one_member(self, messaging: Any, queue: Queue) -> None:
        first, _, _ = await queue_members(queue, 3)
        assert await pages(messaging, member_id=first.upper()) == [[first]]
        assert await pages(messaging, member_id=new_id()) == [[]]

    async def test_is_not_disturbed_by_newer_messages(self, messaging: Any, queue: Queue) -> None:
        older = await queue_members(queue, 4)
        answer = await messaging.ListMessages(pb2.ListMessagesRequest(page_size=2))
        await queue_members(queue, 3)
        request = pb2.ListMessagesRequest(page_size=2, page_token=answer.next_page_token)
        rest = [message.member_id for message in (await messaging.ListMessages(request)).messages]
        assert rest == [older[1], older[0]]

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"member_id": "x"}, "INVALID_ID"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "nonsense"}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token(7)}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token("no id")}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token("\x00" * 36)}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token("\ud800" * 36)}, "INVALID_PAGE_TOKEN"),
            ({"page_token": encode_page_token(new_id(), new_id())}, "INVALID_PAGE_TOKEN"),
            ({"page_token": base64.b64encode(b"[" * 100_000).decode()}, "INVALID_PAGE_TOKEN"),
            (
                {"page_token": base64.b64encode(json.dumps([10**30]).encode()).decode()},
                "INVALID_PAGE_TOKEN",
            ),
        ],
    )
    async def test_refuses(self, messaging: Any, fields: dict[str, Any], reason: str) -> None:
        error = await refusal(messaging.ListMessages(pb2.ListMessagesRequest(**fields)))
        assert (error.kind, error.reason) == (Kind.INVALID, reason)

    async def test_answers_or_refuses_malformed_requests(
        self, messaging: Any, queue: Queue
    ) -> None:
        await queue_members(queue, 2)
        seen = await answers(messaging.ListMessages, pb2.ListMessagesRequest(page_size=1))
        assert {"OK", "INVALID_ID", "INVALID_PAGE_SIZE", "INVALID_PAGE_TOKEN"} == set(seen)


class TestTokens:
    @pytest.mark.parametrize(
        ("token", "kind", "reason"),
        [
            ("", Kind.UNAUTHENTICATED, "TOKEN_MISSING"),
            (sign_token({READ}, lifetime_seconds=-60), Kind.UNAUTHENTICATED, "TOKEN_EXPIRED"),
            (
                sign_token({READ}, key=Ed25519PrivateKey.generate()),
                Kind.UNAUTHENTICATED,
                "TOKEN_INVALID",
            ),
            (sign_token({"members.members.read"}), Kind.FORBIDDEN, "PERMISSION_MISSING"),
        ],
        ids=["missing", "expired", "wrong key", "permission missing"],
    )
    async def test_that_do_not_suffice_are_refused(
        self, database: Database, tmp_path: Path, token: str, kind: Kind, reason: str
    ) -> None:
        parts = await build(build_messaging_settings(), database)
        stub_class = messaging_service_pb2_grpc.MessagingServiceStub
        async with (
            running_server(parts, tmp_path) as address,
            open_stub(stub_class, address, ()) as stub,
        ):
            metadata = [("authorization", f"Bearer {token}")]
            call = stub.ListMessages(pb2.ListMessagesRequest(), metadata=metadata)
            error = await refusal(call)
        assert (error.kind, error.reason) == (kind, reason)
        for close in parts.closers:
            await close()
