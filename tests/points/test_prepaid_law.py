"""The law of prepaid cards as dated settings: domain/stored_value/prepaid_law.py."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.points.domain.stored_value.prepaid_law import (
    LEGAL_RULES,
    ChainLimits,
    LegalRule,
    PrepaidLimits,
    check_not_looser,
    limits_on,
    rules_on,
)
from tests.architecture.sources import ROOT

TODAY = date(2026, 5, 1)
OPINION_FROM = date(2011, 5, 23)
MEASURES_FROM = date(2012, 11, 1)
INTERPRETATION_FROM = date(2025, 5, 1)
CHAIN_FIELDS = [each.name for each in fields(ChainLimits)]
GREATER_IS_STRICTER = {"unnamed_validity_months_min", "cooling_off_days"}

chain_limits = st.builds(
    ChainLimits,
    **{
        name: st.none() | st.integers(0, 2 * getattr(limits_on(TODAY), name))
        for name in CHAIN_FIELDS
    },
)


def stricter_or_equal(name: str, one: int, other: int) -> bool:
    """True when `one` forbids all that `other` forbids."""
    return one >= other if name in GREATER_IS_STRICTER else one <= other


class TestLegalRules:
    def test_name_limits_and_units_and_sources(self) -> None:
        names = {each.name for each in fields(PrepaidLimits)}
        for rule in LEGAL_RULES:
            assert rule.name in names
            assert rule.unit in {"fen", "months", "days", "yes_no"}
            assert rule.value > 0
            assert rule.source
            assert rule.article
        assert {rule.name for rule in LEGAL_RULES} == names

    def test_never_hold_twice_on_one_day(self) -> None:
        for rule in LEGAL_RULES:
            for other in LEGAL_RULES:
                if rule is not other and rule.name == other.name:
                    assert not overlap(rule, other)

    def test_are_all_explained_in_the_document(self) -> None:
        text = (ROOT / "docs" / "legal.md").read_text()
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        explained = {line.split("`")[1]: line for line in rows}
        for rule in LEGAL_RULES:
            row = explained[rule.name]
            assert rule.source in row
            assert rule.article in row
            assert rule.valid_from.isoformat() in row
            assert f"{rule.value:,}" in row
        assert set(explained) == {rule.name for rule in LEGAL_RULES}


def overlap(rule: LegalRule, other: LegalRule) -> bool:
    """True when both hold on some day."""
    return rule.valid_from <= (other.valid_until or date.max) and other.valid_from <= (
        rule.valid_until or date.max
    )


class TestLimitsOn:
    def test_gives_the_figures_of_today(self) -> None:
        assert limits_on(TODAY) == PrepaidLimits(
            named_balance_fen_max=5_000_00,
            unnamed_balance_fen_max=1_000_00,
            named_identity_from_fen=1,
            unnamed_identity_from_fen=10_000_00,
            institution_transfer_from_fen=5_000_00,
            individual_transfer_from_fen=50_000_00,
            remote_transfer_from_fen=1,
            named_never_expires=True,
            unnamed_validity_months_min=36,
            expired_balance_reactivated=True,
            cash_refund_balance_fen_max=100_00,
            cooling_off_days=7,
        )

    @pytest.mark.parametrize(
        ("name", "first_day"),
        [
            ("remote_transfer_from_fen", MEASURES_FROM),
            ("cash_refund_balance_fen_max", MEASURES_FROM),
            ("cooling_off_days", INTERPRETATION_FROM),
        ],
    )
    def test_begins_with_the_first_day_of_a_rule(self, name: str, first_day: date) -> None:
        assert getattr(limits_on(first_day - timedelta(days=1)), name) is None
        assert getattr(limits_on(first_day), name) is not None

    def test_knows_no_law_before_the_first(self) -> None:
        limits_on(OPINION_FROM)
        with pytest.raises(Invalid) as caught:
            limits_on(OPINION_FROM - timedelta(days=1))
        assert caught.value.reason == "LAW_NOT_KNOWN"

    def test_a_rule_ends_with_its_last_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        law = "services.points.domain.stored_value.prepaid_law.LEGAL_RULES"
        old, new = date(2030, 1, 31), date(2030, 2, 1)
        rule = next(each for each in LEGAL_RULES if each.name == "named_balance_fen_max")
        changed = (
            *(each for each in LEGAL_RULES if each is not rule),
            replace(rule, valid_until=old),
            replace(rule, valid_from=new, value=4_000_00),
        )
        monkeypatch.setattr(law, changed)
        assert limits_on(old).named_balance_fen_max == 5_000_00
        assert limits_on(new).named_balance_fen_max == 4_000_00

    @given(chain=chain_limits, day=st.dates(OPINION_FROM, date(2040, 1, 1)))
    def test_is_never_looser_than_the_law_nor_than_the_chain(
        self, chain: ChainLimits, day: date
    ) -> None:
        law, both = limits_on(day), limits_on(day, chain)
        for each in fields(PrepaidLimits):
            legal, effective = getattr(law, each.name), getattr(both, each.name)
            own = chain.given().get(each.name)
            if own is not None:
                assert stricter_or_equal(each.name, effective, own)
            if legal is not None:
                assert stricter_or_equal(each.name, effective, legal)
            assert effective in {legal, own}


class TestCheckNotLooser:
    @pytest.mark.parametrize("name", CHAIN_FIELDS)
    def test_accepts_the_law_itself_and_what_is_stricter(self, name: str) -> None:
        law = getattr(limits_on(TODAY), name)
        stricter = law + 1 if name in GREATER_IS_STRICTER else law - 1
        for value in (law, stricter):
            check_not_looser(ChainLimits(**{name: value}), TODAY)

    @pytest.mark.parametrize("name", CHAIN_FIELDS)
    def test_refuses_what_is_looser(self, name: str) -> None:
        law = getattr(limits_on(TODAY), name)
        looser = law - 1 if name in GREATER_IS_STRICTER else law + 1
        with pytest.raises(Invalid) as caught:
            check_not_looser(ChainLimits(**{name: looser}), TODAY)
        assert caught.value.reason == "LIMIT_LOOSER_THAN_LAW"
        assert caught.value.metadata["limit"] == name
        assert caught.value.metadata["law"] == str(law)
        assert caught.value.metadata["source"] == rules_on(TODAY)[name].source

    def test_asks_only_the_rules_of_the_day(self) -> None:
        check_not_looser(ChainLimits(cooling_off_days=3), INTERPRETATION_FROM - timedelta(days=1))
        with pytest.raises(Invalid):
            check_not_looser(ChainLimits(cooling_off_days=3), INTERPRETATION_FROM)

    @given(chain=chain_limits)
    def test_accepts_exactly_what_needs_no_tightening(self, chain: ChainLimits) -> None:
        both = limits_on(TODAY, chain)
        kept = all(getattr(both, name) == value for name, value in chain.given().items())
        if kept:
            check_not_looser(chain, TODAY)
        else:
            with pytest.raises(Invalid):
                check_not_looser(chain, TODAY)
