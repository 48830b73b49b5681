"""Points that came back with days of grace are still the sale's that earned them."""

import pytest

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.assets import (
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_WRITTEN_OFF,
    WALLET,
    Asset,
)
from services.points.domain.lot import LotKey
from services.points.domain.returns.points_grace import points_in_grace
from services.points.domain.transfer import Transfer
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain
from tests.fixtures.points_story import LASTS_DAYS, Story, points_rules
from tests.fixtures.returning import rows
from tests.fixtures.wallet_commands import (
    merge_command,
    points_command,
    put_into_household,
)

GRACE_DAYS = 5
BACK = LASTS_DAYS + 2
LAPSED = BACK + GRACE_DAYS + 3


@pytest.fixture
def story(database: Database, chain: Chain) -> Story:
    """A chain that gives days of grace."""
    return Story(database, chain, points_rules(return_grace_days=GRACE_DAYS))


async def came_back(story: Story) -> str:
    """Earns 100, pays goods with them, which come back with days of grace; the sale that earned."""
    earns = await story.buy(100_00)
    await story.bring_back(await story.buy(100, 1, points=100), BACK)
    assert await story.has() == (100, 0)
    return earns


class TestReturn:
    @pytest.mark.parametrize("booked", [True, False])
    async def test_charges_nothing_for_what_lapsed(self, story: Story, booked: bool) -> None:
        earns = await came_back(story)
        if booked:
            await story.run(LAPSED, story.expiry(LAPSED))
            assert await story.has() == (0, 0)
        await story.bring_back(earns, LAPSED)
        assert await story.has() == (0, 0)
        await prove_books(story.database)

    async def test_takes_what_there_is_before_other_points(self, story: Story) -> None:
        earns = await came_back(story)
        later = await story.buy(30_00, BACK)
        await story.bring_back(earns, BACK)
        assert await story.has() == (30, 0)
        query = "SELECT remaining FROM lots WHERE bill_id = :id"
        assert [row.remaining for row in await rows(story.database, query, id=later)] == [30]

    async def test_still_charges_what_was_spent_of_it(self, story: Story) -> None:
        earns = await came_back(story)
        await story.buy(40, BACK, points=40)
        await story.run(LAPSED, story.expiry(LAPSED))
        await story.bring_back(earns, LAPSED)
        assert await story.has() == (0, 40)

    async def test_does_not_take_points_of_another_sale_for_its_own(self, story: Story) -> None:
        await came_back(story)
        await story.run(LAPSED, story.expiry(LAPSED))
        other = await story.buy(60_00, LAPSED)
        await story.buy(60, LAPSED, points=60)
        await story.bring_back(other, LAPSED + LASTS_DAYS + 1)
        assert await story.has() == (0, 60)

    async def test_follows_what_came_back_twice(self, story: Story) -> None:
        earns = await came_back(story)
        again = await story.buy(100, BACK, points=100)
        await story.bring_back(again, LAPSED)
        late = LAPSED + GRACE_DAYS + 1
        await story.run(late, story.expiry(late))
        await story.bring_back(earns, late)
        assert await story.has() == (0, 0)

    async def test_follows_gifts_that_came_back(self, story: Story) -> None:
        before, earns = await story.buy(30_00), await story.buy(100_00)
        mugs = await story.redeem(2, 1)  # 30 of `before` and 70 of `earns`
        await story.bring_mugs_back(mugs, 1, BACK)
        await story.bring_mugs_back(mugs, 1, BACK)
        await story.run(LAPSED, story.expiry(LAPSED))
        for sale_id in (before, earns):
            await story.bring_back(sale_id, LAPSED)
            assert await story.has() == (0, 0)
        await prove_books(story.database)

    @pytest.mark.parametrize("first", [0, 1])
    async def test_follows_gifts_that_came_back_in_one_batch(
        self, story: Story, first: int
    ) -> None:
        """Whatever the ids of their bills are: one has points of each of two sales."""
        one, two = await story.buy(50_00), await story.buy(50_00, 1)
        mugs = await story.redeem(2, 1)
        ids = sorted([new_id(), new_id()], reverse=bool(first))
        late = LASTS_DAYS + 3
        await story.run(late, *[await story.return_of_mugs(mugs, 1, late, each) for each in ids])
        await story.buy(50, late, points=50)
        query = "SELECT bill_id::text FROM lots WHERE remaining > 0 AND bill_id::text = ANY(:ids)"
        (left,) = [row.bill_id for row in await rows(story.database, query, ids=ids)]
        await story.run(LAPSED + 1, story.expiry(LAPSED + 1))
        # What was spent last came back first.
        lapsed, spent = (two, one) if left == ids[0] else (one, two)
        await story.bring_back(lapsed, LAPSED + 1)
        assert await story.has() == (0, 0)
        await story.bring_back(spent, LAPSED + 1)
        assert await story.has() == (0, 50)
        await prove_books(story.database)

    async def test_in_the_batch_of_what_came_back(self, story: Story) -> None:
        earns, other = await story.buy(100_00), await story.buy(30_00, BACK)
        spends = await story.buy(100, 1, points=100)
        back = await story.return_of(spends, BACK)
        await story.run(BACK, back, await story.return_of(earns, BACK))
        assert await story.has() == (30, 0)
        query = "SELECT remaining FROM lots WHERE bill_id = :id"
        assert [row.remaining for row in await rows(story.database, query, id=other)] == [30]


