"""Points that paid what another had been forgiven: domain/wallets/overpaid_since.py."""

import pytest

from chassis.database import Database
from services.points.domain.programme import ClawbackPolicy
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.points_story import Story, points_rules
from tests.fixtures.wallet_commands import merge_command, undo_command


@pytest.fixture
def story(database: Database, chain: Chain) -> Story:
    """Two members who are forgiven what they lack."""
    return Story(database, chain, points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE))


async def forgiven(story: Story, member_id: str, points: int, *, beyond: int = 0) -> str:
    """Lets a member be forgiven points; the goods that it paid with them, and some beyond."""
    earns = await story.buy(points * 100, member_id=member_id)
    if beyond:
        await story.buy(beyond * 100, member_id=member_id)
    paid = points + beyond
    spends = await story.buy(paid, points=paid, member_id=member_id)
    await story.bring_back(earns)
    return spends


async def state(story: Story, *members: str) -> list[tuple[int, int]]:
    """What members have, and what they were forgiven."""
    return [((await story.has(each))[0], await story.forgiven(each)) for each in members]


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("his", [0, 10, 50])
async def test_are_the_members_whose_goods_they_had_paid(
    story: Story, his: int, batch: bool
) -> None:
    """Alone the member would have paid its own 100 of the 120 that come back."""
    goes, stays = story.chain.member_id, story.chain.other_member_id
    spends = await forgiven(story, goes, 100, beyond=20)
    if his:
        await forgiven(story, stays, his)
    merge = merge_command(story.chain, goes, stays)
    await story.run(0, merge)
    back, undo = await story.return_of(spends), undo_command(story.chain, goes, merge.bill_id)
    if batch:
        await story.run(0, back, undo)
    else:
        await story.run(0, back)
        assert await state(story, stays) == [(max(0, 20 - his), max(0, his - 20))]
        await story.run(0, undo)
    assert await state(story, goes, stays) == [(20, 0), (0, his)]


async def test_of_gifts_too(story: Story) -> None:
    goes, stays = story.chain.member_id, story.chain.other_member_id
    await story.buy(100_00)
    mugs = await story.redeem(2)
    await forgiven(story, stays, 70)
    merge = merge_command(story.chain, goes, stays)
    await story.run(0, merge)
    await story.bring_mugs_back(mugs, 1)
    await story.run(0, undo_command(story.chain, goes, merge.bill_id))
    assert await state(story, goes, stays) == [(50, 0), (0, 70)]
    await story.bring_mugs_back(mugs, 1)
    assert await state(story, goes, stays) == [(100, 0), (0, 70)]


@pytest.mark.parametrize(("his", "theirs"), [(50, 0), (0, 50), (10, 10), (50, 50)])
async def test_come_back_through_a_row_of_merges(database: Database, his: int, theirs: int) -> None:
    chain, (last,) = await build_chain(database, 1)
    rules = points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE)
    story = Story(database, chain, rules)
    goes, stays = chain.member_id, chain.other_member_id
    spends = await forgiven(story, goes, 100, beyond=20)
    for member_id, points in ((stays, his), (last, theirs)):
        if points:
            await forgiven(story, member_id, points)
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(0, one)
    await story.run(0, two)
    await story.bring_back(spends)
    await story.run(0, undo_command(chain, stays, two.bill_id))
    await story.run(0, undo_command(chain, goes, one.bill_id))
    assert await state(story, goes, stays, last) == [(20, 0), (0, his), (0, theirs)]
    await prove_books(database)


async def test_are_not_taken_where_they_have_paid_for_the_member(database: Database) -> None:
    """The goods take the points of both others, and pay what both had been forgiven."""
    chain, (last,) = await build_chain(database, 1)
    rules = points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE)
    story = Story(database, chain, rules)
    goes, stays = chain.member_id, chain.other_member_id
    earns = await story.buy(100_00)
    spends = await story.buy(100, points=100)
    for member_id in (stays, last):
        await forgiven(story, member_id, 30)
        await story.buy(50_00, member_id=member_id)
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(0, one)
    await story.run(0, two)
    await story.bring_back(earns)
    await story.bring_back(spends)
    await story.run(0, undo_command(chain, stays, two.bill_id))
    # The 30 that came to `stays` with that go back into its own lot, and are there no more.
    await story.run(0, undo_command(chain, goes, one.bill_id))
    ends = await state(story, goes, stays, last)
    assert [points - written_off for points, written_off in ends] == [0, 20, 20]
    await prove_books(database)


async def test_come_back_into_a_lot_beside_points_that_are_new_there(database: Database) -> None:
    """30 of the 100 have paid for the last one in a row; the one between never had the lot."""
    chain, (last,) = await build_chain(database, 1)
    rules = points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE)
    story = Story(database, chain, rules)
    goes, stays = chain.member_id, chain.other_member_id
    await story.buy(100_00)
    spends = await story.buy(100, points=100)
    await forgiven(story, last, 30)
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(0, one)
    await story.run(0, two)
    await story.bring_back(spends)
    await story.run(0, undo_command(chain, stays, two.bill_id))
    assert await state(story, stays, last) == [(100, 0), (0, 30)]
    await story.run(0, undo_command(chain, goes, one.bill_id))
    assert await state(story, goes, stays, last) == [(100, 0), (0, 0), (0, 30)]
    await prove_books(database)
