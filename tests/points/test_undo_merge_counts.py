"""Caps, limits and fractions of a point when goods or gifts came back during a merge.

services/points/domain/wallets/remembered.py
"""

from collections.abc import Sequence

import pytest

from chassis.database import Database
from pricing.earning import EarningProgramme
from services.points.commands import Command
from services.points.domain.assets import Asset
from services.points.domain.programme import Programme, Programmes
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain, build_chain, build_line
from tests.fixtures.capped_sales import (
    capped_sale,
    gift_command,
    gift_return_command_of,
    post_capped,
    post_each,
)
from tests.fixtures.returning import build_return, command_of, post_commands, posted, seed_wallet
from tests.fixtures.wallet_commands import merge_command, owned, stored_wallet, undo_command
from tests.fixtures.wallet_moves import NOW

CARRYING = Programme(version=2, earning=EarningProgramme(version=2, fen_per_point=100))


def for_30_yuan(chain: Chain, member_id: str) -> Command:
    """What earns all the points of a day; two lines of 10 and 20 yuan."""
    lines = [
        build_line(chain.product_ids[n], list_fen=fen, discount_fen=0)
        for n, fen in enumerate((10_00, 20_00))
    ]
    return capped_sale(chain, member_id, lines=lines)


async def brought_back(
    database: Database, chain: Chain, sale: Command, *lines: tuple[int, int]
) -> Command:
    """Goods of a sale that come back, all that are left unless told which."""
    return await command_of(database, build_return(chain, sale.bill_id, *lines))


