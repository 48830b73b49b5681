"""Gifts that came back are no longer redeemed, whatever became of their points."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.programme import ClawbackPolicy
from services.points.domain.settlement import Cell
from services.points.storage.queries.outstanding import OutstandingQueries
from tests.fixtures.builders_points import Chain
from tests.fixtures.points_story import Story, points_rules
from tests.fixtures.returning import another_store, seed_wallet
from tests.fixtures.settling import cells_of
from tests.fixtures.wallet_commands import merge_command

FORGIVES = points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE)


async def of_two_sellers(database: Database, chain: Chain) -> tuple[Story, str, list[Cell]]:
    """Two mugs for 40 points of one store and 60 of another; their bill and what was redeemed."""
    other = await another_store(database)
    await seed_wallet(database, chain, (Asset.POINTS, 40, date(2027, 1, 1)))
    granted = replace(chain, store_id=other)
    await seed_wallet(database, granted, (Asset.POINTS, 60, date(2028, 1, 1)))
    story = Story(database, chain, points_rules())
    mugs = await story.redeem(2)
    cells = [
        Cell(chain.store_id, chain.store_id, Asset.POINTS, 40, 0),
        Cell(chain.store_id, other, Asset.POINTS, 60, 0),
    ]
    assert await cells_of(database, [chain.store_id]) == sorted(cells)
    return story, mugs, cells


class TestGiftsBack:
    async def test_whose_points_pay_what_was_forgiven_are_back(
        self, database: Database, chain: Chain
    ) -> None:
        story = Story(database, chain, FORGIVES)
        earns = await story.buy(100_00)
        mugs = await story.redeem(2)
        await story.bring_back(earns)
        for left in (1, 0):
            await story.bring_mugs_back(mugs, 1)
            cell = Cell(chain.store_id, chain.store_id, Asset.POINTS, 50 * left, 0)
            assert await cells_of(database, [chain.store_id]) == [cell] * left
        assert await story.has() == (0, 0)

    async def test_of_two_sellers_are_back_with_what_each_gave(
        self, database: Database, chain: Chain
    ) -> None:
        story, mugs, (first, second) = await of_two_sellers(database, chain)
        await story.bring_mugs_back(mugs, 1)  # what was spent last comes first
        told = await cells_of(database, [chain.store_id])
        assert told == sorted([first, second._replace(units=10)])
        await story.bring_mugs_back(mugs, 1)
        assert await cells_of(database, [chain.store_id]) == []

    async def test_of_a_merged_member_are_back(self, database: Database, chain: Chain) -> None:
        story, mugs, (first, second) = await of_two_sellers(database, chain)
        await story.run(0, merge_command(chain, chain.member_id, chain.other_member_id))
        await story.bring_mugs_back(mugs, 1)
        told = await cells_of(database, [chain.store_id])
        assert told == sorted([first, second._replace(units=10)])
        await story.bring_mugs_back(mugs, 1)
        assert await cells_of(database, [chain.store_id]) == []

    async def test_count_where_they_came_back(self, database: Database, chain: Chain) -> None:
        """A store in which no lot ever moved is a party all the same."""
        elsewhere = await another_store(database)
        story = Story(database, chain, FORGIVES)
        earns = await story.buy(100_00)
        mugs = await story.redeem(2)
        await story.bring_back(earns)
        there = replace(story, chain=replace(chain, store_id=elsewhere))
        await there.bring_mugs_back(mugs, 2)
        cell = Cell(elsewhere, chain.store_id, Asset.POINTS, -100, 0)
        assert await cells_of(database, [elsewhere]) == [cell]
        before = str(UUID(int=UUID(elsewhere).int - 1))
        async with database.read() as connection:
            found = await OutstandingQueries(connection).stores_that_redeemed(before, 1)
        assert found == [elsewhere]
