"""SetMemberTier, UpdateBirthDate and their history: once for each id, nothing personal in it."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.clock import to_proto_date, utc_now
from chassis.database import Database, outbox_table
from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.builders_members import build_register_member
from tests.fixtures.malformed import answers
from tests.fixtures.refusals import refusal
from yika.members.v1 import events_pb2, member_pb2, member_service_pb2

BORN = date(1988, 2, 29)


async def register(members: Any, **changes: Any) -> str:
    """A new member's id."""
    answer = await members.RegisterMember(build_register_member(**changes))
    return str(answer.member.member_id)


async def member_of(members: Any, member_id: str) -> member_pb2.Member:
    get = member_service_pb2.GetMemberRequest(member_id=member_id)
    return (await members.GetMember(get)).member


def set_tier(member_id: str, tier_code: str, **changes: Any) -> Any:
    """A request to set a tier."""
    given = {"change_id": new_id(), "reason": "年度升级", **changes}
    return member_service_pb2.SetMemberTierRequest(
        member_id=member_id, tier_code=tier_code, **given
    )


def set_birth_date(member_id: str, birth_date: date | None, **changes: Any) -> Any:
    """A request to set or remove a date of birth."""
    given = {"change_id": new_id(), "reason": "会员要求", **changes}
    if birth_date is not None:
        given["birth_date"] = to_proto_date(birth_date)
    return member_service_pb2.UpdateBirthDateRequest(member_id=member_id, **given)


async def history(members: Any, member_id: str, **paging: Any) -> Any:
    return await members.ListMemberChanges(
        member_service_pb2.ListMemberChangesRequest(member_id=member_id, **paging)
    )


async def tier_events(database: Database, member_id: str) -> list[events_pb2.MemberTierSet]:
    """What others were told of a member's tiers."""
    async with database.read() as connection:
        rows = await connection.execute(
            select(outbox_table.c.payload)
            .where(outbox_table.c.event_type == "yika.members.v1.MemberTiersSet")
            .order_by(outbox_table.c.position)
        )
    told = [
        each for row in rows for each in events_pb2.MemberTiersSet.FromString(row.payload).members
    ]
    return [each for each in told if each.member_id == member_id]


