"""Bonus that came back after it had expired still belongs to its top-up: returns/grace.py."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import to_proto_date, to_timestamp
from services.points.domain.assets import Asset, BillKind
from services.points.domain.expiry import expiry_header
from services.points.domain.returns.grace import bonus_in_grace, bonus_that_came_back
from services.points.domain.stored_value.stored_value import SpendingOrder
from services.points.usecases.expiry.book_expiry import expiry_command
from tests.fixtures.builders_points import BUSINESS_DATE, SOLD_AT, Chain, post_commands
from tests.fixtures.builders_stored_value import (
    build_cash_out,
    build_quote,
    build_reversal,
    build_spend,
    build_top_up,
    swapped,
)
from tests.fixtures.refusals import refusal
from tests.fixtures.returning import build_return, posted, rows
from tests.fixtures.running import open_stub
from tests.fixtures.stored_value_chain import MEMBERS
from tests.fixtures.stored_value_chain import Chain as ChainInMemory
from tests.fixtures.stored_value_desk import (
    BONUS_DAYS,
    Desk,
    build_customer,
    desk,
    merge,
    transfer_card,
    undo_merge,
)
from yika.points.v1 import return_service_pb2_grpc

__all__ = ["desk"]

GRACE_DAYS = 30
# The bonus has expired; so has what came back on that day; and what came back a second time.
BACK, LAPSED = BONUS_DAYS + 2, BONUS_DAYS + GRACE_DAYS + 10


@pytest.fixture
async def chain(desk: Desk) -> Chain:
    """A customer with 500 yuan and 50 yuan of bonus."""
    customer = await build_customer(desk)
    await desk.stub.TopUp(build_top_up(customer, 500_00))
    return customer


def on(days: int) -> dict[str, Any]:
    """The fields of a header some days after the top-up."""
    at = SOLD_AT + timedelta(days=days)
    day = BUSINESS_DATE + timedelta(days=days)
    return {"business_date": to_proto_date(day), "occurred_time": to_timestamp(at)}


async def spend(desk: Desk, chain: Chain, fen: int, days: int = 0) -> str:
    later = timedelta(days=days)
    request = build_spend(chain, fen, business_date=BUSINESS_DATE + later, sold_at=SOLD_AT + later)
    await desk.points.PostSale(request)
    return request.sale.sale_id


async def give_back(
    desk: Desk, chain: Chain, sale_id: str, days: int, *lines: tuple[int, int]
) -> None:
    stub = return_service_pb2_grpc.ReturnServiceStub
    async with open_stub(stub, desk.address, ["points.returns.post"]) as returns:
        await returns.ReturnSale(build_return(chain, sale_id, *lines, **on(days)))


async def expire(desk: Desk, chain: Chain, days: int) -> None:
    """Books what has expired of the member's lots."""
    day: date = BUSINESS_DATE + timedelta(days=days)
    command = expiry_command(expiry_header(chain.member_id, chain.store_id, day), day)
    now = SOLD_AT + timedelta(days=days + 1)
    for outcome in await post_commands(desk.database, command, now=now):
        posted(outcome)


async def bonus_of(desk: Desk, chain: Chain, days: int, fen: int = 0) -> tuple[int, int]:
    """What a cash-out would withdraw of the bonus, and deduct for it."""
    day = to_proto_date(BUSINESS_DATE + timedelta(days=days))
    told = await desk.stub.QuoteCashOut(build_quote(chain, fen, business_date=day))
    return told.bonus_withdrawn_fen, told.bonus_deducted_fen


async def pay_out_half(desk: Desk, chain: Chain) -> int:
    """Half of the top-up cashed out; what was handed out."""
    day = to_proto_date(BUSINESS_DATE + timedelta(days=BACK))
    told = await desk.stub.QuoteCashOut(build_quote(chain, 250_00, business_date=day))
    payout = {"bank_card": told.payout_fen}
    answer = await desk.stub.CashOut(build_cash_out(chain, 250_00, payout, **on(BACK)))
    assert answer.bonus_withdrawn_fen == told.bonus_withdrawn_fen
    return told.payout_fen


async def spendable_bonus(desk: Desk, chain: Chain, days: int) -> int:
    """What is left of the bonus and has not expired some days after the top-up."""
    query = """
        SELECT coalesce(sum(remaining), 0)::bigint AS fen FROM lots
        WHERE member_id = :member AND asset = :bonus AND expiry_date >= :day
    """
    day = BUSINESS_DATE + timedelta(days=days)
    (row,) = await rows(
        desk.database, query, member=chain.member_id, bonus=int(Asset.BONUS), day=day
    )
    return int(row.fen)


