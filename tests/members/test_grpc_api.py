"""The edge of the members service: who may call, and what malformed requests get."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf import descriptor_pool

from chassis.database import Database
from chassis.errors import Kind
from chassis.grpc_server import permissions_of
from chassis.ids import new_id
from tests.fixtures.builders_members import build_phone, build_register_member
from tests.fixtures.malformed import answers
from tests.fixtures.refusals import drained, refusal
from tests.fixtures.tokens import sign_token
from tests.members.rows import counts
from yika.members.v1 import member_service_pb2 as pb2
from yika.members.v1 import member_service_pb2_grpc

SERVICE = "yika.members.v1.MemberService"
PERMISSIONS = {path.rsplit("/")[-1]: need for path, need in permissions_of(SERVICE).items()}
READ = "members.members.read"


def method_of(stub: Any, name: str) -> tuple[Callable[..., Any], Any]:
    """An RPC as something to await, and an empty request for it."""
    method = descriptor_pool.Default().FindServiceByName(SERVICE).methods_by_name[name]
    request = getattr(pb2, method.input_type.name)()
    call = getattr(stub, name)
    if method.server_streaming:
        return (lambda request, **options: drained(call(request, **options))), request
    return call, request


@pytest.fixture
async def bare(address: str) -> AsyncIterator[Any]:
    """A stub that sends what a test gives it, and no token by itself."""
    async with grpc.aio.insecure_channel(address) as channel:
        yield member_service_pb2_grpc.MemberServiceStub(channel)


def bearer(token: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token}")]


class TestTokens:
    @pytest.mark.parametrize(
        ("token", "reason"),
        [
            ("", "TOKEN_MISSING"),
            ("not.a.token", "TOKEN_INVALID"),
            (sign_token({READ}, lifetime_seconds=-60), "TOKEN_EXPIRED"),
            (sign_token({READ}, key=Ed25519PrivateKey.generate()), "TOKEN_INVALID"),
            (sign_token({READ}, issuer="somebody"), "TOKEN_INVALID"),
            (sign_token({READ}, audience="somebody"), "TOKEN_INVALID"),
        ],
        ids=["missing", "nonsense", "expired", "wrong key", "wrong issuer", "wrong audience"],
    )
    async def test_that_prove_nothing_are_refused(self, bare: Any, token: str, reason: str) -> None:
        request = pb2.GetMemberRequest(member_id=new_id())
        error = await refusal(bare.GetMember(request, metadata=bearer(token)))
        assert (error.kind, error.reason) == (Kind.UNAUTHENTICATED, reason)

    async def test_are_asked_for_at_all(self, bare: Any) -> None:
        error = await refusal(bare.GetMember(pb2.GetMemberRequest(member_id=new_id())))
        assert (error.kind, error.reason) == (Kind.UNAUTHENTICATED, "TOKEN_MISSING")

    @pytest.mark.parametrize("name", sorted(PERMISSIONS))
    async def test_without_the_permission_are_refused(self, bare: Any, name: str) -> None:
        others = set(PERMISSIONS.values()) - {PERMISSIONS[name]}
        call, request = method_of(bare, name)
        error = await refusal(call(request, metadata=bearer(sign_token(others))))
        assert (error.kind, error.reason) == (Kind.FORBIDDEN, "PERMISSION_MISSING")
        assert error.metadata["permission"] == PERMISSIONS[name]

    async def test_with_the_permission_are_let_in(self, bare: Any) -> None:
        request = pb2.GetMemberRequest(member_id=new_id())
        error = await refusal(bare.GetMember(request, metadata=bearer(sign_token({READ}))))
        assert error.reason == "MEMBER_NOT_FOUND"


class TestMalformedRequests:
    """Three hundred of each RPC: every one is answered or refused with a reason."""

    async def test_of_register_member(self, members: Any, database: Database) -> None:
        before = await counts(database)
        valid = build_register_member(phone=build_phone(), card_number="malformed1")
        seen = await answers(members.RegisterMember, valid, 1000)
        assert {"INVALID_ID", "INVALID_TIME", "INVALID_PHONE", "UNKNOWN_CHANNEL"} <= set(seen)
        assert {"INVALID_DATE"} <= set(seen)
        assert {"INVALID_CARD_NUMBER", "NAME_TOO_LONG", "INVALID_NAME"} <= set(seen)
        after = await counts(database)
        written = [b - a for a, b in zip(before, after, strict=True)]
        assert written == [written[0]] * 4, "a member, a card, a stub and an event, or nothing"
        assert 0 < written[0] <= seen["OK"]

    async def test_of_get_member(self, members: Any) -> None:
        seen = await answers(members.GetMember, pb2.GetMemberRequest(member_id=new_id()))
        assert {"INVALID_ID", "MEMBER_NOT_FOUND"} <= set(seen)

    async def test_of_find_member(self, members: Any) -> None:
        seen = await answers(members.FindMember, pb2.FindMemberRequest(card_number="12345"))
        assert {"INVALID_PHONE", "INVALID_CARD_NUMBER", "MEMBER_NOT_FOUND"} <= set(seen)

    async def test_of_get_contact(self, members: Any) -> None:
        seen = await answers(members.GetContact, pb2.GetContactRequest(member_id=new_id()))
        assert {"INVALID_ID", "MEMBER_NOT_FOUND"} <= set(seen)

    async def test_of_check_members(self, members: Any) -> None:
        seen = await answers(members.CheckMembers, pb2.CheckMembersRequest(member_ids=[new_id()]))
        assert {"INVALID_ID", "BATCH_EMPTY"} <= set(seen)

    async def test_of_stream_member_stubs(self, members: Any) -> None:
        async def call(request: Any) -> None:
            await drained(members.StreamMemberStubs(request))

        seen = await answers(call, pb2.StreamMemberStubsRequest(after_revision=1))
        assert set(seen) == {"OK", "INVALID_REVISION"}
