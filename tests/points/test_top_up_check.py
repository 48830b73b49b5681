"""What a top-up must be: services/points/domain/stored_value/top_up_check.py."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import DomainError, Invalid, PreconditionFailed
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.stored_value.prepaid_law import ChainLimits, limits_on
from services.points.domain.stored_value.stored_value import (
    CardType,
    SpendingOrder,
    StoredValueProgramme,
)
from services.points.domain.stored_value.top_up_check import Buyer, TopUp, check_top_up

LAW = limits_on(date(2026, 5, 1))
NAMED = CardType("member", True, SpendingOrder.BONUS_FIRST)
UNNAMED = CardType("gift", False, SpendingOrder.BONUS_FIRST, 36)
PROGRAMME = StoredValueProgramme(
    card_types=(NAMED, UNNAMED),
    top_up_tender_kinds=frozenset({"cash", "bank_card", "wechat_pay"}),
    transfer_tender_kinds=frozenset({"bank_card", "wechat_pay"}),
)


def top_up(amount_fen: int = 1_000_00, kind: str = "cash", **changes: object) -> TopUp:
    """A top-up of one tender by an identified individual in the store."""
    found = TopUp(
        amount_fen=amount_fen,
        bonus_fen=0,
        balance_fen=0,
        tenders={kind: amount_fen},
        identified=True,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def refusal(card: CardType, asked: TopUp) -> DomainError:
    """How the law alone refuses."""
    with pytest.raises(DomainError) as caught:
        check_top_up(LAW, PROGRAMME, card, asked)
    return caught.value


class TestCheckTopUp:
    def test_accepts_cash_on_a_named_card(self) -> None:
        check_top_up(LAW, PROGRAMME, NAMED, top_up())

    def test_accepts_mixed_tenders(self) -> None:
        tenders = {"cash": 400_00, "wechat_pay": 600_00}
        check_top_up(LAW, PROGRAMME, NAMED, top_up(tenders=tenders))

    @pytest.mark.parametrize(
        ("asked", "reason", "field"),
        [
            (top_up(0), "INVALID_AMOUNT", "amount_fen"),
            (top_up(-1), "INVALID_AMOUNT", "amount_fen"),
            (top_up(AMOUNT_FEN_MAX + 1), "INVALID_AMOUNT", "amount_fen"),
            (top_up(2**63 - 1), "INVALID_AMOUNT", "amount_fen"),
            (top_up(bonus_fen=-1), "INVALID_AMOUNT", "bonus_fen"),
            (top_up(bonus_fen=AMOUNT_FEN_MAX + 1), "INVALID_AMOUNT", "bonus_fen"),
            (top_up(purchase_fen=999_99), "INVALID_AMOUNT", "purchase_fen"),
            (top_up(purchase_fen=AMOUNT_FEN_MAX + 1), "INVALID_AMOUNT", "purchase_fen"),
            (top_up(tenders={"cash": 1_000_01, "bank_card": -1}), "INVALID_AMOUNT", "tenders"),
            (top_up(tenders={"cash": 1_000_00, "bank_card": 0}), "INVALID_AMOUNT", "tenders"),
        ],
    )
    def test_refuses_amounts_that_are_none(self, asked: TopUp, reason: str, field: str) -> None:
        error = refusal(NAMED, asked)
        assert isinstance(error, Invalid)
        assert (error.reason, error.metadata["field"]) == (reason, field)

    @pytest.mark.parametrize("kind", ["points", "stored_value", "manufacturer_coupon", "seashells"])
    def test_refuses_what_is_no_money_for_it(self, kind: str) -> None:
        assert refusal(NAMED, top_up(kind=kind)).reason == "TENDER_NOT_FOR_TOP_UP"

    @pytest.mark.parametrize("tenders", [{}, {"cash": 999_99}, {"cash": 999_99, "bank_card": 2}])
    def test_refuses_tenders_that_do_not_add_up(self, tenders: dict[str, int]) -> None:
        assert refusal(NAMED, top_up(tenders=tenders)).reason == "TENDERS_DO_NOT_ADD_UP"

    @pytest.mark.parametrize(("card", "limit_fen"), [(NAMED, 5_000_00), (UNNAMED, 1_000_00)])
    def test_fills_a_card_to_its_limit_and_no_fen_further(
        self, card: CardType, limit_fen: int
    ) -> None:
        asked = top_up(600_00, balance_fen=limit_fen - 700_00, bonus_fen=100_00)
        check_top_up(LAW, PROGRAMME, card, asked)
        for over in (
            replace(asked, balance_fen=asked.balance_fen + 1),
            replace(asked, bonus_fen=asked.bonus_fen + 1),
            top_up(600_01, balance_fen=asked.balance_fen, bonus_fen=100_00),
        ):
            error = refusal(card, over)
            assert isinstance(error, PreconditionFailed)
            assert error.reason == "BALANCE_LIMIT_EXCEEDED"
            assert error.metadata["limit_fen"] == str(limit_fen)

    def test_asks_who_buys_a_named_card_whatever_the_amount(self) -> None:
        error = refusal(NAMED, top_up(1, identified=False))
        assert isinstance(error, PreconditionFailed)
        assert error.reason == "IDENTITY_REQUIRED"

    def test_asks_who_buys_unnamed_cards_from_ten_thousand_yuan_at_once(self) -> None:
        asked = top_up(identified=False, purchase_fen=9_999_99)
        check_top_up(LAW, PROGRAMME, UNNAMED, asked)
        error = refusal(UNNAMED, replace(asked, purchase_fen=10_000_00))
        assert error.reason == "IDENTITY_REQUIRED"
        assert error.metadata == {"purchase_fen": "1000000", "from_fen": "1000000"}

    @pytest.mark.parametrize(
        ("buyer", "from_fen"),
        [(Buyer.INDIVIDUAL, 50_000_00), (Buyer.INSTITUTION, 5_000_00)],
    )
    def test_takes_no_cash_from_the_limit_on(self, buyer: Buyer, from_fen: int) -> None:
        below = top_up(buyer=buyer, purchase_fen=from_fen - 1)
        check_top_up(LAW, PROGRAMME, NAMED, below)
        at = replace(below, purchase_fen=from_fen)
        assert refusal(NAMED, at).reason == "NON_CASH_REQUIRED"
        check_top_up(LAW, PROGRAMME, NAMED, replace(at, tenders={"bank_card": 1_000_00}))

    def test_takes_no_part_in_cash_either(self) -> None:
        tenders = {"cash": 1, "bank_card": 999_99}
        error = refusal(NAMED, top_up(tenders=tenders, purchase_fen=50_000_00))
        assert error.reason == "NON_CASH_REQUIRED"
        assert error.metadata["kinds"] == "cash"

    def test_takes_no_cash_from_afar(self) -> None:
        assert refusal(NAMED, top_up(1, on_site=False)).reason == "NON_CASH_REQUIRED"
        check_top_up(LAW, PROGRAMME, NAMED, top_up(1, kind="wechat_pay", on_site=False))

    def test_took_cash_from_afar_before_the_measures(self) -> None:
        before = limits_on(date(2012, 10, 31))
        check_top_up(before, PROGRAMME, NAMED, top_up(1, on_site=False))

    @given(
        amount_fen=st.integers(1, 6_000_00),
        bonus_fen=st.integers(0, 1_000_00),
        balance_fen=st.integers(0, 6_000_00),
        more_fen=st.integers(0, 60_000_00),
        named=st.booleans(),
        identified=st.booleans(),
        kind=st.sampled_from(["cash", "bank_card"]),
        buyer=st.sampled_from(Buyer),
        own=st.builds(
            ChainLimits,
            named_balance_fen_max=st.none() | st.integers(1, 5_000_00),
            unnamed_identity_from_fen=st.none() | st.integers(1, 10_000_00),
            individual_transfer_from_fen=st.none() | st.integers(1, 50_000_00),
        ),
    )
    def test_of_a_stricter_chain_accepts_nothing_that_the_law_refuses(
        self,
        amount_fen: int,
        bonus_fen: int,
        balance_fen: int,
        more_fen: int,
        named: bool,
        identified: bool,
        kind: str,
        buyer: Buyer,
        own: ChainLimits,
    ) -> None:
        asked = top_up(
            amount_fen,
            kind,
            bonus_fen=bonus_fen,
            balance_fen=balance_fen,
            purchase_fen=amount_fen + more_fen,
            identified=identified,
            buyer=buyer,
        )
        card = NAMED if named else UNNAMED
        stricter = limits_on(date(2026, 5, 1), own)
        try:
            check_top_up(stricter, PROGRAMME, card, asked)
        except DomainError:
            return
        check_top_up(LAW, PROGRAMME, card, asked)
        limit_fen = 5_000_00 if named else 1_000_00
        assert amount_fen + bonus_fen + balance_fen <= limit_fen
        assert identified or not named
