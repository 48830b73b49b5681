"""Tiers and birthdays of members, asked of their owner and kept nowhere but in memory."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.auth import Principal
from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.database import Database
from chassis.errors import DomainError, Kind, Unavailable
from chassis.grpc_client import open_channel
from chassis.ids import new_id
from pricing.earning import Birthday, Conditions
from services.members.bootstrap import build as build_members
from services.members.settings import Settings as MembersSettings
from services.points.domain.member_facts import FactsNeeded, MemberFacts, facts_needed
from services.points.domain.programme import Programme, Programmes
from services.points.door import Door
from services.points.member_facts import MEMORY_SECONDS, MemberFactsSource
from services.points.usecases.accept_sales import accept_sales
from services.points.usecases.post_bills import Outcome, Posted
from tests.fixtures.builders_earning import bonus, build_programme
from tests.fixtures.builders_points import (
    SOLD_AT,
    build_chain,
    build_line,
    build_sale,
    lonely_directory,
    post_commands,
    running_door,
)
from tests.fixtures.ledger import Ledger, one, running_ledger
from tests.fixtures.running import all_permissions, open_stub
from tests.fixtures.servers import Servers, migrated_database
from tests.fixtures.services import RunningService, running_service
from tests.fixtures.tokens import sign_token
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc
from yika.points.v1 import (
    earning_pb2,
    programme_pb2,
    programme_service_pb2,
    programme_service_pb2_grpc,
    sale_pb2,
)

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


async def register(stub: Any, *, tier: str = "", born: date | None = None) -> str:
    """A member with a tier and a date of birth."""
    member_id = new_id()
    await stub.RegisterMember(
        member_service_pb2.RegisterMemberRequest(
            member_id=member_id, birth_date=to_proto_date(born) if born else None
        )
    )
    if tier:
        await set_tier(stub, member_id, tier)
    return member_id


async def set_tier(stub: Any, member_id: str, tier: str) -> None:
    await stub.SetMemberTier(
        member_service_pb2.SetMemberTierRequest(
            change_id=new_id(), member_id=member_id, tier_code=tier, reason="升级"
        )
    )


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
        gold = await register(members, tier="gold", born=TODAY)
        plain, stranger = await register(members), new_id()
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
        gold = await register(members, tier="gold", born=TODAY)
        assert await source.look_up({gold: TIER}) == {gold: MemberFacts("gold")}
        assert await source.look_up({gold: BIRTHDAY}) == {gold: MemberFacts("gold", 5, 1)}
        assert await source.look_up({gold: TIER}) == {gold: MemberFacts("gold", 5, 1)}
        assert [request.with_birth_date for request in self.asked(source)] == [False, True]

    async def test_sees_a_new_tier_within_a_minute(
        self, members: Any, source: MemberFactsSource, clock: Clock
    ) -> None:
        member_id = await register(members, tier="silver")
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


TIER_RULES = Programme(
    version=2,
    earning=build_programme(
        bonus("gold", 50, conditions=Conditions(tiers=frozenset({"gold"}))), version=2
    ),
)


@pytest.fixture(scope="module")
async def database(servers: Servers) -> AsyncIterator[Database]:
    """A ledger that asks an owner who is away."""
    async with migrated_database(servers, "points") as ledger:
        yield ledger


class TestAcceptSales:
    async def accept(
        self, database: Database, programmes: Programmes, *sales: sale_pb2.Sale
    ) -> list[Outcome]:
        """Accepts sales while the owner of members is away."""
        now = SOLD_AT + timedelta(days=1)
        door = Door(
            lambda commands: post_commands(database, *commands, now=now, programmes=programmes),
            batch_max=64,
            writers=1,
            queue_max=100,
        )
        async with running_door(door), lonely_directory(database) as directory:
            return await accept_sales(
                sales,
                database=database,
                door=door,
                directory=directory,
                principal=Principal("till", frozenset(), frozenset({"*"})),
                tender_kinds=("cash",),
                programmes=programmes,
                now=now,
            )

    async def test_lets_a_sale_wait_whose_rules_ask_what_nobody_can_tell(
        self, database: Database
    ) -> None:
        chain, _ = await build_chain(database)
        waiting, walk_in = build_sale(chain), build_sale(chain, member_id="")
        outcomes = await self.accept(database, Programmes([TIER_RULES]), waiting, walk_in)
        assert isinstance(outcomes[0], DomainError)
        assert outcomes[0].kind is Kind.UNAVAILABLE
        assert outcomes[0].reason == "MEMBER_FACTS_UNAVAILABLE"
        assert isinstance(outcomes[1], Posted), "a walk-in customer has no tier"

    async def test_answers_a_retry_of_a_posted_sale_all_the_same(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        sale = build_sale(chain)
        (first,) = await self.accept(database, Programmes(), sale)
        (again,) = await self.accept(database, Programmes([TIER_RULES]), sale)
        assert isinstance(first, Posted)
        assert again == Posted(first.receipt, replayed=True)


@pytest.fixture(scope="module")
async def generous(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ledger]:
    """A ledger whose rules give 50 points to a tier and 7 on a birthday."""
    async with running_ledger(servers, tmp_path_factory.mktemp("generous")) as running:
        earning = earning_pb2.EarningProgramme(version=2, fen_per_point=100)
        for rule_id, points, conditions in (
            ("tier", 50, earning_pb2.EarningConditions(tiers=[TIER_CODE])),
            (
                "birthday",
                7,
                earning_pb2.EarningConditions(birthday_match=earning_pb2.BIRTHDAY_MATCH_DAY),
            ),
        ):
            earning.rules.add(
                rule_id=rule_id,
                name_zh=rule_id,
                name_en=rule_id,
                conditions=conditions,
                bonus=earning_pb2.EarningBonus(bonus_points=points),
            )
        programme = programme_pb2.Programme(
            programme_id=new_id(),
            version=2,
            effective_time=to_timestamp(utc_now() + timedelta(minutes=1)),
            earning=earning,
        )
        stub = programme_service_pb2_grpc.ProgrammeServiceStub
        async with open_stub(stub, running.address, ["points.programmes.publish"]) as opened:
            await opened.PublishProgramme(
                programme_service_pb2.PublishProgrammeRequest(programme=programme)
            )
        yield running


async def rows_with(database: Database, needle: bytes) -> dict[str, int]:
    """Rows of every table that hold some bytes, whatever the type of the column."""
    async with database.read() as connection:
        tables = await connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        )
        found = {}
        for table in tables.scalars():
            query = f"SELECT * FROM {table}"  # noqa: S608 - names from the catalogue
            rows = (await connection.execute(text(query))).all()
            held = [row for row in rows if any(needle in _bytes(value) for value in row)]
            if held:
                found[table] = len(held)
        return found


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


class TestPostSale:
    async def earned(self, ledger: Ledger, member_id: str, sold_at: datetime) -> int:
        """Points of a sale of 12 yuan."""
        sale = build_sale(
            ledger.chain,
            lines=[build_line(ledger.chain.product_ids[0])],
            member_id=member_id,
            business_date=sold_at.date(),
            sold_at=sold_at,
        )
        return int((await ledger.stub.PostSale(one(sale))).result.points_earned)

    async def test_earns_by_tier_and_birthday(self, generous: Ledger) -> None:
        sold_at = utc_now() + timedelta(minutes=2)  # the rules have taken effect by then
        born = sold_at.date().replace(year=1988)
        members = {
            "nothing": await register(generous.members, born=born + timedelta(days=40)),
            "birthday": await register(generous.members, born=born),
            "tier": await register(generous.members, tier=TIER_CODE),
            "both": await register(generous.members, tier=TIER_CODE, born=born),
        }
        earned = {
            name: await self.earned(generous, each, sold_at) for name, each in members.items()
        }
        assert earned == {"nothing": 12, "birthday": 19, "tier": 62, "both": 69}

    async def test_writes_the_tier_nowhere(self, generous: Ledger) -> None:
        member_id = await register(generous.members, tier=TIER_CODE)
        assert await self.earned(generous, member_id, utc_now() + timedelta(minutes=2)) == 62
        # The rules name the tier, and nothing else does.
        assert await rows_with(generous.database, TIER_CODE.encode()) == {"programmes": 1}