class TestCapsAndLimits:
    @pytest.mark.parametrize("batch", ["none", "return and undoing"])
    async def test_a_cap_that_a_return_freed_is_free_for_whose_goods_they_were(
        self, database: Database, chain: Chain, batch: str
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        hers = for_30_yuan(chain, goes)
        assert await post_each(database, hers, for_30_yuan(chain, stays)) == [30, 30]
        merge = merge_command(chain, goes, stays)
        await post_each(database, merge)
        last = [await brought_back(database, chain, hers), undo_command(chain, goes, merge.bill_id)]
        if batch == "none":
            assert await post_each(database, *last) == [0, 0]
        else:
            assert await post_capped(database, *last) == [0, 0]
        again = [for_30_yuan(chain, member) for member in (goes, stays)]
        assert await post_each(database, *again) == [30, 0]
        await prove_books(database)

    async def test_what_came_back_before_the_merge_is_not_freed_again(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        hers = for_30_yuan(chain, goes)
        await post_each(database, hers, for_30_yuan(chain, stays))
        await post_each(database, await brought_back(database, chain, hers, (1, 1000)))
        assert await post_each(database, for_30_yuan(chain, goes)) == [10]
        merge = merge_command(chain, goes, stays)
        await post_each(database, merge, await brought_back(database, chain, hers))
        await post_each(database, undo_command(chain, goes, merge.bill_id))
        again = [for_30_yuan(chain, member) for member in (goes, stays)]
        assert await post_each(database, *again) == [20, 0]
        await prove_books(database)

    async def test_goods_of_the_member_who_stays_free_nothing_for_the_other(
        self, database: Database, chain: Chain
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id
        his = for_30_yuan(chain, stays)
        await post_each(database, his, for_30_yuan(chain, goes))
        merge = merge_command(chain, goes, stays)
        await post_each(database, merge, await brought_back(database, chain, his))
        await post_each(database, undo_command(chain, goes, merge.bill_id))
        again = [for_30_yuan(chain, member) for member in (goes, stays)]
        assert await post_each(database, *again) == [0, 30]
        await prove_books(database)

    async def test_a_cap_is_freed_through_merges_in_a_row(
        self, database: Database, chain: Chain
    ) -> None:
        other, _ = await build_chain(database)
        third = other.member_id
        members = [chain.member_id, chain.other_member_id, third]
        sales = [for_30_yuan(chain, member) for member in members]
        assert await post_each(database, *sales) == [30, 30, 30]
        merges = [merge_command(chain, *members[n : n + 2]) for n in range(2)]
        await post_each(database, *merges)
        await post_each(database, await brought_back(database, chain, sales[0]))
        for n in (1, 0):
            await post_each(database, undo_command(chain, members[n], merges[n].bill_id))
        again = [for_30_yuan(chain, member) for member in members]
        assert await post_each(database, *again) == [30, 0, 0]
        await prove_books(database)

    @pytest.mark.parametrize("parts", [(0,), (1, 0), (1, 2)])
    async def test_a_limit_of_gifts_is_free_for_whose_gifts_came_back(
        self, database: Database, chain: Chain, parts: Sequence[int]
    ) -> None:
        """Also when a part of them had come back before."""
        goes, stays = chain.member_id, chain.other_member_id
        for member in (goes, stays):
            await seed_wallet(database, chain, (Asset.POINTS, 100, None), member_id=member)
        hers = gift_command(chain, goes, 3)
        assert await post_each(database, hers, gift_command(chain, stays, 3)) == [0, 0]
        *before, rest = parts
        for pieces in before:
            await post_each(database, await gift_return_command_of(database, chain, hers, pieces))
        merge = merge_command(chain, goes, stays)
        await post_each(database, merge)
        await post_each(database, await gift_return_command_of(database, chain, hers, rest))
        await post_each(database, undo_command(chain, goes, merge.bill_id))
        again = [gift_command(chain, goes, 3), gift_command(chain, stays, 1)]
        assert await post_each(database, *again) == [0, "GIFT_LIMIT_EXCEEDED"]
        await prove_books(database)


class TestFractionsOfAPoint:
    @pytest.mark.parametrize(
        ("hers", "his", "back", "then_hers", "then_his"),
        [
            # 0.6 and 0.6 made a point, which the return of hers took.
            ([60], 60, 60, (0, 0), (0, 60)),
            # The same, but out of five of his own: the one that was made stays in its place.
            ([60], 560, 60, (0, 0), (5, 60)),
            # 0.6 and 0.1 stay 0.7; of 1.6 come 0.8 back, with a whole point.
            ([80, 80], 10, 80, (0, 80), (0, 10)),
            # 0.6 and 0.6 made a point, which is broken up again for what is left of hers.
            ([50, 10], 60, 10, (0, 50), (0, 60)),
            # 0.2 and 0.7 were enough without a point of hers: hers stays whole, and his 0.6.
            ([90, 30], 70, 30, (1, 0), (0, 60)),
        ],
    )
    async def test_that_returns_took_do_not_come_out_of_the_others(
        self,
        database: Database,
        chain: Chain,
        hers: list[int],
        his: int,
        back: int,
        then_hers: tuple[int, int],
        then_his: tuple[int, int],
    ) -> None:
        goes, stays = chain.member_id, chain.other_member_id

        async def post(*commands: Command) -> None:
            for each in commands:
                (outcome,) = await post_commands(
                    database, each, now=NOW, programmes=Programmes([CARRYING])
                )
                posted(outcome)

        def sale(member_id: str, *fens: int) -> Command:
            lines = [
                build_line(chain.product_ids[n], list_fen=fen, discount_fen=0)
                for n, fen in enumerate(fens)
            ]
            return capped_sale(chain, member_id, lines=lines)

        bought = sale(goes, *hers)
        merge = merge_command(chain, goes, stays)
        await post(bought, sale(stays, his), merge)
        await post(await brought_back(database, chain, bought, (len(hers), 1000)))
        assert hers[-1] == back
        await post(undo_command(chain, goes, merge.bill_id))
        for member, (points, fen) in ((goes, then_hers), (stays, then_his)):
            assert (await owned(database, member)).get("POINTS", 0) == points
            carry = (await stored_wallet(database, member)).carry
            assert carry.numerator * 100 == fen * carry.denominator
        await prove_books(database)
