"""Returns that come again, at once, or after a merge: one batch and many."""

import asyncio

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_points import (
    Chain,
    build_line,
    build_sale,
)
from tests.fixtures.returning import (
    build_return,
    merge,
    pay,
    post_returns,
    posted,
    reason,
    rows,
    seed_wallet,
    sell,
    wallet,
)


class TestRetry:
    async def test_gets_the_first_answer_when_everything_is_back(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain))
        part, whole = build_return(chain, sale_id, (1, 400)), build_return(chain, sale_id)
        first = [posted((await post_returns(database, each))[0]) for each in (part, whole)]
        before = await wallet(database, chain.member_id)
        again = [posted((await post_returns(database, each))[0]) for each in (part, whole)]
        assert [each.replayed for each in again] == [True, True]
        assert [each.receipt for each in again] == [each.receipt for each in first]
        assert await wallet(database, chain.member_id) == before

    async def test_with_other_content_is_refused(self, database: Database, chain: Chain) -> None:
        sale_id = await sell(database, build_sale(chain))
        message = build_return(chain, sale_id, (1, 400))
        posted((await post_returns(database, message))[0])
        message.lines[0].quantity_milli = 300
        assert reason((await post_returns(database, message))[0]) == "ID_REUSED"
        other = build_return(chain, new_id(), (1, 400), bill_id=message.header.bill_id)
        assert reason((await post_returns(database, other))[0]) == "ID_REUSED"


class TestTogether:
    async def test_returns_of_one_batch_see_each_other(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain))
        messages = [
            build_return(chain, sale_id, (1, 600)),
            build_return(chain, sale_id, (1, 600)),
            build_return(chain, sale_id),
            build_return(chain, sale_id),
        ]
        first, too_much, rest, nothing = await post_returns(database, *messages)
        assert dict(posted(first).receipt.refunds) == {"cash": 720}
        assert reason(too_much) == "RETURN_EXCEEDS_SALE"
        assert dict(posted(rest).receipt.refunds) == {"cash": 1680}
        assert reason(nothing) == "NOTHING_TO_RETURN"

    @pytest.mark.parametrize("who", ["member", "walk_in"])
    async def test_one_of_64_whole_returns_succeeds(
        self, database: Database, chain: Chain, who: str
    ) -> None:
        sale = build_sale(chain) if who == "member" else build_sale(chain, member_id="")
        sale_id = await sell(database, sale)
        batches = [[build_return(chain, sale_id) for _ in range(8)] for _ in range(8)]
        outcomes = await asyncio.gather(*(post_returns(database, *each) for each in batches))
        every = [outcome for batch in outcomes for outcome in batch]
        assert sum(isinstance(outcome, Posted) for outcome in every) == 1
        assert {reason(o) for o in every if not isinstance(o, Posted)} == {"NOTHING_TO_RETURN"}
        query = """SELECT coalesce(sum(CASE WHEN credit_account = 'revenue' THEN amount
                   ELSE -amount END), 0) AS revenue FROM transfers
                   WHERE 'revenue' IN (debit_account, credit_account)
                     AND bill_id IN (SELECT bill_id FROM bills
                                     WHERE bill_id = :id OR original_bill_id = :id)"""
        ((revenue,),) = await rows(database, query, id=sale_id)
        assert revenue == 0

    async def test_parallel_parts_never_take_back_more_than_was_sold(
        self, database: Database, chain: Chain
    ) -> None:
        line = build_line(chain.product_ids[0], quantity_milli=10_000, list_fen=999)
        sale_id = await sell(database, build_sale(chain, lines=[line]))
        parts = [build_return(chain, sale_id, (1, 1_500)) for _ in range(12)]
        outcomes = await asyncio.gather(*(post_returns(database, part) for part in parts))
        assert sum(isinstance(outcome, Posted) for (outcome,) in outcomes) == 6
        (rest,) = await post_returns(database, build_return(chain, sale_id))
        paid = [
            dict(posted(o).receipt.refunds)["cash"] for (o,) in outcomes if isinstance(o, Posted)
        ]
        assert sum(paid) + dict(posted(rest).receipt.refunds)["cash"] == 949


class TestFrozenAndMerged:
    async def test_a_frozen_wallet_gets_its_value_back(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 1000, None))
        sale = pay(build_sale(chain), ("stored_value", 1000, 0), ("cash", 1400, 0))
        sale_id = await sell(database, sale)
        async with database.transaction() as tx:
            await tx.connection.execute(
                text("UPDATE wallets SET frozen_reason = 'lost' WHERE member_id = :m"),
                {"m": chain.member_id},
            )
        posted((await post_returns(database, build_return(chain, sale_id)))[0])
        assert (await wallet(database, chain.member_id))["principal"] == 1000

    async def test_value_goes_to_whom_the_member_was_merged_into(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.PRINCIPAL, 1500, None), (Asset.POINTS, 100, None))
        sale = build_sale(chain)
        pay(sale, ("points", 100, 100), ("stored_value", 1000, 0), ("cash", 1300, 0))
        sale_id = await sell(database, sale)
        await merge(database, chain)
        other = chain.other_member_id
        assert (await wallet(database, other)) == {
            "points": 24,
            "principal": 500,
            "bonus": 0,
            "debt": 0,
        }
        stranger = build_return(chain, sale_id, member_id=new_id())
        assert reason((await post_returns(database, stranger))[0]) == "MEMBER_MISMATCH"
        part = build_return(chain, sale_id, (1, 500), member_id=other)
        posted((await post_returns(database, part))[0])
        whole = build_return(chain, sale_id, member_id=chain.member_id)
        posted((await post_returns(database, whole))[0])
        assert (await wallet(database, other)) == {
            "points": 100,
            "principal": 1500,
            "bonus": 0,
            "debt": 0,
        }
        (left,) = await rows(
            database,
            "SELECT sum(remaining) AS left FROM lots WHERE member_id = :m",
            m=chain.member_id,
        )
        assert left.left == 0
