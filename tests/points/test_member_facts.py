"""Tiers and birthdays of members, asked of their owner and kept nowhere but in memory."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.auth import OwnToken
from chassis.errors import Unavailable
from chassis.grpc_client import open_channel
from chassis.ids import new_id
from pricing.earning import Birthday, Conditions
from services.members.bootstrap import build as build_members
from services.members.settings import Settings as MembersSettings
from services.points.domain.sales.member_facts import FactsNeeded, MemberFacts, facts_needed
from services.points.member_facts import MEMORY_SECONDS, MemberFactsSource
from tests.fixtures.builders_earning import bonus, build_programme
from tests.fixtures.builders_members import register_member, set_tier
from tests.fixtures.running import all_permissions, open_stub
from tests.fixtures.servers import Servers
from tests.fixtures.services import RunningService, running_service
from tests.fixtures.tokens import sign_token
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc

TODAY = date(2026, 5, 1)
TIER = FactsNeeded(tier=True)
BIRTHDAY = FactsNeeded(birthday=True)
TIER_CODE = "PLATINUM-9f3a"


class TestMemberFacts:
    @pytest.mark.parametrize(
        ("month", "day", "today", "is_birthday"),
        [
            (5, 1, date(2026, 5, 1), True),
            (5, 1, date(2026, 5, 2), False),
            (2, 29, date(2028, 2, 29), True),
            (2, 29, date(2028, 2, 28), False),
            (2, 29, date(2026, 2, 28), True),
            (2, 29, date(2026, 3, 1), False),
            (2, 28, date(2026, 2, 28), True),
            (0, 0, date(2026, 2, 28), False),
        ],
    )
    def test_know_the_birthday_of_every_year(
        self, month: int, day: int, today: date, is_birthday: bool
    ) -> None:
        facts = MemberFacts(birth_month=month, birth_day=day)
        assert facts.has_birthday(today) is is_birthday


class TestFactsNeeded:
    def test_are_none_of_rules_that_ask_for_nothing(self) -> None:
        rules = build_programme(bonus("first", 5, conditions=Conditions(first_purchase=True)))
        assert facts_needed(rules, TODAY) == FactsNeeded()

    def test_are_those_of_all_rules_together(self) -> None:
        tier = bonus("tier", 5, conditions=Conditions(tiers=frozenset({"gold"})))
        month = bonus("month", 5, conditions=Conditions(birthday=Birthday.MONTH))
        assert facts_needed(build_programme(tier), TODAY) == TIER
        assert facts_needed(build_programme(month), TODAY) == BIRTHDAY
        assert facts_needed(build_programme(tier, month), TODAY) == FactsNeeded(True, True)

    def test_are_not_asked_for_rules_of_other_days(self) -> None:
        conditions = Conditions(
            birthday=Birthday.DAY, first_date=TODAY, last_date=TODAY + timedelta(days=1)
        )
        rules = build_programme(bonus("days", 5, conditions=conditions))
        days = [TODAY + timedelta(days=number) for number in (-1, 0, 1, 2)]
        asked = [facts_needed(rules, day).birthday for day in days]
        assert asked == [False, True, True, False]


class CountingStub:
    """Passes calls on to the owner of members and remembers what was asked."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub
        self.asked: list[member_service_pb2.GetEarningFactsRequest] = []

    async def GetEarningFacts(self, request: Any) -> Any:
        self.asked.append(request)
        return await self._stub.GetEarningFacts(request)


class Clock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
async def owner(servers: Servers) -> AsyncIterator[RunningService]:
    """The owner of members."""
    async with running_service(servers, "members", MembersSettings(), build_members) as running:
        yield running


@pytest.fixture
async def members(owner: RunningService) -> AsyncIterator[Any]:
    """Somebody who may do everything at the owner of members."""
    stub = member_service_pb2_grpc.MemberServiceStub
    async with open_stub(stub, owner.address, all_permissions(owner.parts)) as opened:
        yield opened


class TestMemberFactsSource:
    @pytest.fixture
    async def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    async def source(self, owner: RunningService, clock: Clock) -> AsyncIterator[MemberFactsSource]:
        token = sign_token(["members.facts.read"])
        async with open_channel(owner.address, token=lambda: token) as channel:
            source = MemberFactsSource(channel, clock=clock)
            source._members = CountingStub(source._members)  # type: ignore[assignment]
            yield source

    def asked(self, source: MemberFactsSource) -> list[member_service_pb2.GetEarningFactsRequest]:
        counting: Any = source._members
        return list(counting.asked)

    async def test_asks_once_for_a_whole_batch(
        self, members: Any, source: MemberFactsSource
    ) -> None:
        gold = await register_member(members, tier="gold", born=TODAY)
        plain, stranger = await register_member(members), new_id()
        wanted = {gold: TIER, plain: TIER, stranger: TIER, new_id(): FactsNeeded()}
        assert await source.look_up(wanted) == {
            gold: MemberFacts("gold"),
            plain: MemberFacts(),
            stranger: MemberFacts(),
        }
        (request,) = self.asked(source)
        assert (len(request.member_ids), request.with_birth_date) == (3, False)

    async def test_asks_for_birthdays_only_when_a_rule_does(
        self, members: Any, source: MemberFactsSource
    ) -> None:
        gold = await register_member(members, tier="gold", born=TODAY)
        assert await source.look_up({gold: TIER}) == {gold: MemberFacts("gold")}
        assert await source.look_up({gold: BIRTHDAY}) == {gold: MemberFacts("gold", 5, 1)}
        assert await source.look_up({gold: TIER}) == {gold: MemberFacts("gold", 5, 1)}
        assert [request.with_birth_date for request in self.asked(source)] == [False, True]

    async def test_sees_a_new_tier_within_a_minute(
        self, members: Any, source: MemberFactsSource, clock: Clock
    ) -> None:
        member_id = await register_member(members, tier="silver")
        assert (await source.look_up({member_id: TIER}))[member_id].tier == "silver"
        await set_tier(members, member_id, "gold")
        clock.now = MEMORY_SECONDS - 1
        assert (await source.look_up({member_id: TIER}))[member_id].tier == "silver"
        clock.now = MEMORY_SECONDS
        assert (await source.look_up({member_id: TIER}))[member_id].tier == "gold"

    async def test_asks_for_more_members_than_one_call_takes(
        self, source: MemberFactsSource
    ) -> None:
        wanted = {new_id(): TIER for _ in range(501)}
        assert await source.look_up(wanted) == dict.fromkeys(wanted, MemberFacts())
        assert [len(request.member_ids) for request in self.asked(source)] == [500, 1]

    async def test_says_unavailable_when_it_may_not_ask(self, owner: RunningService) -> None:
        token = sign_token(["members.stubs.read"])
        async with open_channel(owner.address, token=lambda: token) as channel:
            with pytest.raises(Unavailable) as refused:
                await MemberFactsSource(channel).look_up({new_id(): TIER})
        assert refused.value.reason == "MEMBER_FACTS_UNAVAILABLE"
        assert refused.value.metadata == {"cause": "PERMISSION_MISSING"}

    async def test_says_unavailable_when_it_has_no_token_to_ask_with(self, tmp_path: Path) -> None:
        token = OwnToken(tmp_path / "not there")
        async with open_channel("127.0.0.1:1", token=token.get) as channel:
            with pytest.raises(Unavailable) as refused:
                await MemberFactsSource(channel).look_up({new_id(): TIER})
        assert refused.value.reason == "MEMBER_FACTS_UNAVAILABLE"
        assert refused.value.metadata == {"cause": "TOKEN_FILE_UNREADABLE"}
