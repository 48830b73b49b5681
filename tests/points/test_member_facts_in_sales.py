"""Sales whose rules ask for tiers and birthdays: what they earn, and when they must wait."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from chassis.auth import Principal
from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.database import Database
from chassis.errors import DomainError, Kind
from chassis.ids import new_id
from pricing.earning import Conditions
from services.points.domain.programme import Programme, Programmes
from services.points.domain.sales.member_facts import FactsNeeded
from services.points.door import Door
from services.points.usecases.post_bills import Outcome, Posted
from services.points.usecases.sales.accept_sales import accept_sales
from tests.fixtures.builders_earning import bonus, build_programme
from tests.fixtures.builders_members import register_member
from tests.fixtures.builders_points import (
    SOLD_AT,
    build_chain,
    build_header,
    build_line,
    build_sale,
    lonely_directory,
    post_commands,
    running_door,
)
from tests.fixtures.ledger import Ledger, one, running_ledger
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers
from yika.points.v1 import (
    earning_pb2,
    programme_pb2,
    programme_service_pb2,
    programme_service_pb2_grpc,
    sale_pb2,
    wallet_service_pb2,
    wallet_service_pb2_grpc,
)

TODAY = date(2026, 5, 1)
TIER = FactsNeeded(tier=True)
BIRTHDAY = FactsNeeded(birthday=True)
TIER_CODE = "PLATINUM-9f3a"


TIER_RULES = Programme(
    version=2,
    earning=build_programme(
        bonus("gold", 50, conditions=Conditions(tiers=frozenset({"gold"}))), version=2
    ),
)


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
            "nothing": await register_member(generous.members, born=born + timedelta(days=40)),
            "birthday": await register_member(generous.members, born=born),
            "tier": await register_member(generous.members, tier=TIER_CODE),
            "both": await register_member(generous.members, tier=TIER_CODE, born=born),
        }
        earned = {
            name: await self.earned(generous, each, sold_at) for name, each in members.items()
        }
        assert earned == {"nothing": 12, "birthday": 19, "tier": 62, "both": 69}

    @pytest.mark.parametrize(("tiers", "earned"), [(("", TIER_CODE), 62), ((TIER_CODE, ""), 12)])
    async def test_asks_who_answers_for_a_merged_member(
        self, generous: Ledger, tiers: tuple[str, str], earned: int
    ) -> None:
        merged, heir = [await register_member(generous.members, tier=tier) for tier in tiers]
        header = build_header(
            generous.chain,
            member_id=merged,
            reason="同一人",
            business_date=to_proto_date(utc_now().date()),
            occurred_time=to_timestamp(utc_now()),
        )
        stub = wallet_service_pb2_grpc.WalletServiceStub
        async with open_stub(stub, generous.address, ["points.wallets.merge"]) as wallets:
            await wallets.MergeMembers(
                wallet_service_pb2.MergeMembersRequest(header=header, into_member_id=heir)
            )
        sold_at = utc_now() + timedelta(minutes=2)
        assert await self.earned(generous, merged, sold_at) == earned

    async def test_writes_the_tier_nowhere(self, generous: Ledger) -> None:
        member_id = await register_member(generous.members, tier=TIER_CODE)
        assert await self.earned(generous, member_id, utc_now() + timedelta(minutes=2)) == 62
        # The rules name the tier, and nothing else does.
        assert await rows_with(generous.database, TIER_CODE.encode()) == {"programmes": 1}
