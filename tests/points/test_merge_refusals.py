"""When members cannot be merged, and what a retry of a merge is told."""

from datetime import date, timedelta

import pytest

from chassis.database import Database
from chassis.errors import DomainError
from services.points.domain.assets import Asset
from services.points.domain.lot import LOTS_MAX
from services.points.domain.posting import Posting
from services.points.domain.wallets.member_move import counterpart_id
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_points import Chain, build_chain, build_command, build_sale
from tests.fixtures.builders_value import add_points_hold
from tests.fixtures.wallet_commands import (
    card_command,
    done,
    freeze,
    give,
    merge_command,
    owned,
    points_command,
    post,
    reason_of,
    stored_wallet,
    undo_command,
)
from tests.fixtures.wallet_moves import NOW, Bench, granting, refused
from yika.points.v1 import sale_pb2


def points_sale(chain: Chain, member_id: str) -> sale_pb2.Sale:
    """A sale of 24 yuan to a member."""
    return build_sale(chain, member_id=member_id)


class TestRefusal:
    async def test_of_a_member_who_was_merged(self, database: Database) -> None:
        chain, (goes, stays, other) = await build_chain(database, 3)
        await done(database, merge_command(chain, goes, stays))
        await give(database, chain, other, principal=1)
        for command in (
            merge_command(chain, goes, other),
            merge_command(chain, other, goes),
            merge_command(chain, stays, goes),
            card_command(chain, goes, other),
            card_command(chain, other, goes),
            points_command(chain, goes, other, 1),
            points_command(chain, other, goes, 1),
        ):
            assert await reason_of(database, command) == "MEMBER_MERGED"

    async def test_of_a_frozen_wallet(self, database: Database, chain: Chain) -> None:
        await give(database, chain, chain.member_id, principal=5)
        await freeze(database, chain.member_id)
        goes, stays = chain.member_id, chain.other_member_id
        assert await reason_of(database, merge_command(chain, goes, stays)) == "WALLET_FROZEN"
        assert await reason_of(database, card_command(chain, goes, stays)) == "WALLET_FROZEN"
        assert await owned(database, goes) == {"PRINCIPAL": 5}

    async def test_of_value_on_hold_until_the_hold_times_out(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=9)
        await add_points_hold(database, goes, chain.store_id, 4, now=NOW, seconds=60)
        assert await reason_of(database, merge_command(chain, goes, stays)) == "HOLDS_OPEN"
        assert await reason_of(database, card_command(chain, goes, stays)) == "HOLDS_OPEN"
        assert (await stored_wallet(database, goes)).merged_into is None
        bench = Bench([goes, stays])
        bench.wallets[goes] = await stored_wallet(database, goes)
        error = refused(lambda: bench.merge(goes, stays))
        assert error is not None
        assert error.reason == "HOLDS_OPEN"
        bench.now = NOW + timedelta(seconds=60)
        bench.merge(goes, stays)
        assert bench.wallets[stays].balance(Asset.POINTS) == 9

    def test_of_more_lots_than_a_bill_can_show(self) -> None:
        bench = Bench(
            ["01920000-0000-7000-8000-00000000000a", "01920000-0000-7000-8000-0000000000b0"]
        )
        goes, stays = bench.members

        def book(posting: Posting) -> None:
            for _ in range(LOTS_MAX):
                granting(Asset.POINTS, 1, date(2026, 12, 31))(posting)

        bench.book(goes, book)
        bench.grant(goes, Asset.BONUS, 1)
        error = refused(lambda: bench.merge(goes, stays))
        assert error is not None
        assert (error.reason, error.metadata["lots"]) == ("TOO_MANY_LOTS", str(LOTS_MAX + 1))
        bench.spend(goes, Asset.BONUS, 1)
        bench.merge(goes, stays)
        assert bench.wallets[stays].balance(Asset.POINTS) == LOTS_MAX

    async def test_of_an_id_whose_other_half_is_taken_fails_alone(
        self, database: Database, chain: Chain
    ) -> None:
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        taken = build_sale(chain, sale_id=counterpart_id(merge.bill_id), member_id="")
        await done(database, build_command(taken))
        (refusal, sale) = await post(
            database, merge, build_command(points_sale(chain, chain.member_id))
        )
        assert isinstance(refusal, DomainError)
        assert refusal.reason == "ID_REUSED"
        assert isinstance(sale, Posted)
        assert await owned(database, chain.member_id) == {"POINTS": 24}

    @pytest.mark.parametrize("sale_first", [False, True])
    async def test_of_an_id_whose_other_half_is_in_the_same_batch_fails_alone(
        self, database: Database, chain: Chain, sale_first: bool
    ) -> None:
        await give(database, chain, chain.member_id, points=24)
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        clash = build_command(
            build_sale(chain, sale_id=counterpart_id(merge.bill_id), member_id="")
        )
        neighbour = build_command(build_sale(chain, member_id=""))
        pair = (clash, merge) if sale_first else (merge, clash)
        for replayed in (False, True):
            first, second, third = await post(database, *pair, neighbour)
            assert isinstance(first, Posted)
            assert isinstance(second, DomainError)
            assert second.reason == "ID_REUSED"
            assert isinstance(third, Posted)
            assert first.replayed is third.replayed is replayed
        owner = chain.member_id if sale_first else chain.other_member_id
        assert await owned(database, owner) == {"POINTS": 24}


class TestRetry:
    async def test_gets_the_first_answer_for_ever(self, database: Database, chain: Chain) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        await give(database, chain, goes, points=50)
        merge = merge_command(chain, goes, stays)
        (first,) = await done(database, merge)
        (again,) = await done(database, merge)
        assert again == Posted(first.receipt, replayed=True)
        await done(database, undo_command(chain, goes, merge.bill_id))
        await give(database, chain, goes, points=1)
        (again,) = await done(database, merge)
        assert again == Posted(first.receipt, replayed=True)
        assert await owned(database, goes) == {"POINTS": 51}

    async def test_with_other_content_is_refused(self, database: Database) -> None:
        chain, (goes, stays, other) = await build_chain(database, 3)
        merge = merge_command(chain, goes, stays)
        await done(database, merge)
        changed = merge_command(chain, goes, other, bill_id=merge.bill_id)
        assert await reason_of(database, changed) == "ID_REUSED"

    async def test_in_one_batch_merges_once(self, database: Database, chain: Chain) -> None:
        await give(database, chain, chain.member_id, points=5)
        merge = merge_command(chain, chain.member_id, chain.other_member_id)
        outcomes = await done(database, merge, merge)
        assert [each.replayed for each in outcomes] == [False, True]
        assert await owned(database, chain.other_member_id) == {"POINTS": 5}
