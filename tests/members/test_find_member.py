"""Reading: by id, by card, by phone, contacts, and which ids are members."""

from typing import Any

import pytest

from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.builders_members import build_register_member
from tests.fixtures.refusals import refusal
from yika.members.v1 import member_service_pb2 as pb2


class TestGetMember:
    async def test_refuses_an_unknown_id(self, members: Any) -> None:
        error = await refusal(members.GetMember(pb2.GetMemberRequest(member_id=new_id())))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "MEMBER_NOT_FOUND")

    async def test_refuses_what_is_no_id(self, members: Any) -> None:
        error = await refusal(members.GetMember(pb2.GetMemberRequest(member_id="1")))
        assert (error.kind, error.reason) == (Kind.INVALID, "INVALID_ID")


class TestFindMember:
    @pytest.mark.parametrize("card_number", ["Find0001", "find0001", " FIND0001\r\n"])
    async def test_finds_by_card_in_any_writing(self, members: Any, card_number: str) -> None:
        request = build_register_member(
            member_id="01a20243-26cb-75d0-a586-4a3791de64b4", phone="", card_number="Find0001"
        )
        registered = (await members.RegisterMember(request)).member
        found = await members.FindMember(pb2.FindMemberRequest(card_number=card_number))
        assert found.member == registered

    @pytest.mark.parametrize(
        "phone",
        ["13844445555", "+86 138 4444 5555", "0086-138-4444-5555", "１３８４４４４５５５５"],
    )
    async def test_finds_by_phone_in_any_writing(self, members: Any, phone: str) -> None:
        request = build_register_member(
            member_id="01a20243-26cb-75d0-a586-4a3791de64b5",
            phone="13844445555",
            card_number="find0002",
        )
        registered = (await members.RegisterMember(request)).member
        found = await members.FindMember(pb2.FindMemberRequest(phone=phone))
        assert found.member == registered

    @pytest.mark.parametrize(
        ("request_", "kind", "reason"),
        [
            (pb2.FindMemberRequest(), Kind.INVALID, "KEY_MISSING"),
            (pb2.FindMemberRequest(card_number=""), Kind.INVALID, "INVALID_CARD_NUMBER"),
            (pb2.FindMemberRequest(card_number="a'b;--"), Kind.INVALID, "INVALID_CARD_NUMBER"),
            (pb2.FindMemberRequest(phone=""), Kind.INVALID, "INVALID_PHONE"),
            (pb2.FindMemberRequest(phone="\x00"), Kind.INVALID, "INVALID_PHONE"),
            (pb2.FindMemberRequest(card_number="NOBODY"), Kind.NOT_FOUND, "MEMBER_NOT_FOUND"),
            (pb2.FindMemberRequest(phone="13899990000"), Kind.NOT_FOUND, "MEMBER_NOT_FOUND"),
        ],
    )
    async def test_refuses(
        self, members: Any, request_: pb2.FindMemberRequest, kind: Kind, reason: str
    ) -> None:
        error = await refusal(members.FindMember(request_))
        assert (error.kind, error.reason) == (kind, reason)


class TestGetContact:
    async def test_tells_the_phone(self, members: Any) -> None:
        request = build_register_member(phone="13855556666")
        await members.RegisterMember(request)
        contact = await members.GetContact(pb2.GetContactRequest(member_id=request.member_id))
        assert contact.phone == "+8613855556666"

    async def test_tells_that_there_is_none(self, members: Any) -> None:
        request = build_register_member(phone="")
        await members.RegisterMember(request)
        contact = await members.GetContact(pb2.GetContactRequest(member_id=request.member_id))
        assert contact.phone == ""

    async def test_refuses_an_unknown_member(self, members: Any) -> None:
        error = await refusal(members.GetContact(pb2.GetContactRequest(member_id=new_id())))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "MEMBER_NOT_FOUND")


class TestCheckMembers:
    async def test_tells_which_exist_in_the_order_asked(self, members: Any) -> None:
        requests = [build_register_member() for _ in range(3)]
        for request in requests:
            await members.RegisterMember(request)
        first, second, third = (str(request.member_id) for request in requests)
        asked = [third, new_id(), first.upper(), third, second, new_id()]
        known = await members.CheckMembers(pb2.CheckMembersRequest(member_ids=asked))
        assert list(known.known_member_ids) == [third, first, second]

    @pytest.mark.parametrize(
        ("member_ids", "reason"),
        [
            ([], "BATCH_EMPTY"),
            ([new_id() for _ in range(501)], "BATCH_TOO_LARGE"),
            ([new_id(), "x"], "INVALID_ID"),
        ],
        ids=["none", "501", "no id"],
    )
    async def test_refuses(self, members: Any, member_ids: list[str], reason: str) -> None:
        call = members.CheckMembers(pb2.CheckMembersRequest(member_ids=member_ids))
        error = await refusal(call)
        assert (error.kind, error.reason) == (Kind.INVALID, reason)

    async def test_takes_five_hundred(self, members: Any) -> None:
        asked = [new_id() for _ in range(500)]
        known = await members.CheckMembers(pb2.CheckMembersRequest(member_ids=asked))
        assert list(known.known_member_ids) == []