class TestCashOut:
    async def test_withdraws_it_while_it_can_be_spent(self, desk: Desk, chain: Chain) -> None:
        await give_back(desk, chain, await spend(desk, chain, 50_00), BACK)
        assert await bonus_of(desk, chain, BACK) == (50_00, 0)
        assert await bonus_of(desk, chain, BACK, 100_00) == (10_00, 0)
        answer = await desk.stub.CashOut(
            build_cash_out(chain, 500_00, {"bank_card": 500_00}, **on(BACK))
        )
        assert (answer.bonus_withdrawn_fen, answer.bonus_deducted_fen) == (50_00, 0)
        assert (answer.receipt.principal_fen, answer.receipt.bonus_fen) == (0, 0)

    async def test_does_not_charge_it_once_it_lapsed(self, desk: Desk, chain: Chain) -> None:
        await give_back(desk, chain, await spend(desk, chain, 50_00), BACK)
        assert await bonus_of(desk, chain, LAPSED) == (50_00, 0)
        await expire(desk, chain, LAPSED)
        assert await bonus_of(desk, chain, LAPSED) == (0, 0)

    async def test_charges_what_was_spent_of_it(self, desk: Desk, chain: Chain) -> None:
        await give_back(desk, chain, await spend(desk, chain, 50_00), BACK)
        await spend(desk, chain, 20_00, BACK)
        assert await bonus_of(desk, chain, BACK) == (30_00, 20_00)
        await expire(desk, chain, LAPSED)
        assert await bonus_of(desk, chain, LAPSED) == (0, 20_00)

    async def test_charges_what_did_not_come_back(self, desk: Desk, chain: Chain) -> None:
        sale_id = await spend(desk, chain, 50_00)
        await give_back(desk, chain, sale_id, BACK, (1, 400))
        assert await bonus_of(desk, chain, BACK) == (20_00, 30_00)
        await expire(desk, chain, LAPSED)
        assert await bonus_of(desk, chain, LAPSED) == (0, 30_00)

    async def test_follows_it_when_it_comes_back_again(self, desk: Desk, chain: Chain) -> None:
        await give_back(desk, chain, await spend(desk, chain, 50_00), BACK)
        again = await spend(desk, chain, 50_00, BACK)
        await give_back(desk, chain, again, LAPSED)
        assert await bonus_of(desk, chain, LAPSED) == (50_00, 0)
        await expire(desk, chain, LAPSED + GRACE_DAYS + 1)
        assert await bonus_of(desk, chain, LAPSED + GRACE_DAYS + 1) == (0, 0)

    async def test_knows_each_top_ups_own(self, desk: Desk, chain: Chain) -> None:
        """The first top-up's bonus has expired when it comes back, the second's has not."""
        second = build_top_up(chain, 100_00, **on(10))
        await desk.stub.TopUp(second)
        sale_id = await spend(desk, chain, 60_00, 10)
        await give_back(desk, chain, sale_id, BACK, (1, 500))
        day = to_proto_date(BUSINESS_DATE + timedelta(days=BACK))
        told = await desk.stub.QuoteCashOut(build_quote(chain, business_date=day))
        assert [(part.bonus_withdrawn_fen, part.bonus_deducted_fen) for part in told.top_ups] == [
            (25_00, 25_00),
            (5_00, 5_00),
        ]

    async def test_finds_it_wherever_it_expired(self, desk: Desk, chain: Chain) -> None:
        """It came back to the old card, whose bonus and principal are on the new one."""
        sale_id = await spend(desk, chain, 50_00)
        heir = await transfer_card(desk, chain)
        await give_back(desk, chain, sale_id, BACK)
        assert await bonus_of(desk, heir, BACK) == (0, 50_00)
        await expire(desk, chain, LAPSED)
        assert await bonus_of(desk, heir, LAPSED) == (0, 0)

    async def test_finds_it_after_a_merge_was_undone(self, desk: Desk, chain: Chain) -> None:
        sale_id = await spend(desk, chain, 50_00)
        merge_bill_id = await merge(desk, chain)
        await give_back(desk, chain, sale_id, BACK)
        assert await bonus_of(desk, swapped(chain), BACK) == (50_00, 0)
        await expire(desk, swapped(chain), LAPSED)
        await undo_merge(desk, chain, merge_bill_id)
        assert await bonus_of(desk, chain, LAPSED) == (0, 0)