class TestOthers:
    async def test_with_whom_they_lapsed(self, story: Story) -> None:
        chain, other = story.chain, story.chain.other_member_id
        earns = await story.buy(100_00)
        await story.buy(99, member_id=other)
        await put_into_household(story.database, [chain.member_id, other])
        await story.run(0, points_command(chain, chain.member_id, other, 100))
        spends = await story.buy(100, 1, points=100, member_id=other)
        await story.bring_back(spends, BACK)
        assert await story.has(other) == (100, 0)
        await story.run(LAPSED, story.expiry(LAPSED, other))
        await story.bring_back(earns, LAPSED)
        assert await story.has() == (0, 0)
        await prove_books(story.database)

    async def test_before_a_merge(self, story: Story) -> None:
        chain, other = story.chain, story.chain.other_member_id
        earns = await came_back(story)
        await story.run(LAPSED, story.expiry(LAPSED))
        await story.run(LAPSED, merge_command(chain, chain.member_id, other))
        await story.bring_back(earns, LAPSED)
        assert await story.has(other) == (0, 0)


class TestWhichLots:
    A, B, C = (LotKey(name, 0) for name in "abc")

    def test_are_those_of_what_came_back_in_its_order(self) -> None:
        new = [LotKey("return", n) for n in range(2)]
        transfers = [_given(new[0], 10), _given(self.B, 20), _given(new[1], 5)]
        came = [(self.A, 10), (self.B, 20), (self.C, 5)]
        wanted = {new[0]: self.A, new[1]: self.C}
        assert points_in_grace("return", transfers, came) == wanted

    def test_leave_out_what_paid_for_what_was_missing(self) -> None:
        """The first points that come back pay it: all ten of one lot and four of the next."""
        new = LotKey("return", 0)
        transfers = [
            Transfer(Asset.POINTS, POINTS_REDEEMED, POINTS_ISSUED, 12, None),
            Transfer(Asset.POINTS, POINTS_REDEEMED, POINTS_WRITTEN_OFF, 2, None),
            _given(new, 16),
            _given(self.C, 5),
        ]
        came = [(self.A, 10), (self.B, 20), (self.C, 5)]
        assert points_in_grace("return", transfers, came) == {new: self.B}


def _given(lot: LotKey, points: int) -> Transfer:
    return Transfer(Asset.POINTS, POINTS_REDEEMED, WALLET, points, lot)