class TestSetMemberTier:
    async def test_gives_and_takes_away_and_keeps_the_history(
        self, members: Any, database: Database
    ) -> None:
        member_id = await register(members)
        assert (await member_of(members, member_id)).tier_code == ""
        gold, none = set_tier(member_id, "金卡"), set_tier(member_id, "", reason="到期")
        assert not (await members.SetMemberTier(gold)).replayed
        assert (await member_of(members, member_id)).tier_code == "金卡"
        assert not (await members.SetMemberTier(none)).replayed
        assert (await member_of(members, member_id)).tier_code == ""
        newest, oldest = (await history(members, member_id)).changes
        assert (oldest.change_id, oldest.tier_code, oldest.previous_tier_code) == (
            gold.change_id,
            "金卡",
            "",
        )
        assert (newest.tier_code, newest.previous_tier_code, newest.reason) == ("", "金卡", "到期")
        assert newest.kind == member_pb2.MEMBER_CHANGE_KIND_TIER
        assert newest.changed_by == "test"
        told = await tier_events(database, member_id)
        assert [(each.previous_tier_code, each.tier_code) for each in told] == [
            ("", "金卡"),
            ("金卡", ""),
        ]

    async def test_does_a_repeated_request_once(self, members: Any, database: Database) -> None:
        member_id = await register(members)
        gold = set_tier(member_id, "gold")
        await members.SetMemberTier(gold)
        await members.SetMemberTier(set_tier(member_id, "silver"))
        assert (await members.SetMemberTier(gold)).replayed
        assert (await member_of(members, member_id)).tier_code == "silver"
        assert len(await tier_events(database, member_id)) == 2

    async def test_does_one_of_many_at_once_and_the_rest_replay(
        self, members: Any, database: Database
    ) -> None:
        member_id = await register(members)
        gold = set_tier(member_id, "gold")
        answered = await asyncio.gather(*(members.SetMemberTier(gold) for _ in range(16)))
        assert sorted(answer.replayed for answer in answered) == [False] + [True] * 15
        assert len(await tier_events(database, member_id)) == 1

    async def test_refuses_an_id_that_came_with_other_content(self, members: Any) -> None:
        member_id, other = await register(members), await register(members)
        request = set_tier(member_id, "gold")
        await members.SetMemberTier(request)
        for again in (
            set_tier(member_id, "silver", change_id=request.change_id),
            set_tier(member_id, "gold", change_id=request.change_id, reason="别的"),
            set_tier(other, "gold", change_id=request.change_id),
            set_tier(new_id(), "gold", change_id=request.change_id),
        ):
            error = await refusal(members.SetMemberTier(again))
            assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "ID_REUSED")
        assert (await member_of(members, other)).tier_code == ""

    async def test_of_two_members_with_one_id_at_once_does_one(self, members: Any) -> None:
        pair = [await register(members), await register(members)]
        change_id = new_id()
        calls = [
            members.SetMemberTier(set_tier(each, "gold", change_id=change_id)) for each in pair
        ]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
        tiers = [(await member_of(members, each)).tier_code for each in pair]
        assert sorted(tiers) == ["", "gold"]

    async def test_refuses_an_unknown_member(self, members: Any) -> None:
        error = await refusal(members.SetMemberTier(set_tier(new_id(), "gold")))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "MEMBER_NOT_FOUND")

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"reason": " "}, "REASON_REQUIRED"),
            ({"reason": "x" * 257}, "INVALID_REASON"),
            ({"reason": "a\x00b"}, "INVALID_REASON"),
            ({"tier_code": "x" * 65}, "INVALID_TIER"),
            ({"tier_code": " "}, "INVALID_TIER"),
            ({"tier_code": " gold"}, "INVALID_TIER"),
            ({"tier_code": "go\nld"}, "INVALID_TIER"),
            ({"change_id": "1"}, "INVALID_ID"),
        ],
    )
    async def test_refuses_bad_form(
        self, members: Any, changes: dict[str, str], reason: str
    ) -> None:
        request = set_tier(await register(members), "gold")
        for field, value in changes.items():
            setattr(request, field, value)
        error = await refusal(members.SetMemberTier(request))
        assert (error.kind, error.reason) == (Kind.INVALID, reason)