class TestCashOutsBeforeAndAfterIt:
    """20 yuan of bonus were spent, 30 expired, and half of the principal is paid out each time."""

    @pytest.mark.parametrize("booked", [False, True])
    @pytest.mark.parametrize("cash_outs_before", [0, 1, 2])
    async def test_charge_it_once(
        self, desk: Desk, chain: Chain, booked: bool, cash_outs_before: int
    ) -> None:
        sale_id = await spend(desk, chain, 20_00)
        if booked:
            await expire(desk, chain, BACK)
        paid_fen = 0
        for n in range(2):
            if n == cash_outs_before:
                await give_back(desk, chain, sale_id, BACK)
            paid_fen += await pay_out_half(desk, chain)
        if cash_outs_before == 2:
            await give_back(desk, chain, sale_id, BACK)
        # The money, or the bonus that money was kept for; none of what had expired.
        left_fen = await spendable_bonus(desk, chain, BACK)
        assert paid_fen + left_fen == 500_00
        assert left_fen == (20_00 if cash_outs_before else 0)


class TestReversal:
    async def test_takes_it_while_all_of_it_is_there(self, desk: Desk) -> None:
        chain = await build_customer(desk)
        asked = build_top_up(chain, 500_00)
        await desk.stub.TopUp(asked)
        top_up_id = asked.header.bill_id
        sale_id = await spend(desk, chain, 50_00)
        await give_back(desk, chain, sale_id, BACK, (1, 400))
        refused = await refusal(desk.stub.ReverseTopUp(build_reversal(chain, top_up_id)))
        assert refused.reason == "TOP_UP_SPENT"
        await give_back(desk, chain, sale_id, BACK)
        answer = await desk.stub.ReverseTopUp(build_reversal(chain, top_up_id, **on(BACK)))
        assert (answer.receipt.principal_fen, answer.receipt.bonus_fen) == (0, 0)


class TestBonusInGrace:
    @pytest.mark.parametrize("waited", [0, 4])
    def test_counts_for_what_follows_in_the_same_batch(self, waited: int) -> None:
        chain = ChainInMemory(SpendingOrder.BONUS_FIRST, 1_000, 5, 3, named=True)
        member = MEMBERS[0]
        chain.post(chain.top_up(member, 100_00, 0), same_batch=False)
        chain.post(chain.buy(member, 10_00, 0), same_batch=False)
        chain.today += timedelta(days=7)
        chain.post(chain.give_back(0, 1000, 0), same_batch=True)
        chain.today += timedelta(days=waited)
        if waited:
            chain.post(chain.expire(member), same_batch=True)
        chain.post(chain.cash_out(member, 100_00, 0), same_batch=True)
        assert chain.paid_out == 100_00
        chain.check()

    @given(
        waits=st.lists(st.integers(0, 6), min_size=3, max_size=6),
        parts=st.lists(st.sampled_from([1, 2, 333, 500]), min_size=1, max_size=4),
        bought=st.integers(1, 30_00),
    )
    def test_is_read_from_a_bill_as_it_was_booked(
        self, waits: list[int], parts: list[int], bought: int
    ) -> None:
        chain = ChainInMemory(SpendingOrder.BONUS_FIRST, 1_000, 5, 3, named=True)
        for days in waits[:3]:
            chain.today += timedelta(days=days)
            chain.post(chain.top_up(MEMBERS[0], 100_00, 0), same_batch=False)
        chain.post(chain.buy(MEMBERS[0], bought, 0), same_batch=False)
        ((_, sold, _),) = chain.sales.values()
        for days, milli in zip([*waits[3:], 0, 1, 2, 3], parts, strict=False):
            chain.today += timedelta(days=days)
            if sum(parts) > 1000:
                return
            (draft,) = chain.give_back(0, milli, 0)
            posting = draft.posting
            assert draft.allocation is not None
            back = bonus_that_came_back(
                BillKind.SALE_RETURN, draft.total_fen, draft.allocation, sold.allocation
            )
            assert bonus_in_grace(posting.bill_id, posting.transfers, back) == posting.grace
            chain.post([draft], same_batch=False)
