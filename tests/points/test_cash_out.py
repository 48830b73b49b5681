"""Paying principal out again: services/points/domain/stored_value/cash_out.py."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.stored_value.cash_out import (
    CashOutPart,
    TopUpState,
    cash_out,
    cash_out_of,
    check_cash_out,
    in_cooling_off,
)
from services.points.domain.stored_value.prepaid_law import ChainLimits, limits_on
from tests.fixtures.refund_law import RefundCause, refund_owed

DAY = date(2026, 5, 1)
LAW = limits_on(DAY)
# 1,000 yuan paid in, 100 given.
FRESH = TopUpState(1_000_00, 1_000_00, 0, 100_00, 100_00)

# Nobody is given more than was paid: the programme refuses such a rule.
granted = st.integers(1, 100_000).flatmap(
    lambda principal: st.tuples(st.just(principal), st.integers(0, principal))
)


def spent(state: TopUpState, principal_fen: int, bonus_fen: int) -> TopUpState:
    """The top-up after a purchase, or after its return for negative amounts."""
    return replace(
        state,
        principal_remaining_fen=state.principal_remaining_fen - principal_fen,
        bonus_remaining_fen=state.bonus_remaining_fen - bonus_fen,
    )


class TestCashOutOf:
    @pytest.mark.parametrize(
        ("state", "amount_fen", "part"),
        [
            (FRESH, 1_000_00, CashOutPart(1_000_00, 100_00, 0)),
            (FRESH, 1, CashOutPart(1, 1, 0)),
            (FRESH, 500_00, CashOutPart(500_00, 50_00, 0)),
            # The bonus was spent first: it is taken off the payment.
            (spent(FRESH, 0, 100_00), 1_000_00, CashOutPart(1_000_00, 0, 100_00)),
            (spent(FRESH, 0, 60_00), 1_000_00, CashOutPart(1_000_00, 40_00, 60_00)),
            # What was bought with principal has earned its share of the bonus.
            (spent(FRESH, 500_00, 0), 500_00, CashOutPart(500_00, 50_00, 0)),
            (spent(FRESH, 200_00, 100_00), 800_00, CashOutPart(800_00, 0, 80_00)),
            # Bonus that expired unspent is not charged.
            (
                replace(FRESH, bonus_remaining_fen=0, bonus_expired_fen=100_00),
                1_000_00,
                CashOutPart(1_000_00, 0, 0),
            ),
            (
                replace(FRESH, bonus_remaining_fen=0, bonus_expired_fen=70_00),
                1_000_00,
                CashOutPart(1_000_00, 0, 30_00),
            ),
            (TopUpState(1_000_00, 1_000_00, 0), 1_000_00, CashOutPart(1_000_00, 0, 0)),
            # 40 yuan were spent and charged as half was paid out, and came back; 60 had expired.
            (
                TopUpState(1_000_00, 500_00, 500_00, 100_00, 40_00, 60_00),
                500_00,
                CashOutPart(500_00, 0, 0),
            ),
            # 70 yuan were spent and came back, 50 of them charged: 20 are to be settled yet.
            (
                TopUpState(1_000_00, 500_00, 500_00, 100_00, 70_00, 30_00),
                500_00,
                CashOutPart(500_00, 20_00, 0),
            ),
            (
                TopUpState(1_000_00, 500_00, 500_00, 100_00, 5_00, 30_00),
                500_00,
                CashOutPart(500_00, 5_00, 15_00),
            ),
        ],
    )
    def test_takes_the_bonus_back(
        self, state: TopUpState, amount_fen: int, part: CashOutPart
    ) -> None:
        assert cash_out_of(state, amount_fen) == part


class TestCashOut:
    def test_empties_the_top_ups_in_their_order(self) -> None:
        plain = TopUpState(300_00, 300_00, 0)
        found = cash_out([plain, FRESH, FRESH], 800_00)
        assert found.parts == (
            CashOutPart(300_00, 0, 0),
            CashOutPart(500_00, 50_00, 0),
            CashOutPart(0, 0, 0),
        )
        assert (found.principal_fen, found.bonus_withdrawn_fen) == (800_00, 50_00)
        assert (found.bonus_deducted_fen, found.payout_fen) == (0, 800_00)

    def test_takes_spent_bonus_off_the_payment(self) -> None:
        found = cash_out([spent(FRESH, 0, 100_00)], 1_000_00)
        assert (found.principal_fen, found.payout_fen) == (1_000_00, 900_00)
        assert found.bonus_deducted_fen == 100_00

    def test_pays_principal_only(self) -> None:
        with pytest.raises(PreconditionFailed) as caught:
            cash_out([FRESH], 1_000_01)
        assert caught.value.reason == "INSUFFICIENT_STORED_VALUE"
        assert caught.value.metadata == {
            "amount_fen": "100001",
            "principal_fen": "100000",
            "bonus_fen": "10000",
        }

    def test_refuses_when_there_is_nothing(self) -> None:
        with pytest.raises(PreconditionFailed):
            cash_out([], 1)

    @pytest.mark.parametrize("amount_fen", [0, -1, AMOUNT_FEN_MAX + 1, 2**63 - 1])
    def test_refuses_amounts_that_are_none(self, amount_fen: int) -> None:
        with pytest.raises(Invalid) as caught:
            cash_out([FRESH], amount_fen)
        assert caught.value.reason == "INVALID_AMOUNT"

    @given(sizes=st.lists(granted, min_size=1, max_size=5), data=st.data())
    def test_is_exact_and_never_over_what_a_top_up_holds(
        self, sizes: list[tuple[int, int]], data: st.DataObject
    ) -> None:
        top_ups = [TopUpState(principal, principal, 0, bonus, bonus) for principal, bonus in sizes]
        amount = data.draw(st.integers(1, sum(principal for principal, _ in sizes)))
        found = cash_out(top_ups, amount)
        assert found.principal_fen == amount
        for top_up, part in zip(top_ups, found.parts, strict=True):
            assert 0 <= part.principal_fen <= top_up.principal_remaining_fen
            assert 0 <= part.bonus_withdrawn_fen <= top_up.bonus_remaining_fen
        assert found.payout_fen == amount - found.bonus_deducted_fen == amount


class TestCheckCashOut:
    TRANSFER = frozenset({"bank_card"})

    def test_pays_small_balances_in_cash(self) -> None:
        check_cash_out(LAW, 100_00, {"cash": 100_00}, self.TRANSFER, identified=True)

    def test_pays_larger_ones_to_an_account(self) -> None:
        check_cash_out(LAW, 100_01, {"bank_card": 100_01}, self.TRANSFER, identified=True)
        for payout in ({"cash": 1}, {"bank_card": 100_00, "cash": 1}):
            with pytest.raises(Invalid) as caught:
                check_cash_out(LAW, 100_01, payout, self.TRANSFER, identified=True)
            assert caught.value.reason == "NON_CASH_REQUIRED"
            assert caught.value.metadata["kinds"] == "cash"

    def test_pays_nobody_unknown(self) -> None:
        with pytest.raises(PreconditionFailed) as caught:
            check_cash_out(LAW, 1, {"cash": 1}, self.TRANSFER, identified=False)
        assert caught.value.reason == "IDENTITY_REQUIRED"

    def test_pays_never_in_cash_when_the_chain_says_so(self) -> None:
        never = limits_on(DAY, ChainLimits(cash_refund_balance_fen_max=0))
        with pytest.raises(Invalid):
            check_cash_out(never, 1, {"cash": 1}, self.TRANSFER, identified=True)


class TestRefundOwed:
    @pytest.mark.parametrize(
        ("spent_fen", "cause", "owed_fen"),
        [
            (0, RefundCause.MERCHANT, 1_000_00),
            (0, RefundCause.CONSUMER, 1_000_00),
            (550_00, RefundCause.MERCHANT, 500_00),
            (550_00, RefundCause.CONSUMER, 450_00),
            (1_050_00, RefundCause.CONSUMER, 0),
            (1_100_00, RefundCause.MERCHANT, 0),
            # 1 fen of 1,100 yuan is 0.909 fen of what was paid: the consumer keeps the odd part.
            (1, RefundCause.MERCHANT, 1_000_00),
        ],
    )
    def test_counts_what_was_spent(self, spent_fen: int, cause: RefundCause, owed_fen: int) -> None:
        assert refund_owed(1_000_00, 100_00, spent_fen, cause) == owed_fen

    @given(amounts=granted, data=st.data())
    def test_is_never_worse_when_it_is_the_merchants_doing(
        self, amounts: tuple[int, int], data: st.DataObject
    ) -> None:
        paid, bonus = amounts
        goods = data.draw(st.integers(0, paid + bonus))
        merchant = refund_owed(paid, bonus, goods, RefundCause.MERCHANT)
        consumer = refund_owed(paid, bonus, goods, RefundCause.CONSUMER)
        assert 0 <= consumer <= merchant <= paid


class TestInCoolingOff:
    @pytest.mark.parametrize(("days", "expected"), [(0, True), (7, True), (8, False)])
    def test_ends_after_the_seventh_day(self, days: int, expected: bool) -> None:
        assert in_cooling_off(LAW, DAY, DAY + timedelta(days=days)) is expected

    def test_lasts_longer_where_the_chain_says_so(self) -> None:
        longer = limits_on(DAY, ChainLimits(cooling_off_days=30))
        assert in_cooling_off(longer, DAY, DAY + timedelta(days=30))

    def test_was_unknown_before_the_court_spoke(self) -> None:
        before = date(2025, 4, 30)
        assert not in_cooling_off(limits_on(before), before, before)
