"""What a merged member's goods took of the other's points: domain/wallets/owed_since.py."""

import pytest

from chassis.database import Database
from services.points.domain.programme import ClawbackPolicy
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.points_story import Story, points_rules
from tests.fixtures.wallet_commands import (
    build_household,
    merge_command,
    points_command,
    undo_command,
)

POLICIES = (ClawbackPolicy.DEBT, ClawbackPolicy.WITHIN_BALANCE, ClawbackPolicy.PENDING_FIRST)


async def spent_what_it_earned(story: Story) -> str:
    """A sale whose points are spent on goods that stay."""
    earns = await story.buy(100_00)
    await story.buy(100, points=100)
    return earns


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("his", [0, 30, 100])
@pytest.mark.parametrize("policy", POLICIES)
async def test_is_the_members_to_make_good(
    database: Database, chain: Chain, policy: ClawbackPolicy, his: int, batch: bool
) -> None:
    """As if the goods had come back before the merge: owed, or written off."""
    story = Story(database, chain, points_rules(clawback_policy=policy))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await spent_what_it_earned(story)
    if his:
        await story.buy(his * 100, member_id=stays)
    merge = merge_command(chain, goes, stays)
    await story.run(0, merge)
    back, undo = await story.return_of(earns), undo_command(chain, goes, merge.bill_id)
    if batch:
        await story.run(0, back, undo)
    else:
        await story.run(0, back)
        await story.run(0, undo)
    forgiven = 100 if policy is ClawbackPolicy.WITHIN_BALANCE else 0
    assert (await story.has(goes), await story.has(stays)) == ((0, 100 - forgiven), (his, 0))
    assert [await story.forgiven(each) for each in (goes, stays)] == [forgiven, 0]


@pytest.mark.parametrize("policy", POLICIES)
async def test_points_that_go_back_pay_first(
    database: Database, chain: Chain, policy: ClawbackPolicy
) -> None:
    story = Story(database, chain, points_rules(clawback_policy=policy))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await spent_what_it_earned(story)
    await story.buy(100_00, member_id=stays)  # is spent before what comes after it
    await story.buy(60_00, days=1)
    merge = merge_command(chain, goes, stays)
    await story.run(1, merge)
    await story.bring_back(earns, days=1)
    assert await story.has(stays) == (60, 0)
    await story.run(1, undo_command(chain, goes, merge.bill_id))
    forgiven = 40 if policy is ClawbackPolicy.WITHIN_BALANCE else 0
    assert (await story.has(goes), await story.has(stays)) == ((0, 40 - forgiven), (100, 0))
    assert [await story.forgiven(each) for each in (goes, stays)] == [forgiven, 0]
    # As often as one likes: nothing is made.
    again = merge_command(chain, goes, stays)
    await story.run(1, again)
    await story.run(1, undo_command(chain, goes, again.bill_id))
    assert (await story.has(goes), await story.has(stays)) == ((0, 40 - forgiven), (100, 0))


async def test_a_part_of_a_lot_that_was_given_to_the_other_stays_that_ones(
    database: Database,
) -> None:
    chain = await build_household(database)
    story = Story(database, chain, points_rules(clawback_policy=ClawbackPolicy.DEBT))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await story.buy(100_00)
    await story.run(0, points_command(chain, goes, stays, 30))
    await story.buy(50, points=50)
    merge = merge_command(chain, goes, stays)
    await story.run(0, merge)
    await story.bring_back(earns)
    assert await story.has(stays) == (0, 50)
    await story.run(0, undo_command(chain, goes, merge.bill_id))
    assert (await story.has(goes), await story.has(stays)) == ((0, 80), (30, 0))


@pytest.mark.parametrize("theirs", [(0, 0), (0, 100), (100, 0)])
async def test_a_debt_follows_merges_in_a_row_and_back(
    database: Database, theirs: tuple[int, int]
) -> None:
    chain, (last,) = await build_chain(database, 1)
    story = Story(database, chain, points_rules(clawback_policy=ClawbackPolicy.DEBT))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await spent_what_it_earned(story)
    for member_id, points in zip((stays, last), theirs, strict=True):
        if points:
            await story.buy(points * 100, member_id=member_id)
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(0, one)
    await story.run(0, two)
    await story.bring_back(earns)
    await story.run(0, undo_command(chain, stays, two.bill_id))
    await story.run(0, undo_command(chain, goes, one.bill_id))
    found = [await story.has(each) for each in (goes, stays, last)]
    assert found == [(0, 100), *((points, 0) for points in theirs)]


