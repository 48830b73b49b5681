"""Rules for stored value from the wire: messages/programmes/stored_value_programme.py."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.points.domain.stored_value.prepaid_law import ChainLimits
from services.points.domain.stored_value.stored_value import (
    CardType,
    SpendingOrder,
    StoredValueProgramme,
    TopUpBand,
    TopUpRule,
)
from services.points.messages.programmes.stored_value_messages import stored_value_message
from tests.fixtures.stored_value import (
    DAY,
    STORE,
    Change,
    build_stored_value_programme,
    card,
    limit,
    read_programme,
)


class TestReadStoredValueProgramme:
    def test_gives_what_was_sent(self) -> None:
        assert read_programme(build_stored_value_programme()) == StoredValueProgramme(
            card_types=(
                CardType("member", True, SpendingOrder.IN_PROPORTION),
                CardType("gift", False, SpendingOrder.BONUS_FIRST, 36),
            ),
            top_up_rules=(
                TopUpRule(
                    rule_id="may",
                    version=4,
                    name="充1000送100",
                    name_en="100 more from 1,000",
                    bands=(
                        TopUpBand(1_000_00, bonus_fen=100_00),
                        TopUpBand(3_000_00, bonus_bp=1_200),
                    ),
                    first_date=DAY,
                    last_date=date(2026, 5, 31),
                    tiers=frozenset({"gold"}),
                    store_ids=frozenset({STORE}),
                    bonus_validity_days=90,
                ),
                TopUpRule(
                    rule_id="always",
                    version=4,
                    name="充5000送50",
                    bands=(TopUpBand(5_000_00, bonus_fen=50_00),),
                    first_date=date(2026, 1, 1),
                ),
            ),
            limits=ChainLimits(named_balance_fen_max=3_000_00, cash_refund_balance_fen_max=0),
            top_up_tender_kinds=frozenset({"cash", "bank_card", "wechat_pay"}),
            transfer_tender_kinds=frozenset({"bank_card", "wechat_pay"}),
        )

    def test_needs_neither_rules_nor_limits(self) -> None:
        asked = build_stored_value_programme()
        asked.ClearField("top_up_rules")
        asked.ClearField("limits")
        asked.ClearField("transfer_tender_kinds")
        found = read_programme(asked)
        assert found.top_up_rules == ()
        assert found.limits == ChainLimits()

    def test_accepts_ids_in_any_form(self) -> None:
        asked = build_stored_value_programme()
        asked.top_up_rules[0].store_ids[0] = STORE.upper()
        assert read_programme(asked).top_up_rules[0].store_ids == {STORE}

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("named_balance_fen_max", limit("named_balance_fen_max", 5_000_01)),
            ("unnamed_balance_fen_max", limit("unnamed_balance_fen_max", 1_000_01)),
            ("unnamed_identity_from_fen", limit("unnamed_identity_from_fen", 10_000_01)),
            ("institution_transfer_from_fen", limit("institution_transfer_from_fen", 5_000_01)),
            ("individual_transfer_from_fen", limit("individual_transfer_from_fen", 50_000_01)),
            ("unnamed_validity_months_min", limit("unnamed_validity_months_min", 35)),
            ("cash_refund_balance_fen_max", limit("cash_refund_balance_fen_max", 100_01)),
            ("cooling_off_days", limit("cooling_off_days", 6)),
            ("named_never_expires", card(0, "validity_months", 1_200)),
            ("unnamed_validity_months_min", card(1, "validity_months", 35)),
        ],
    )
    def test_refuses_what_is_looser_than_the_law(self, name: str, change: Change) -> None:
        asked = build_stored_value_programme()
        change(asked)
        with pytest.raises(Invalid) as caught:
            read_programme(asked)
        assert caught.value.reason == "LIMIT_LOOSER_THAN_LAW"
        assert caught.value.metadata["limit"] == name

    def test_measures_by_the_law_of_its_first_day(self) -> None:
        asked = build_stored_value_programme()
        asked.limits.cooling_off_days = 3
        assert read_programme(asked, date(2025, 4, 30)).limits.cooling_off_days == 3

    def test_refuses_a_day_without_law(self) -> None:
        with pytest.raises(Invalid) as caught:
            read_programme(build_stored_value_programme(), date(2010, 1, 1))
        assert caught.value.reason == "LAW_NOT_KNOWN"

    @given(
        bands=st.lists(
            st.tuples(st.integers(1, 500), st.booleans(), st.integers(1, 600)),
            min_size=1,
            max_size=4,
        ),
        amounts=st.tuples(st.integers(1, 1_000), st.integers(1, 1_000)),
    )
    def test_lets_no_rule_through_that_gives_less_for_more_or_more_than_was_paid(
        self, bands: list[tuple[int, bool, int]], amounts: tuple[int, int]
    ) -> None:
        asked = build_stored_value_programme()
        asked.top_up_rules[0].ClearField("bands")
        for from_fen, fixed, bonus in sorted(bands):
            given_bonus = {"bonus_fen": bonus} if fixed else {"bonus_bp": bonus * 20}
            asked.top_up_rules[0].bands.add(from_fen=from_fen, **given_bonus)
        try:
            found = read_programme(asked).top_up_rules[0]
        except Invalid:
            return
        less, more = sorted(amounts)
        assert 0 <= found.bonus_for(less) <= found.bonus_for(more) <= more


class TestStoredValueMessage:
    def test_reads_back_as_the_same_rules(self) -> None:
        rules = read_programme(build_stored_value_programme())
        assert read_programme(stored_value_message(rules)) == rules
