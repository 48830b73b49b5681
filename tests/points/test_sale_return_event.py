"""What a return is told of: the quote before it and the event after it."""

from functools import partial

import pytest

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.programme import Programmes
from services.points.messages.returns.return_documents import returned_sale_message
from services.points.usecases.returns.return_sale import quote_return
from tests.fixtures.builders_points import (
    Chain,
    build_sale,
)
from tests.fixtures.returning import (
    NOW,
    build_return,
    command_of,
    events_of,
    merge,
    pay,
    post_returns,
    posted,
    rows,
    seed_wallet,
    sell,
)


class TestQuote:
    async def test_says_what_the_return_then_does_and_writes_nothing(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.POINTS, 100, None))
        sale = pay(build_sale(chain), ("points", 100, 100), ("cash", 2300, 0))
        sale_id = await sell(database, sale)
        message = build_return(chain, sale_id, (2, 250))
        counted = "SELECT (SELECT count(*) FROM bills), (SELECT count(*) FROM wallets)"
        before = await rows(database, counted)
        quote = partial(quote_return, database, programmes=Programmes(), now=NOW)
        draft = await quote(await command_of(database, message))
        assert await rows(database, counted) == before
        (outcome,) = await post_returns(database, message)
        assert posted(outcome).receipt == draft.receipt
        assert draft.clawed_back_points == 3
        assert draft.given_back[Asset.POINTS] == 13


class TestEvent:
    async def test_tells_stock_and_statistics_what_came_back(
        self, database: Database, chain: Chain
    ) -> None:
        await seed_wallet(database, chain, (Asset.POINTS, 100, None))
        sale = pay(build_sale(chain), ("points", 100, 100), ("cash", 2300, 0))
        for line in sale.lines:
            line.category_id = chain.category_id
        sale_id = await sell(database, sale)
        message = build_return(chain, sale_id, (2, 250))
        posted((await post_returns(database, message))[0])
        (told,) = await events_of(database, message.header.bill_id)
        assert (told.original_sale_id, told.store_id, told.member_id) == (
            sale_id,
            chain.store_id,
            chain.member_id,
        )
        (line,) = told.lines
        assert (line.line_number, line.quantity_milli, line.amount_fen) == (2, 250, 300)
        assert (line.product_id, line.category_id) == (chain.product_ids[1], chain.category_id)
        assert [(s.tender_kind, s.asset, s.amount_fen) for s in line.shares] == [
            ("points", Asset.POINTS, 13),
            ("cash", Asset.MONEY, 287),
        ]
        assert [(refund.kind, refund.amount_fen) for refund in told.refunds] == [("cash", 287)]
        assert (told.total_fen, told.clawed_back_points, told.given_back_points) == (300, 3, 13)
        assert not told.is_complete
        whole = build_return(chain, sale_id)
        posted((await post_returns(database, whole))[0])
        (told,) = await events_of(database, whole.header.bill_id)
        assert told.is_complete

    @pytest.mark.parametrize("sold_during_the_merge", [False, True])
    async def test_names_the_member_of_the_sale_whoever_has_the_wallet(
        self, database: Database, chain: Chain, sold_during_the_merge: bool
    ) -> None:
        sale = build_sale(chain)
        if not sold_during_the_merge:
            await sell(database, sale)
        await merge(database, chain)
        if sold_during_the_merge:  # the old card is shown once more
            await sell(database, sale)
        message = build_return(chain, sale.sale_id)
        draft = await quote_return(
            database, await command_of(database, message), programmes=Programmes(), now=NOW
        )
        posted((await post_returns(database, message))[0])
        (told,) = await events_of(database, message.header.bill_id)
        assert told.member_id == returned_sale_message(draft).member_id == chain.member_id
        assert draft.posting.wallet.member_id == chain.other_member_id

    async def test_names_no_member_of_a_walk_in_sale(
        self, database: Database, chain: Chain
    ) -> None:
        sale_id = await sell(database, build_sale(chain, member_id=""))
        message = build_return(chain, sale_id)
        posted((await post_returns(database, message))[0])
        (told,) = await events_of(database, message.header.bill_id)
        assert (told.member_id, told.is_complete) == ("", True)
