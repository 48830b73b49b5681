"""Money handed over: exact, change out of cash alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.devices.domain.sale import Tender
from services.devices.domain.tendering import settle

KINDS = {"cash", "wechat_pay", "bank_card"}


class TestSettle:
    def test_takes_exact_money(self) -> None:
        assert settle(1300, [Tender("cash", 1300)], KINDS) == ((Tender("cash", 1300),), 0)

    def test_gives_change_out_of_cash(self) -> None:
        handed = [Tender("wechat_pay", 1000), Tender("cash", 500)]
        assert settle(1300, handed, KINDS) == (
            (Tender("wechat_pay", 1000), Tender("cash", 300)),
            200,
        )

    def test_adds_up_one_kind(self) -> None:
        handed = [Tender("bank_card", 100), Tender("bank_card", 200)]
        assert settle(300, handed, KINDS) == ((Tender("bank_card", 300),), 0)

    def test_hands_cash_back_when_the_rest_paid_all(self) -> None:
        handed = [Tender("wechat_pay", 1300), Tender("cash", 500)]
        assert settle(1300, handed, KINDS) == ((Tender("wechat_pay", 1300),), 500)

    def test_needs_no_tender_for_nothing(self) -> None:
        assert settle(0, [], KINDS) == ((), 0)

    @pytest.mark.parametrize(
        ("reason", "total_fen", "handed"),
        [
            ("TENDERS_TOO_SMALL", 1300, [Tender("cash", 1299)]),
            ("TENDERS_TOO_SMALL", 1300, []),
            ("NON_CASH_OVERPAID", 1300, [Tender("wechat_pay", 1301)]),
            ("NON_CASH_OVERPAID", 0, [Tender("bank_card", 1)]),
            ("UNKNOWN_TENDER", 1300, [Tender("shells", 1300)]),
            ("INVALID_AMOUNT", 1300, [Tender("cash", 1400), Tender("wechat_pay", -100)]),
            ("INVALID_AMOUNT", 1300, [Tender("cash", 0)]),
            ("INVALID_AMOUNT", 1300, [Tender("cash", 2**61)]),
            ("TOO_MANY_TENDERS", 21, [Tender("cash", 1)] * 21),
        ],
    )
    def test_refuses(self, reason: str, total_fen: int, handed: list[Tender]) -> None:
        with pytest.raises(Invalid) as refusal:
            settle(total_fen, handed, KINDS)
        assert refusal.value.reason == reason

    @given(
        st.integers(0, 1_000_000),
        st.lists(
            st.builds(Tender, st.sampled_from(sorted(KINDS)), st.integers(1, 500_000)), max_size=6
        ),
    )
    def test_keeps_exactly_the_total_or_refuses(self, total_fen: int, handed: list[Tender]) -> None:
        paid_fen = sum(tender.amount_fen for tender in handed)
        non_cash_fen = sum(tender.amount_fen for tender in handed if tender.kind != "cash")
        if non_cash_fen > total_fen or paid_fen < total_fen:
            with pytest.raises(Invalid) as refusal:
                settle(total_fen, handed, KINDS)
            too_much = non_cash_fen > total_fen
            expected = "NON_CASH_OVERPAID" if too_much else "TENDERS_TOO_SMALL"
            assert refusal.value.reason == expected
            return
        kept, change_fen = settle(total_fen, handed, KINDS)
        assert sum(tender.amount_fen for tender in kept) == total_fen
        assert change_fen == paid_fen - total_fen
        assert all(tender.amount_fen > 0 for tender in kept)
        assert len({tender.kind for tender in kept}) == len(kept)
        assert sum(t.amount_fen for t in kept if t.kind != "cash") == non_cash_fen