class TestUpdateBirthDate:
    async def test_sets_and_removes_it(self, members: Any, database: Database) -> None:
        member_id = await register(members, birth_date=to_proto_date(date(1990, 1, 2)))
        assert (await member_of(members, member_id)).birth_date == to_proto_date(date(1990, 1, 2))
        await members.UpdateBirthDate(set_birth_date(member_id, BORN))
        assert (await member_of(members, member_id)).birth_date == to_proto_date(BORN)
        removal = set_birth_date(member_id, None)
        assert not (await members.UpdateBirthDate(removal)).replayed
        assert not (await member_of(members, member_id)).HasField("birth_date")
        assert (await members.UpdateBirthDate(removal)).replayed

    async def test_tells_nobody_the_date(self, members: Any, database: Database) -> None:
        member_id = await register(members)
        before = await self.count_events(database)
        await members.UpdateBirthDate(set_birth_date(member_id, BORN))
        assert await self.count_events(database) == before
        (change,) = (await history(members, member_id)).changes
        assert change.kind == member_pb2.MEMBER_CHANGE_KIND_BIRTH_DATE
        assert "1988" not in str(change)

    async def count_events(self, database: Database) -> int:
        async with database.read() as connection:
            return len((await connection.execute(select(outbox_table.c.position))).all())

    async def test_refuses_an_id_that_came_with_another_date(self, members: Any) -> None:
        request = set_birth_date(await register(members), BORN)
        await members.UpdateBirthDate(request)
        request.birth_date.year = 1989
        request.birth_date.day = 28
        error = await refusal(members.UpdateBirthDate(request))
        assert error.reason == "ID_REUSED"

    async def test_refuses_days_that_cannot_be(self, members: Any) -> None:
        member_id = await register(members)
        for day in (date(1899, 12, 31), (utc_now() + timedelta(days=2)).date()):
            error = await refusal(members.UpdateBirthDate(set_birth_date(member_id, day)))
            assert (error.kind, error.reason) == (Kind.INVALID, "INVALID_BIRTH_DATE")
            assert str(day.year) not in str(error.metadata)
            wrong = build_register_member(birth_date=to_proto_date(day))
            assert (await refusal(members.RegisterMember(wrong))).reason == "INVALID_BIRTH_DATE"
        request = set_birth_date(member_id, BORN)
        request.birth_date.year = 1989  # which had no 29 February
        assert (await refusal(members.UpdateBirthDate(request))).reason == "INVALID_DATE"

    async def test_takes_the_first_and_the_last_possible_day(self, members: Any) -> None:
        member_id = await register(members)
        for day in (date(1900, 1, 1), datetime.now(UTC).date()):
            await members.UpdateBirthDate(set_birth_date(member_id, day))
            assert (await member_of(members, member_id)).birth_date == to_proto_date(day)


class TestRegisterMember:
    async def test_with_a_date_of_birth_is_repeated_with_it_alone(self, members: Any) -> None:
        request = build_register_member(birth_date=to_proto_date(BORN))
        await members.RegisterMember(request)
        assert (await members.RegisterMember(request)).replayed
        request.ClearField("birth_date")
        assert (await refusal(members.RegisterMember(request))).reason == "ID_REUSED"


class TestListMemberChanges:
    async def test_pages_from_the_newest(self, members: Any) -> None:
        member_id = await register(members)
        requests = [set_tier(member_id, f"T{number}") for number in range(5)]
        for request in requests:
            await members.SetMemberTier(request)
        seen: list[str] = []
        token = ""
        while True:
            page = await history(members, member_id, page_size=2, page_token=token)
            assert len(page.changes) <= 2
            seen += [change.tier_code for change in page.changes]
            if not (token := page.next_page_token):
                break
        assert seen == ["T4", "T3", "T2", "T1", "T0"]

    async def test_refuses_a_foreign_token_and_an_unknown_member(self, members: Any) -> None:
        member_id = await register(members)
        error = await refusal(history(members, member_id, page_token="WyJhIl0="))
        assert error.reason == "INVALID_PAGE_TOKEN"
        assert (await refusal(history(members, new_id()))).reason == "MEMBER_NOT_FOUND"


class TestMalformedRequests:
    async def test_of_set_member_tier(self, members: Any) -> None:
        valid = set_tier(await register(members), "gold")
        seen = await answers(members.SetMemberTier, valid, 1000)
        assert {"OK", "INVALID_ID", "INVALID_TIER", "REASON_REQUIRED", "ID_REUSED"} <= set(seen)

    async def test_of_update_birth_date(self, members: Any) -> None:
        valid = set_birth_date(await register(members), BORN)
        seen = await answers(members.UpdateBirthDate, valid, 1000)
        assert {"OK", "INVALID_ID", "INVALID_DATE", "REASON_REQUIRED"} <= set(seen)

    async def test_of_list_member_changes(self, members: Any) -> None:
        valid = member_service_pb2.ListMemberChangesRequest(member_id=await register(members))
        seen = await answers(members.ListMemberChanges, valid, 1000)
        assert {"OK", "INVALID_ID", "INVALID_PAGE_TOKEN", "MEMBER_NOT_FOUND"} <= set(seen)
