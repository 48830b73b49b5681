"""Cash-outs in any number of parts, and no free money: domain/stored_value/cash_out.py."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.points.domain.stored_value.cash_out import (
    CashOut,
    CashOutPart,
    TopUpState,
    bonus_due,
    cash_out_of,
)
from services.points.domain.stored_value.stored_value import SpendingOrder, split_spend
from tests.fixtures.refund_law import RefundCause, refund_owed

# Nobody is given more than was paid: the programme refuses such a rule.
granted = st.integers(1, 100_000).flatmap(
    lambda principal: st.tuples(st.just(principal), st.integers(0, principal))
)


def after(state: TopUpState, part: CashOutPart) -> TopUpState:
    """The top-up once a part was booked."""
    return replace(
        state,
        principal_remaining_fen=state.principal_remaining_fen - part.principal_fen,
        principal_cashed_out_fen=state.principal_cashed_out_fen + part.principal_fen,
        bonus_remaining_fen=state.bonus_remaining_fen - part.bonus_withdrawn_fen,
    )


def spent(state: TopUpState, principal_fen: int, bonus_fen: int) -> TopUpState:
    """The top-up after a purchase, or after its return for negative amounts."""
    return replace(
        state,
        principal_remaining_fen=state.principal_remaining_fen - principal_fen,
        bonus_remaining_fen=state.bonus_remaining_fen - bonus_fen,
    )


def withdrawn(principal: int, bonus: int, cashed_out: int, amount: int, left: int) -> int:
    """The bonus that leaves the wallet with an amount of one top-up's principal."""
    state = TopUpState(principal, principal - cashed_out, cashed_out, bonus, left)
    return cash_out_of(state, amount).bonus_withdrawn_fen


class TestBonusWithdrawn:
    @given(amounts=granted, data=st.data())
    def test_of_parts_is_that_of_the_whole(
        self, amounts: tuple[int, int], data: st.DataObject
    ) -> None:
        principal, bonus = amounts
        before = data.draw(st.integers(0, principal))
        whole = data.draw(st.integers(0, principal - before))
        left = start = data.draw(st.integers(0, bonus))
        done = 0
        while done < whole:
            part = data.draw(st.integers(1, whole - done))
            left -= withdrawn(principal, bonus, before + done, part, left)
            done += part
        assert start - left == withdrawn(principal, bonus, before, whole, start)

    @given(amounts=granted, data=st.data())
    def test_grows_with_the_amount_and_stays_within_what_is_left(
        self, amounts: tuple[int, int], data: st.DataObject
    ) -> None:
        principal, bonus = amounts
        before = data.draw(st.integers(0, principal))
        smaller = data.draw(st.integers(0, principal - before))
        greater = data.draw(st.integers(smaller, principal - before))
        left = data.draw(st.integers(0, bonus))
        one = withdrawn(principal, bonus, before, smaller, left)
        other = withdrawn(principal, bonus, before, greater, left)
        assert 0 <= one <= other <= left

    @given(amounts=granted)
    def test_of_all_principal_is_all_the_bonus(self, amounts: tuple[int, int]) -> None:
        principal, bonus = amounts
        assert withdrawn(principal, bonus, 0, principal, bonus) == bonus


class TestBonusDue:
    @given(amounts=granted, data=st.data())
    def test_is_never_more_than_the_principal_and_less_than_a_fen_off(
        self, amounts: tuple[int, int], data: st.DataObject
    ) -> None:
        principal, bonus = amounts
        before = data.draw(st.integers(0, principal))
        amount = data.draw(st.integers(0, principal - before))
        due = bonus_due(principal, bonus, before, amount)
        assert 0 <= due <= amount
        assert abs(due * principal - bonus * amount) < principal