@pytest.mark.parametrize("policy", [ClawbackPolicy.DEBT, ClawbackPolicy.PENDING_FIRST])
async def test_an_own_debt_of_the_other_stays_that_ones(
    database: Database, policy: ClawbackPolicy
) -> None:
    """What the goods took in a row of merges, points of the member's have paid already."""
    chain, (last,) = await build_chain(database, 1)
    story = Story(database, chain, points_rules(clawback_policy=policy))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await story.buy(100_00)
    spends = await story.buy(100, points=100)
    owes = await story.buy(30_00, member_id=stays)
    await story.buy(30, points=30, member_id=stays)
    await story.bring_back(owes)
    await story.buy(100_00, member_id=last)
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(0, one)
    await story.run(0, two)
    await story.bring_back(earns)
    await story.bring_back(spends)
    for each in (undo_command(chain, stays, two.bill_id), undo_command(chain, goes, one.bill_id)):
        await story.run(0, each)
        assert await story.has(stays) == (0, 30)
    assert [await story.has(each) for each in (goes, last)] == [(0, 0), (100, 0)]
    await prove_books(database)


async def test_what_an_undoing_wrote_off_counts_for_whose_goods_came_back(
    database: Database,
) -> None:
    """The goods took points of the last one in a row, which the one between could not pay."""
    chain, (last,) = await build_chain(database, 1)
    story = Story(database, chain, points_rules(clawback_policy=ClawbackPolicy.WITHIN_BALANCE))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await story.buy(100_00)
    spends = await story.buy(100, points=100)
    await story.buy(100_00, member_id=stays)
    theirs = await story.buy(100, points=100, member_id=stays)
    await story.buy(100_00, member_id=last)
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(0, one)
    await story.run(0, two)
    await story.bring_back(earns)
    await story.run(0, undo_command(chain, stays, two.bill_id))
    assert await story.forgiven(stays) == 100
    await story.run(0, undo_command(chain, goes, one.bill_id))
    members = (goes, stays, last)
    assert [await story.has(each) for each in members] == [(0, 0), (0, 0), (100, 0)]
    assert [await story.forgiven(each) for each in members] == [100, 0, 0]
    await story.bring_back(spends)
    await story.bring_back(theirs)
    assert [await story.has(each) for each in members] == [(0, 0), (100, 0), (100, 0)]
    await prove_books(database)


@pytest.mark.parametrize("his", [40, 100])
@pytest.mark.parametrize("policy", POLICIES)
async def test_what_the_one_between_paid_for_the_member_goes_back_to_it(
    database: Database, policy: ClawbackPolicy, his: int
) -> None:
    """In a row of merges the goods take points of the last one, and the middle one's pay those."""
    chain, (last,) = await build_chain(database, 1)
    story = Story(database, chain, points_rules(clawback_policy=policy))
    goes, stays = chain.member_id, chain.other_member_id
    earns = await spent_what_it_earned(story)
    await story.buy(100_00, member_id=last)
    await story.buy(his * 100, days=1, member_id=stays)  # is spent after what came before it
    one, two = merge_command(chain, goes, stays), merge_command(chain, stays, last)
    await story.run(1, one)
    await story.run(1, two)
    await story.bring_back(earns, days=1)
    await story.run(1, undo_command(chain, stays, two.bill_id))
    assert await story.has(last) == (100, 0)
    await story.run(1, undo_command(chain, goes, one.bill_id))
    members = (goes, stays, last)
    forgiven = 100 if policy is ClawbackPolicy.WITHIN_BALANCE else 0
    found = [await story.has(each) for each in members]
    assert found == [(0, 100 - forgiven), (his, 0), (100, 0)]
    assert [await story.forgiven(each) for each in members] == [forgiven, 0, 0]
    await prove_books(database)
