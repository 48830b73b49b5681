"""GetEarningFacts: tiers, and of a birthday no more than was asked for."""

from datetime import date
from typing import Any

from chassis.clock import to_proto_date
from chassis.errors import Kind
from chassis.ids import new_id
from tests.fixtures.builders_members import build_register_member
from tests.fixtures.malformed import answers
from tests.fixtures.refusals import refusal
from yika.members.v1 import member_pb2, member_service_pb2


async def facts(members: Any, ids: list[str], with_birth_date: bool = False) -> Any:
    request = member_service_pb2.GetEarningFactsRequest(
        member_ids=ids, with_birth_date=with_birth_date
    )
    return list((await members.GetEarningFacts(request)).facts)


async def register(members: Any, tier_code: str = "", **changes: Any) -> str:
    request = build_register_member(**changes)
    await members.RegisterMember(request)
    if tier_code:
        await members.SetMemberTier(
            member_service_pb2.SetMemberTierRequest(
                change_id=new_id(),
                member_id=request.member_id,
                tier_code=tier_code,
                reason="开卡",
            )
        )
    return str(request.member_id)


class TestGetEarningFacts:
    async def test_tells_tier_and_birthday_without_the_year(self, members: Any) -> None:
        born = await register(members, "gold", birth_date=to_proto_date(date(1988, 2, 29)))
        plain = await register(members)
        assert await facts(members, [plain, new_id(), born, plain], with_birth_date=True) == [
            member_pb2.EarningFacts(member_id=plain),
            member_pb2.EarningFacts(member_id=born, tier_code="gold", birth_month=2, birth_day=29),
        ]

    async def test_tells_no_birthday_unasked(self, members: Any) -> None:
        born = await register(members, "gold", birth_date=to_proto_date(date(1988, 2, 29)))
        assert await facts(members, [born]) == [
            member_pb2.EarningFacts(member_id=born, tier_code="gold")
        ]

    async def test_takes_one_to_five_hundred_ids(self, members: Any) -> None:
        error = await refusal(facts(members, []))
        assert (error.kind, error.reason) == (Kind.INVALID, "BATCH_EMPTY")
        assert await facts(members, [new_id() for _ in range(500)]) == []
        error = await refusal(facts(members, [new_id() for _ in range(501)]))
        assert (error.kind, error.reason) == (Kind.INVALID, "BATCH_TOO_LARGE")

    async def test_of_malformed_requests_is_refused_or_answered(self, members: Any) -> None:
        valid = member_service_pb2.GetEarningFactsRequest(member_ids=[new_id()])
        seen = await answers(members.GetEarningFacts, valid, 1000)
        assert {"OK", "INVALID_ID", "BATCH_EMPTY", "BATCH_TOO_LARGE"} >= set(seen) > {"OK"}
