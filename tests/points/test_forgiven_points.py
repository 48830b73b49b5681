"""What returns wrote off is paid by points that come back: domain/returns/forgiven.py."""

import pytest

from chassis.database import Database
from services.points.domain.programme import ClawbackPolicy
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain
from tests.fixtures.points_story import Story, points_rules
from tests.fixtures.wallet_commands import merge_command, undo_command


@pytest.fixture
def story(database: Database, chain: Chain) -> Story:
    """A chain that writes off what the balance lacks."""
    rules = points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE)
    return Story(database, chain, rules)


class TestGoods:
    async def test_no_points_are_left_of_goods_that_all_came_back(self, story: Story) -> None:
        """Earn with one sale, pay another with that, bring the first back, then the second."""
        for _ in range(3):
            earns = await story.buy(100_00)
            spends = await story.buy(100, points=100)
            await story.bring_back(earns)
            assert await story.forgiven() == 100
            await story.bring_back(spends)
            assert (await story.has(), await story.forgiven()) == ((0, 0), 0)
        await prove_books(story.database)

    async def test_nor_of_such_as_came_back_in_parts(self, story: Story) -> None:
        earns = await story.buy(100_00, quantity=4)
        spends = await story.buy(100, points=100, quantity=4)
        left = []
        for _ in range(4):
            await story.bring_back(earns, pieces=1)
            await story.bring_back(spends, pieces=1)
            left.append((await story.has(), await story.forgiven()))
        assert left == [((0, 0), 0)] * 4

    async def test_points_of_a_sale_that_was_forgiven_none_stay(self, story: Story) -> None:
        earns = await story.buy(100_00)
        spends = await story.buy(40, points=40)
        await story.bring_back(earns)
        await story.bring_back(spends)
        assert (await story.has(), await story.forgiven()) == ((0, 0), 0)
        await story.buy(70_00)
        await story.bring_back(await story.buy(50, points=50))
        assert await story.has() == (70, 0)


class TestGifts:
    async def test_pay_with_the_points_that_they_cost(self, story: Story) -> None:
        earns = await story.buy(125_00)
        mugs = await story.redeem(2)
        await story.bring_back(earns)
        assert await story.forgiven() == 100
        await story.bring_mugs_back(mugs, 1)
        assert (await story.has(), await story.forgiven()) == ((0, 0), 50)
        await story.bring_mugs_back(mugs, 1)
        assert (await story.has(), await story.forgiven()) == ((0, 0), 0)
        await prove_books(story.database)


class TestMerges:
    async def test_the_count_follows_a_merge(self, story: Story) -> None:
        chain = story.chain
        earns = await story.buy(100_00)
        spends = await story.buy(100, points=100)
        await story.bring_back(earns)
        await story.run(0, merge_command(chain, chain.member_id, chain.other_member_id))
        await story.bring_back(spends)
        assert await story.has(chain.other_member_id) == (0, 0)
        assert await story.forgiven(chain.other_member_id) == 0

    async def test_and_its_undoing(self, story: Story) -> None:
        chain = story.chain
        earns = await story.buy(100_00)
        spends = await story.buy(100, points=100)
        await story.bring_back(earns)
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await story.run(0, merge)
        await story.run(0, undo_command(chain, chain.member_id, merge.bill_id))
        assert [await story.forgiven(), await story.forgiven(chain.other_member_id)] == [100, 0]
        await story.bring_back(spends)
        assert await story.has() == (0, 0)
        await prove_books(story.database)

    @pytest.mark.parametrize(("his", "one_batch"), [(0, False), (100, False), (100, True)])
    async def test_what_was_written_off_meanwhile_is_of_whose_goods_came_back(
        self, story: Story, his: int, one_batch: bool
    ) -> None:
        """Also when the other member was forgiven some too, or return and undoing come at once."""
        chain = story.chain
        goes, stays = chain.member_id, chain.other_member_id
        earns = await story.buy(100_00)
        spends = await story.buy(100, points=100)
        if his:
            other_earns = await story.buy(100_00, member_id=stays)
            await story.buy(100, points=100, member_id=stays)
            await story.bring_back(other_earns)
        merge = merge_command(chain, goes, stays)
        await story.run(0, merge)
        undo = undo_command(chain, goes, merge.bill_id)
        if one_batch:
            await story.run(0, await story.return_of(earns), undo)
        else:
            await story.bring_back(earns)
            assert await story.forgiven(stays) == 100 + his
            await story.run(0, undo)
        assert [await story.forgiven(member) for member in (goes, stays)] == [100, his]
        await story.bring_back(spends)
        assert (await story.has(), await story.forgiven()) == ((0, 0), 0)
        await prove_books(story.database)

    async def test_what_came_back_meanwhile_pays_for_whose_it_was(self, story: Story) -> None:
        chain = story.chain
        goes, stays = chain.member_id, chain.other_member_id
        spends = []
        for member in (goes, stays):
            earns = await story.buy(100_00, member_id=member)
            spends.append(await story.buy(100, points=100, member_id=member))
            await story.bring_back(earns)
        merge = merge_command(chain, goes, stays)
        await story.run(0, merge)
        await story.bring_back(spends[0])
        await story.run(0, undo_command(chain, goes, merge.bill_id))
        assert [await story.forgiven(member) for member in (goes, stays)] == [0, 100]
        await prove_books(story.database)
