"""Returns of goods that were sold while their buyer was merged, after the merge was undone."""

import asyncio
from dataclasses import replace

import pytest

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.usecases.post_bills import Posted
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_points import Chain, build_chain, build_line, build_sale
from tests.fixtures.returning import (
    build_return,
    pay,
    post_returns,
    posted,
    reason,
    rows,
    seed_wallet,
    sell,
    wallet,
)
from tests.fixtures.wallet_commands import done, merge_command, undo_command

NOTHING = {"points": 0, "principal": 0, "bonus": 0, "debt": 0}


async def sold_while_merged(
    database: Database, chain: Chain, *tenders: tuple[str, int, int]
) -> str:
    """100 yuan with the card of the chain's member while it was the other one; undone since."""
    merge = merge_command(chain, chain.member_id, chain.other_member_id)
    await done(database, merge)
    line = build_line(chain.product_ids[0], quantity_milli=4_000, list_fen=100_00, discount_fen=0)
    sale_id = await sell(database, pay(build_sale(chain, lines=[line]), *tenders))
    await done(database, undo_command(chain, chain.member_id, merge.bill_id))
    return sale_id


class TestWhoGetsIt:
    async def test_points_go_back_to_whose_they_were(
        self, database: Database, chain: Chain
    ) -> None:
        other = chain.other_member_id
        await seed_wallet(database, chain, (Asset.POINTS, 300, None), member_id=other)
        sale_id = await sold_while_merged(database, chain, ("points", 200, 200), ("cash", 9_800, 0))
        assert (await wallet(database, other))["points"] == 200  # 100 of them earned by the sale
        posted((await post_returns(database, build_return(chain, sale_id)))[0])
        assert await wallet(database, other) == {**NOTHING, "points": 300}
        assert await wallet(database, chain.member_id) == NOTHING
        await prove_books(database)

    async def test_stored_value_goes_back_to_whose_it_was(
        self, database: Database, chain: Chain
    ) -> None:
        other = chain.other_member_id
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 10_000, None), member_id=other)
        sale_id = await sold_while_merged(database, chain, ("stored_value", 10_000, 0))
        posted((await post_returns(database, build_return(chain, sale_id)))[0])
        assert await wallet(database, other) == {**NOTHING, "principal": 10_000}
        assert await wallet(database, chain.member_id) == NOTHING

    async def test_parts_before_and_after_the_undoing_end_like_the_whole(
        self, database: Database, chain: Chain
    ) -> None:
        member, other = chain.member_id, chain.other_member_id
        await seed_wallet(
            database, chain, (Asset.POINTS, 100, None), (Asset.BONUS, 333, None), member_id=other
        )
        merge = merge_command(chain, member, other)
        await done(database, merge)
        line = build_line(
            chain.product_ids[0], quantity_milli=3_000, list_fen=100_00, discount_fen=0
        )
        sale = build_sale(chain, lines=[line])
        pay(sale, ("points", 100, 100), ("stored_value", 333, 0), ("cash", 9_567, 0))
        sale_id = await sell(database, sale)
        posted((await post_returns(database, build_return(chain, sale_id, (1, 1_000))))[0])
        await done(database, undo_command(chain, member, merge.bill_id))
        for part in (build_return(chain, sale_id, (1, 1_000)), build_return(chain, sale_id)):
            posted((await post_returns(database, part))[0])
        assert await wallet(database, other) == {**NOTHING, "points": 100, "bonus": 333}
        assert await wallet(database, member) == NOTHING
        await prove_books(database)

    async def test_it_follows_merges_that_stand(self, database: Database) -> None:
        chain, (member, other, third) = await build_chain(database, 3)
        chain = replace(chain, member_id=member, other_member_id=other)
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 10_000, None), member_id=other)
        sale_id = await sold_while_merged(database, chain, ("stored_value", 10_000, 0))
        await done(database, merge_command(chain, other, third))
        posted((await post_returns(database, build_return(chain, sale_id, member_id=third)))[0])
        assert await wallet(database, third) == {**NOTHING, "principal": 10_000}
        assert await wallet(database, other) == NOTHING


class TestWhoMayAsk:
    @pytest.mark.parametrize("who", ["buyer", "account", "nobody"])
    async def test_whose_card_it_was_and_whose_account(
        self, database: Database, chain: Chain, who: str
    ) -> None:
        named = {"buyer": chain.member_id, "account": chain.other_member_id, "nobody": ""}
        sale_id = await sold_while_merged(database, chain, ("cash", 10_000, 0))
        message = build_return(chain, sale_id, member_id=named[who])
        posted((await post_returns(database, message))[0])
        query = "SELECT member_id FROM bills WHERE bill_id = :id"
        (bill,) = await rows(database, query, id=message.header.bill_id)
        assert str(bill.member_id) == chain.other_member_id

    async def test_nobody_else(self, database: Database, chain: Chain) -> None:
        sale_id = await sold_while_merged(database, chain, ("cash", 10_000, 0))
        stranger = build_return(chain, sale_id, member_id=new_id())
        assert reason((await post_returns(database, stranger))[0]) == "MEMBER_MISMATCH"

    async def test_all_of_them_at_once_get_it_once(self, database: Database, chain: Chain) -> None:
        """The account is locked whoever asks: parts under both cards never make too much."""
        member, other = chain.member_id, chain.other_member_id
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 10_000, None), member_id=other)
        sale_id = await sold_while_merged(database, chain, ("stored_value", 10_000, 0))
        parts = [
            build_return(chain, sale_id, (1, 1_000), member_id=who) for who in (member, other) * 8
        ]
        outcomes = await asyncio.gather(*(post_returns(database, part) for part in parts))
        told = [outcome for (outcome,) in outcomes]
        assert sum(isinstance(outcome, Posted) for outcome in told) == 4
        assert {reason(o) for o in told if not isinstance(o, Posted)} == {"RETURN_EXCEEDS_SALE"}
        assert await wallet(database, other) == {**NOTHING, "principal": 10_000}
