"""What is told of one bill: services/points/usecases/queries/read_bill.py."""

from datetime import datetime, timedelta

from chassis.auth import Principal
from chassis.database import Database
from services.points.domain.assets import POINTS_REDEEMED, Asset, BillKind
from services.points.domain.posting import Posting
from services.points.domain.wallets.member_move import counterpart_id
from services.points.messages.presenters import bill_answer
from services.points.usecases.queries.read_bill import BillView, read_bill
from tests.fixtures.builders_audit import build_history
from tests.fixtures.builders_points import SOLD_AT
from tests.fixtures.wallet_commands import (
    build_household,
    card_command,
    done,
    merge_command,
    points_command,
    undo_command,
    value_command,
)
from tests.fixtures.wallet_moves import NOW, granting, spending

EVERYWHERE = Principal(subject="hq", permissions=frozenset(), stores=frozenset({"*"}))


async def told(database: Database, bill_id: str, now: datetime = NOW) -> BillView:
    """What is read for GetBill."""
    return await read_bill(database, EVERYWHERE, bill_id, now=now)


class TestLots:
    async def test_tell_what_of_them_is_on_hold_at_the_moment(self, database: Database) -> None:
        history = await build_history(database, 1)
        (member_id,) = history.members
        await history.hold(database, member_id, 50)
        for now, amount in ((SOLD_AT, 50), (SOLD_AT + timedelta(days=1), 0)):
            held = 0
            for bill_id in history.bills[member_id]:
                answer = bill_answer(await told(database, bill_id, now))
                held += sum(lot.held_amount for lot in answer.lots if lot.bill_id == bill_id)
            assert held == amount

    async def test_are_those_that_gifts_of_points_fill_again(self, database: Database) -> None:
        chain = await build_household(database)
        grant = value_command(chain, chain.member_id, granting(Asset.POINTS, 100))
        gifts = [
            points_command(chain, chain.member_id, chain.other_member_id, points)
            for points in (10, 5)
        ]
        await done(database, grant, *gifts)
        for gift in gifts:
            received = await told(database, counterpart_id(gift.bill_id))
            assert [(lot.bill_id, lot.remaining) for lot in received.lots] == [(grant.bill_id, 15)]
            assert (await told(database, gift.bill_id)).lots == [], "it only took from the lot"

    async def test_are_those_that_come_home_from_an_undone_merge(self, database: Database) -> None:
        chain = await build_household(database)
        grant = value_command(chain, chain.member_id, granting(Asset.POINTS, 100))
        gift = points_command(chain, chain.member_id, chain.other_member_id, 10)
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        undo = undo_command(chain, chain.member_id, merge.bill_id)
        await done(database, grant)
        await done(database, gift)
        await done(database, merge)
        arrived = await told(database, counterpart_id(merge.bill_id))
        assert (grant.bill_id, 100) in [(lot.bill_id, lot.remaining) for lot in arrived.lots]
        await done(database, undo)
        home = await told(database, undo.bill_id)
        assert (grant.bill_id, 90) in [(lot.bill_id, lot.remaining) for lot in home.lots]

    async def test_are_those_that_value_was_given_back_to(self, database: Database) -> None:
        chain = await build_household(database)
        grant = value_command(chain, chain.member_id, granting(Asset.POINTS, 100))
        await done(database, grant)
        await done(database, value_command(chain, chain.member_id, spending(Asset.POINTS, 30)))

        def give_back(posting: Posting) -> None:
            (lot,) = (lot for lot in posting.wallet.lots.values() if lot.asset is Asset.POINTS)
            posting.put_into(lot, 30, POINTS_REDEEMED)

        back = value_command(chain, chain.member_id, give_back)
        await done(database, back)
        view = await told(database, back.bill_id)
        assert [(lot.bill_id, lot.remaining) for lot in view.lots] == [(grant.bill_id, 100)]


class TestLaterBills:
    async def test_do_not_name_the_other_bill_of_the_same_document(
        self, database: Database
    ) -> None:
        chain = await build_household(database)
        await done(database, value_command(chain, chain.member_id, granting(Asset.POINTS, 100)))
        for command in (
            points_command(chain, chain.member_id, chain.other_member_id, 10),
            card_command(chain, chain.member_id, chain.other_member_id),
            merge_command(chain, chain.member_id, chain.other_member_id),
        ):
            await done(database, command)
            for bill_id in (command.bill_id, counterpart_id(command.bill_id)):
                view = await told(database, bill_id)
                assert (view.later, view.more_later) == ([], 0)

    async def test_tell_of_both_bills_of_a_merge_that_it_was_undone(
        self, database: Database
    ) -> None:
        chain = await build_household(database)
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        await done(database, merge)
        undo = undo_command(chain, chain.member_id, merge.bill_id)
        await done(database, undo)
        undoing = {undo.bill_id, counterpart_id(undo.bill_id)}
        for bill_id in (merge.bill_id, counterpart_id(merge.bill_id)):
            view = await told(database, bill_id)
            assert {row.bill_id for row in view.later} == undoing
            assert {row.kind for row in view.later} == {BillKind.MERGE_REVERSAL}
            assert view.more_later == 0
        for bill_id in undoing:
            assert (await told(database, bill_id)).later == []
