"""Sales that are paid from holds, alone and many at once, in the real database."""

import asyncio
from collections.abc import Sequence

import pytest

from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HoldState
from services.points.domain.stored_value.stored_value import SpendingOrder
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_holds import (
    NOW,
    STORED_VALUE,
    Value,
    after,
    build_hold,
    build_rules,
    build_spending,
    grant,
    hold,
    reasons,
    spend,
    view,
)
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.holds import open_hold_count, stored_hold, void_held
from tests.fixtures.loose_ledger import database
from yika.points.v1 import sale_pb2

__all__ = ["database"]


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain that the ledger knows, whose member has value of every kind of tender."""
    chain, _ = await build_chain(database)
    values = (
        Value(Asset.POINTS, 1000),
        Value(Asset.PRINCIPAL, 1000),
        Value(Asset.BONUS, 500),
    )
    await grant(database, chain, *values)
    return chain


async def held(database: Database, chain: Chain, amount: int, **changes: object) -> str:
    """Makes a hold; its id."""
    request = build_hold(chain, amount, **changes)
    await hold(database, request)
    return str(request.hold_id)


async def told(database: Database, *sales: sale_pb2.Sale, seconds: float = 0) -> Sequence[str]:
    """Posts sales some seconds after NOW as one batch; why each was refused."""
    return reasons(await spend(database, *sales, now=after(seconds)))


class TestPostInPart:
    async def test_frees_the_rest_at_once(self, database: Database, chain: Chain) -> None:
        hold_id = await held(database, chain, 300)
        assert await told(database, build_spending(chain, 100, hold_id=hold_id)) == [""]
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (900, 0)
        record = await stored_hold(database, hold_id)
        assert (record.hold.state, record.hold.posted) == (HoldState.RELEASED, 100)
        assert record.closed_at == NOW
        assert await told(database, build_spending(chain, 1, hold_id=hold_id)) == ["HOLD_CLOSED"]

    async def test_keeps_the_rest_for_a_till_that_says_so(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 300)
        sales = [build_spending(chain, 100, hold_id=hold_id, keep_rest=True) for _ in range(2)]
        assert await told(database, sales[0]) == [""]
        assert await told(database, sales[1]) == [""]
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (700, 100)
        too_much = build_spending(chain, 101, hold_id=hold_id, keep_rest=True)
        assert await told(database, too_much) == ["HOLD_TOO_SMALL"]
        last = build_spending(chain, 100, hold_id=hold_id, keep_rest=True)
        assert await told(database, last) == [""]
        assert (await stored_hold(database, hold_id)).hold.state is HoldState.POSTED
        assert await open_hold_count(database, chain.member_id) == 0

    async def test_a_batch_sees_what_its_earlier_sales_left(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 300)
        sales = [
            build_spending(chain, 200, hold_id=hold_id, keep_rest=True),
            build_spending(chain, 200, hold_id=hold_id),
            build_spending(chain, 50, hold_id=hold_id),
            build_spending(chain, 750),
            build_spending(chain, 1),
        ]
        expected = ["", "HOLD_TOO_SMALL", "", "", "INSUFFICIENT_POINTS"]
        assert await told(database, *sales) == expected

    async def test_the_freed_rest_pays_what_follows_in_the_same_sale(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 600)
        sale = build_spending(chain, 1000, hold_id=hold_id)
        del sale.tenders[:]
        for amount, own in ((100, hold_id), (300, hold_id), (600, "")):
            sale.tenders.add(kind="points", amount_fen=amount, points=amount, hold_id=own)
        assert await told(database, sale) == [""]
        assert (await stored_hold(database, hold_id)).hold.posted == 400
        assert (await view(database, chain)).points == 0

    @pytest.mark.parametrize(
        ("order", "parts"),
        [
            (SpendingOrder.IN_PROPORTION, (200, 100)),
            (SpendingOrder.PRINCIPAL_FIRST, (300, 0)),
            (SpendingOrder.BONUS_FIRST, (0, 300)),
        ],
    )
    async def test_of_stored_value_takes_what_the_card_spends_first(
        self, database: Database, chain: Chain, order: SpendingOrder, parts: tuple[int, int]
    ) -> None:
        rules = build_rules(order)
        request = build_hold(chain, 1500, asset=STORED_VALUE)
        await hold(database, request, programmes=rules)
        sale = build_spending(chain, 300, hold_id=request.hold_id, kind="stored_value")
        (outcome,) = await spend(database, sale, programmes=rules)
        assert isinstance(outcome, Posted)
        change = outcome.receipt
        assert (-change.principal_change_fen, -change.bonus_change_fen) == parts
        wallet = await view(database, chain)
        assert (wallet.principal_fen + wallet.bonus_fen, wallet.held_fen) == (1200, 0)

    async def test_retry_is_answered_although_the_hold_has_ended(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_spending(chain, 100, hold_id=await held(database, chain, 300))
        (first,) = await spend(database, sale)
        assert isinstance(first, Posted)
        again = await spend(database, sale, now=after(3600))
        assert again == [Posted(first.receipt, replayed=True)]


class TestRefusals:
    async def test_say_how_the_hold_ended(self, database: Database, chain: Chain) -> None:
        ids = [await held(database, chain, 10) for _ in range(3)]
        timed_out, voided, posted = ids
        await void_held(database, voided)
        assert await told(database, build_spending(chain, 10, hold_id=posted)) == [""]
        sales = [build_spending(chain, 10, hold_id=hold_id) for hold_id in ids]
        expected = ["HOLD_EXPIRED", "HOLD_CLOSED", "HOLD_CLOSED"]
        assert await told(database, *sales, seconds=90) == expected
        # Once more, now that the one that timed out is written down as such.
        assert await told(database, build_spending(chain, 1), seconds=90) == [""]
        assert (await stored_hold(database, timed_out)).hold.state is HoldState.TIMED_OUT
        sales = [build_spending(chain, 10, hold_id=hold_id) for hold_id in ids]
        assert await told(database, *sales, seconds=91) == expected

    async def test_of_a_hold_that_is_not_the_members(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 10)
        await grant(database, chain, Value(Asset.POINTS, 99), member_id=chain.other_member_id)
        sales = [
            build_spending(chain, 10, hold_id=hold_id, member_id=chain.other_member_id),
            build_spending(chain, 10, hold_id=new_id()),
        ]
        assert await told(database, *sales) == ["UNKNOWN_HOLD", "UNKNOWN_HOLD"]
        ended = await held(database, chain, 10)
        await void_held(database, ended)
        other = build_spending(chain, 10, hold_id=ended, member_id=chain.other_member_id)
        assert await told(database, other) == ["UNKNOWN_HOLD"]

    async def test_of_a_hold_on_another_asset(self, database: Database, chain: Chain) -> None:
        hold_id = await held(database, chain, 10)
        sale = build_spending(chain, 10, hold_id=hold_id, kind="stored_value")
        assert await told(database, sale) == ["WRONG_ASSET"]


class TestParallel:
    async def test_sales_of_one_hold_spend_never_more_than_it_holds(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 500)
        sales = [build_spending(chain, 30, hold_id=hold_id, keep_rest=True) for _ in range(64)]
        answers = await asyncio.gather(*(told(database, sale) for sale in sales))
        assert sorted(reason for (reason,) in answers) == [""] * 16 + ["HOLD_TOO_SMALL"] * 48
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (500, 20)
        assert (await stored_hold(database, hold_id)).hold.posted == 480

    async def test_sales_beside_a_hold_leave_it_what_it_holds(
        self, database: Database, chain: Chain
    ) -> None:
        hold_id = await held(database, chain, 500)
        free = [build_spending(chain, 30) for _ in range(32)]
        own = [build_spending(chain, 30, hold_id=hold_id, keep_rest=True) for _ in range(32)]
        answers = await asyncio.gather(*(told(database, sale) for sale in [*free, *own]))
        refused = [reason for (reason,) in answers]
        assert refused[:32].count("") == refused[32:].count("") == 16
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (20, 20)
