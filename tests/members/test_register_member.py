"""RegisterMember: what is stored, what is refused, and what a refusal leaves behind: nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select

from chassis.clock import to_timestamp, utc_now
from chassis.database import Database, outbox_table
from chassis.errors import Kind
from chassis.ids import new_id
from services.members.domain.card_number import luhn_check_digit, make_card_number
from services.members.storage.repository import MembersRepository
from tests.fixtures.builders_members import build_phone, build_register_member
from tests.fixtures.refusals import refusal
from tests.fixtures.running import open_stub
from tests.members.rows import counts
from yika.members.v1 import events_pb2, member_pb2, member_service_pb2, member_service_pb2_grpc


async def newest_event(database: Database) -> events_pb2.MembersRegistered:
    """The event that was committed last."""
    async with database.read() as connection:
        query = select(outbox_table).order_by(outbox_table.c.position.desc()).limit(1)
        row = (await connection.execute(query)).one()
    assert row.event_type == "yika.members.v1.MembersRegistered"
    return events_pb2.MembersRegistered.FromString(row.payload)


class TestRegisterMember:
    async def test_stores_the_member_and_the_card(self, members: Any) -> None:
        store_id = new_id()
        registered_at = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
        request = build_register_member(
            name=" 李 雷 ",
            phone="138 1111 2222",
            card_number="vip0001a",
            store_id=store_id,
            registered_time=to_timestamp(registered_at),
        )
        answer = await members.RegisterMember(request)
        assert not answer.replayed
        assert answer.member == member_pb2.Member(
            member_id=request.member_id,
            name="李 雷",
            phone="+8613811112222",
            cards=[
                member_pb2.Card(card_number="VIP0001A", issued_time=to_timestamp(registered_at))
            ],
            store_id=store_id,
            channel=member_pb2.CHANNEL_STORE,
            registered_time=to_timestamp(registered_at),
        )
        get = member_service_pb2.GetMemberRequest(member_id=request.member_id)
        assert (await members.GetMember(get)).member == answer.member

    async def test_needs_nothing_but_an_id(self, members: Any) -> None:
        before = utc_now()
        request = member_service_pb2.RegisterMemberRequest(member_id=new_id())
        member = (await members.RegisterMember(request)).member
        assert (member.name, member.phone, member.store_id, member.channel) == ("", "", "", 0)
        assert before <= member.registered_time.ToDatetime(UTC) <= utc_now()
        assert len(member.cards) == 1

    async def test_makes_card_numbers_with_prefix_and_check_digit(self, members: Any) -> None:
        requests = [build_register_member() for _ in range(3)]
        numbers = [(await members.RegisterMember(r)).member.cards[0].card_number for r in requests]
        assert len(set(numbers)) == 3
        for number in numbers:
            assert number.startswith("88")
            assert luhn_check_digit(number[:-1]) == number[-1]

    async def test_passes_over_a_number_that_a_card_has_already(
        self, members: Any, database: Database
    ) -> None:
        async with database.transaction() as tx:
            serial = await MembersRepository(tx.connection).next_card_serial()
        taken = make_card_number("88", serial + 1)
        await members.RegisterMember(build_register_member(card_number=taken))
        member = (await members.RegisterMember(build_register_member())).member
        assert member.cards[0].card_number == make_card_number("88", serial + 2)

    async def test_lets_members_without_phone_be_many(self, members: Any) -> None:
        for _ in range(2):
            answer = await members.RegisterMember(build_register_member(phone=""))
            assert answer.member.phone == ""

    @pytest.mark.parametrize(
        ("phone", "has_phone"),
        [(build_phone(), True), ("", False), ("010-6234 5678", False)],
        ids=["mobile", "none", "landline"],
    )
    async def test_publishes_the_registration_without_personal_data(
        self, members: Any, database: Database, phone: str, has_phone: bool
    ) -> None:
        request = build_register_member(phone=phone, name="韩梅梅", store_id=new_id())
        member = (await members.RegisterMember(request)).member
        event = await newest_event(database)
        assert list(event.members) == [
            events_pb2.MemberRegistered(
                member_id=request.member_id,
                store_id=request.store_id,
                channel=member_pb2.CHANNEL_STORE,
                registered_time=member.registered_time,
                has_phone=has_phone,
            )
        ]
        payload = event.SerializeToString()
        assert "韩梅梅".encode() not in payload
        assert not member.phone or member.phone.encode() not in payload

    async def test_counts_what_is_registered(self, members: Any) -> None:
        def count() -> float:
            labels = {"channel": "import"}
            return REGISTRY.get_sample_value("yika_members_registered_total", labels) or 0

        before = count()
        request = build_register_member(channel=member_pb2.CHANNEL_IMPORT)
        await members.RegisterMember(request)
        await members.RegisterMember(request)
        assert count() == before + 1


class TestRegisterMemberAgain:
    @pytest.mark.parametrize(
        "changes",
        [{}, {"phone": ""}, {"card_number": "again0001"}, {"store_id": new_id()}],
        ids=["made card", "no phone", "own card", "store"],
    )
    async def test_answers_the_same_and_writes_nothing(
        self, members: Any, database: Database, changes: dict[str, Any]
    ) -> None:
        request = build_register_member(**changes)
        first = await members.RegisterMember(request)
        before = await counts(database)
        again = await members.RegisterMember(request)
        assert (first.replayed, again.replayed) == (False, True)
        assert again.member == first.member
        assert await counts(database) == before

    async def test_sees_the_same_content_in_another_writing(self, members: Any) -> None:
        request = build_register_member(phone="13811113333", card_number="ab12")
        await members.RegisterMember(request)
        request.phone, request.card_number = "+86 138-1111-3333", " AB12\r\n"
        request.member_id = request.member_id.upper()
        assert (await members.RegisterMember(request)).replayed

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "别人"},
            {"phone": build_phone()},
            {"phone": ""},
            {"card_number": "other0001"},
            {"store_id": new_id()},
            {"channel": member_pb2.CHANNEL_ONLINE},
            {"registered_time": to_timestamp(datetime(2020, 1, 1, tzinfo=UTC))},
        ],
        ids=lambda changes: "-".join(f"{k}:{bool(v)}" for k, v in changes.items()),
    )
    async def test_refuses_other_content(
        self, members: Any, database: Database, changes: dict[str, Any]
    ) -> None:
        request = build_register_member()
        first = await members.RegisterMember(request)
        before = await counts(database)
        other = build_register_member(
            **{"member_id": request.member_id, "phone": request.phone, **changes}
        )
        error = await refusal(members.RegisterMember(other))
        assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "ID_REUSED")
        assert await counts(database) == before
        get = member_service_pb2.GetMemberRequest(member_id=request.member_id)
        assert (await members.GetMember(get)).member == first.member


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"member_id": ""}, "INVALID_ID"),
            ({"member_id": "not-a-uuid"}, "INVALID_ID"),
            ({"store_id": "S1"}, "INVALID_ID"),
            ({"name": "好" * 65}, "NAME_TOO_LONG"),
            ({"name": "a\x00b"}, "INVALID_NAME"),
            ({"name": "a\nb"}, "INVALID_NAME"),
            ({"phone": "12345"}, "INVALID_PHONE"),
            ({"phone": "不是电话"}, "INVALID_PHONE"),
            ({"phone": "+999 1234 5678"}, "INVALID_PHONE"),
            ({"card_number": "123"}, "INVALID_CARD_NUMBER"),
            ({"card_number": "1" * 33}, "INVALID_CARD_NUMBER"),
            ({"card_number": "12-34"}, "INVALID_CARD_NUMBER"),
            ({"card_number": "１２３４"}, "INVALID_CARD_NUMBER"),
            ({"channel": 99}, "UNKNOWN_CHANNEL"),
            ({"channel": -1}, "UNKNOWN_CHANNEL"),
            (
                {"registered_time": to_timestamp(datetime(1969, 12, 31, tzinfo=UTC))},
                "REGISTERED_TIME_TOO_EARLY",
            ),
            ({"registered_time": {"seconds": 2**62}}, "INVALID_TIME"),
        ],
    )
    async def test_name_the_rule_and_write_nothing(
        self, members: Any, database: Database, changes: dict[str, Any], reason: str
    ) -> None:
        before = await counts(database)
        error = await refusal(members.RegisterMember(build_register_member(**changes)))
        assert (error.kind, error.reason) == (Kind.INVALID, reason)
        assert await counts(database) == before

    async def test_allow_a_clock_that_is_a_little_ahead(self, members: Any) -> None:
        ahead = to_timestamp(utc_now() + timedelta(minutes=4))
        await members.RegisterMember(build_register_member(registered_time=ahead))
        far_ahead = to_timestamp(utc_now() + timedelta(minutes=6))
        error = await refusal(
            members.RegisterMember(build_register_member(registered_time=far_ahead))
        )
        assert error.reason == "REGISTERED_TIME_IN_FUTURE"

    async def test_name_a_phone_that_is_taken(self, members: Any, database: Database) -> None:
        await members.RegisterMember(build_register_member(phone="13822223333"))
        before = await counts(database)
        error = await refusal(
            members.RegisterMember(build_register_member(phone="+86 138 2222 3333"))
        )
        assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "PHONE_TAKEN")
        assert await counts(database) == before

    async def test_name_a_card_that_is_taken(self, members: Any, database: Database) -> None:
        await members.RegisterMember(build_register_member(card_number="taken001"))
        before = await counts(database)
        request = build_register_member(card_number="TAKEN001")
        error = await refusal(members.RegisterMember(request))
        assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "CARD_NUMBER_TAKEN")
        assert await counts(database) == before, "the member must not stay without a card"
        request.card_number = ""  # the id and the phone are free again
        assert not (await members.RegisterMember(request)).replayed

    async def test_keep_to_the_stores_of_the_token(self, members: Any, address: str) -> None:
        own, foreign = new_id(), new_id()
        stub_class = member_service_pb2_grpc.MemberServiceStub
        async with open_stub(
            stub_class, address, {"members.members.register"}, stores=[own]
        ) as store:
            await store.RegisterMember(build_register_member(store_id=own))
            error = await refusal(store.RegisterMember(build_register_member(store_id=foreign)))
        assert (error.kind, error.reason) == (Kind.FORBIDDEN, "STORE_OUT_OF_SCOPE")

    async def test_never_repeat_personal_data(
        self, members: Any, capfd: pytest.CaptureFixture[str]
    ) -> None:
        taken = build_register_member(phone="13833334444", card_number="secret01", name="张三丰")
        await members.RegisterMember(taken)
        refused = [
            await refusal(members.RegisterMember(build_register_member(**changes)))
            for changes in (
                {"phone": "13833334444"},
                {"card_number": "secret01"},
                {"phone": "1383333444499999"},
                {"name": "张三丰" * 30},
                {"member_id": taken.member_id},
            )
        ]
        find = member_service_pb2.FindMemberRequest(phone="13833335555")
        refused.append(await refusal(members.FindMember(find)))
        written = capfd.readouterr()
        said = " ".join(f"{e.message} {e.metadata}" for e in refused) + written.out + written.err
        for personal in ("1383333", "SECRET01", "secret01", "张三丰"):
            assert personal not in said
