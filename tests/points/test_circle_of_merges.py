"""Wallets that say they were merged into each other, which no service writes, stop nobody else."""

import uuid
from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from pricing.earning import Conditions
from services.points.domain.programme import Programme, Programmes
from services.points.domain.sales.member_facts import FactsNeeded, MemberFacts
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.member_facts import MemberFactsSource
from services.points.messages.documents import read_sale
from services.points.usecases.post_bills import Posted
from services.points.usecases.sales.ask_member_facts import ask_member_facts
from tests.fixtures.builders_earning import bonus, build_programme
from tests.fixtures.builders_holds import build_hold, hold
from tests.fixtures.builders_points import (
    SOLD_AT,
    Chain,
    build_chain,
    build_command,
    build_sale,
    post_commands,
)
from tests.points.test_unreadable_at_the_door import UNREADABLE, post_together, told


@pytest.fixture
async def circle(database: Database) -> AsyncIterator[Chain]:
    """Two members of whom each was merged into the other, by whoever's hand."""
    chain, _ = await build_chain(database)
    pair = (chain.member_id, chain.other_member_id)
    for member_id in pair:
        await post_commands(
            database, build_command(build_sale(chain, member_id=member_id)), now=SOLD_AT
        )
    for member_id, into in (pair, pair[::-1]):
        await write_merged_into(database, member_id, into)
    yield chain
    for member_id in pair:
        await write_merged_into(database, member_id, None)


async def write_merged_into(database: Database, member_id: str, into: str | None) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            text("UPDATE wallets SET merged_into = :into WHERE member_id = :m"),
            {"m": uuid.UUID(member_id), "into": into},
        )


class Gold(MemberFactsSource):
    """Says of everybody the same."""

    def __init__(self) -> None:
        pass

    async def look_up(self, asked: Mapping[str, FactsNeeded]) -> dict[str, MemberFacts]:
        return dict.fromkeys(asked, MemberFacts("gold"))


@pytest.mark.timeout(60)
class TestACircleOfMerges:
    async def test_stops_only_its_own_members(self, database: Database, circle: Chain) -> None:
        other, _ = await build_chain(database)
        sales = [
            build_command(build_sale(other)),
            build_command(build_sale(circle)),
            build_command(build_sale(other)),
        ]
        outcomes = await post_together(database, [[sale] for sale in sales])
        assert [told(outcome) for (outcome,) in outcomes] == [None, UNREADABLE, None]

    async def test_leaves_others_the_facts_that_rules_ask_for(
        self, database: Database, circle: Chain
    ) -> None:
        other, _ = await build_chain(database)
        gold = bonus("gold", 50, conditions=Conditions(tiers=frozenset({"gold"})))
        version = Programme(version=2, earning=build_programme(gold, version=2))
        sales = {n: read_sale(build_sale(chain)) for n, chain in enumerate((circle, other))}
        facts, errors = await ask_member_facts(database, Gold(), sales, Programmes([version]))
        assert {n: told(error) for n, error in errors.items()} == {0: UNREADABLE}
        assert facts == {other.member_id: MemberFacts("gold")}

    async def test_keeps_no_hold_waiting(self, database: Database, circle: Chain) -> None:
        with pytest.raises(BooksUnreadable):
            await hold(database, build_hold(circle, 1))

    async def test_of_one_member_no_row_can_be(self, database: Database) -> None:
        chain, _ = await build_chain(database)
        sale = build_command(build_sale(chain))
        (posted,) = await post_commands(database, sale, now=SOLD_AT)
        assert isinstance(posted, Posted)
        with pytest.raises(IntegrityError, match="ck_wallets_merged_into"):
            await write_merged_into(database, chain.member_id, chain.member_id)