class TestCashOutOf:
    @given(amounts=granted, data=st.data())
    def test_in_parts_is_the_same_as_whole(
        self, amounts: tuple[int, int], data: st.DataObject
    ) -> None:
        principal, bonus = amounts
        state = TopUpState(principal, principal, 0, bonus, bonus)
        state = spent(state, data.draw(st.integers(0, principal)), data.draw(st.integers(0, bonus)))
        expired = data.draw(st.integers(0, state.bonus_remaining_fen))
        state = replace(
            state,
            bonus_remaining_fen=state.bonus_remaining_fen - expired,
            bonus_expired_fen=expired,
        )
        whole = data.draw(st.integers(0, state.principal_remaining_fen))
        parts = []
        cut = state
        while sum(part.principal_fen for part in parts) < whole:
            rest = whole - sum(part.principal_fen for part in parts)
            parts.append(cash_out_of(cut, data.draw(st.integers(1, rest))))
            cut = after(cut, parts[-1])
        together = CashOut(tuple(parts))
        at_once = cash_out_of(state, whole)
        assert together.principal_fen == at_once.principal_fen
        assert together.bonus_withdrawn_fen == at_once.bonus_withdrawn_fen
        assert together.bonus_deducted_fen == at_once.bonus_deducted_fen


class TestNoFreeMoney:
    """Random lives of one top-up: buying, returning, expiry, cash-outs, in any order."""

    @given(
        amounts=granted,
        order=st.sampled_from(SpendingOrder),
        steps=st.lists(st.sampled_from(["buy", "return", "expire", "cash_out"]), max_size=20),
        data=st.data(),
    )
    def test_leaves_no_more_bonus_than_the_principal_that_stayed_earned(
        self, amounts: tuple[int, int], order: SpendingOrder, steps: list[str], data: st.DataObject
    ) -> None:
        principal, bonus = amounts
        state = TopUpState(principal, principal, 0, bonus, bonus)
        bought: list[tuple[int, int]] = []
        paid_out = 0
        for step in steps:
            if step == "buy":
                room = state.principal_remaining_fen + state.bonus_remaining_fen
                amount = data.draw(st.integers(0, room))
                parts = split_spend(
                    order, amount, state.principal_remaining_fen, state.bonus_remaining_fen
                )
                bought.append(parts)
                state = spent(state, *parts)
            elif step == "return" and bought:
                parts = bought.pop(data.draw(st.integers(0, len(bought) - 1)))
                state = spent(state, -parts[0], -parts[1])
            elif step == "expire":
                gone = data.draw(st.integers(0, state.bonus_remaining_fen))
                state = replace(
                    state,
                    bonus_remaining_fen=state.bonus_remaining_fen - gone,
                    bonus_expired_fen=state.bonus_expired_fen + gone,
                )
            elif step == "cash_out":
                amount = data.draw(st.integers(0, state.principal_remaining_fen))
                part = cash_out_of(state, amount)
                assert 0 <= part.bonus_withdrawn_fen <= state.bonus_remaining_fen
                assert 0 <= part.bonus_deducted_fen <= amount
                paid_out += amount - part.bonus_deducted_fen
                state = after(state, part)
            goods = sum(sum(parts) for parts in bought)
            left = state.principal_remaining_fen + state.bonus_remaining_fen
            stayed = principal - state.principal_cashed_out_fen
            gain = paid_out + goods + left - principal
            assert gain <= bonus * stayed // principal

    @given(
        amounts=granted,
        order=st.sampled_from(SpendingOrder),
        share=st.integers(0, 100),
        expired_share=st.integers(0, 100),
    )
    def test_pays_at_least_what_a_court_would_and_gains_nobody_anything_by_a_round_trip(
        self, amounts: tuple[int, int], order: SpendingOrder, share: int, expired_share: int
    ) -> None:
        principal, bonus = amounts
        goods = (principal + bonus) * share // 100
        parts = split_spend(order, goods, principal, bonus)
        state = spent(TopUpState(principal, principal, 0, bonus, bonus), *parts)
        expired = state.bonus_remaining_fen * expired_share // 100
        state = replace(
            state,
            bonus_remaining_fen=state.bonus_remaining_fen - expired,
            bonus_expired_fen=expired,
        )
        part = cash_out_of(state, state.principal_remaining_fen)
        paid_out = part.principal_fen - part.bonus_deducted_fen
        assert paid_out >= refund_owed(principal, bonus, goods, RefundCause.CONSUMER)
        if parts[0] == 0:
            assert paid_out + goods <= principal
