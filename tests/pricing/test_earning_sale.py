"""What a sale earns: rates, stacking, and that splitting a basket changes nothing."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import (
    BASE_PROGRAMME,
    BASE_RULE,
    Carry,
    Conditions,
    EarningLine,
    EarningProgramme,
    ExpiryKind,
    ExpiryPolicy,
    Multiplier,
    Rounding,
    SaleFacts,
    Scope,
    earn,
    points_earned,
)
from pricing.errors import PricingError
from tests.fixtures.builders_earning import (
    FENS,
    LINES,
    SALES,
    bonus,
    build_line,
    build_programme,
    build_sale,
    carries,
    earn_all,
    multiplier,
    points_by_rule,
    programmes,
)

MEAT = Scope(category_ids=frozenset({"meat"}))
TOBACCO = Scope(category_ids=frozenset({"tobacco"}))


def line_bp(programme: EarningProgramme, line: EarningLine) -> int:
    """The model of stacking, for rules without conditions and caps."""
    effects = [
        rule.effect
        for rule in programme.rules
        if isinstance(rule.effect, Multiplier) and rule.scope.holds(line)
    ]
    reductions = [each.multiplier_bp for each in effects if each.multiplier_bp < 10_000]
    if reductions:
        return min(reductions)
    single = [each.multiplier_bp for each in effects if not each.stackable]
    extras = [each.multiplier_bp - 10_000 for each in effects if each.stackable]
    return max([10_000, *single]) + sum(extras)


class TestEarnAtTheBase:
    @given(st.lists(FENS, min_size=1, max_size=8))
    def test_gives_what_the_base_rule_always_gave(self, fens: list[int]) -> None:
        earned = earn(BASE_PROGRAMME, build_sale(*fens), Carry(7, 9))
        assert earned.points == points_earned(BASE_RULE, sum(fens))
        assert earned.carry == Carry(7, 9)
        assert {grant.rule_version for grant in earned.grants} <= {BASE_RULE.rule_version}

    def test_makes_one_lot_that_says_what_it_was(self) -> None:
        earned = earn(BASE_PROGRAMME, build_sale(1250, 50))
        (grant,) = earned.grants
        assert grant.rule_version == "base@1"
        assert (grant.points, grant.pending_days, grant.expiry_date) == (13, 0, None)
        assert (grant.basis_fen, grant.weight, grant.capped) == (1300, 13_000_000, False)
        assert earned.basis.weights == (12_500_000, 500_000)
        assert earned.basis.rate_points == 13

    def test_makes_no_lot_of_nothing(self) -> None:
        earned = earn(build_programme(), build_sale(99))
        assert earned.grants == ()
        assert earned.points == 0
        assert earned.carry == Carry(990_000, 1_000_000)

    def test_carries_the_remainder_to_the_next_sale(self) -> None:
        outcomes, carry, _ = earn_all(build_programme(), [build_sale(60)] * 5)
        assert [earned.points for earned in outcomes] == [0, 1, 0, 1, 1]
        assert carry == Carry(0, 1_000_000)

    def test_takes_a_carry_of_another_rate_over_rounded_down(self) -> None:
        programme = build_programme(fen_per_point=3)
        assert earn(programme, build_sale(0), Carry(99, 100)).carry == Carry(29_700, 30_000)
        assert earn(programme, build_sale(0), Carry(2, 3_001)).carry == Carry(19, 30_000)

    def test_refuses_a_negative_line_even_in_a_positive_sale(self) -> None:
        for programme in (BASE_PROGRAMME, build_programme(bonus("b", 5))):
            with pytest.raises(PricingError) as refused:
                earn(programme, build_sale(500, -1))
            assert refused.value.reason == "NEGATIVE_AMOUNT"

    def test_dates_lots_from_the_day_they_can_be_spent(self) -> None:
        programme = build_programme(
            pending_days=31, expiry=ExpiryPolicy(ExpiryKind.END_OF_MONTH, 0)
        )
        (grant,) = earn(programme, build_sale(100)).grants
        assert (grant.pending_days, grant.expiry_date) == (31, date(2026, 6, 30))


class TestEarnByMultipliers:
    def test_names_the_extra_by_its_rule(self) -> None:
        programme = build_programme(multiplier("double", 20_000, scope=MEAT))
        earned = earn(programme, build_sale(1000, build_line(500, "meat")))
        assert points_by_rule(earned) == {"base@3": 15, "double@3": 5}
        base, double = earned.grants
        assert (base.basis_fen, double.basis_fen) == (1500, 500)
        assert earned.basis.weights == (10_000_000, 10_000_000)

    def test_joins_fractions_under_the_base(self) -> None:
        programme = build_programme(multiplier("half-more", 15_000))
        earned = earn(programme, build_sale(150), Carry(750_000, 1_000_000))
        assert points_by_rule(earned) == {"base@3": 3}
        assert earned.carry.numerator == 0

    def test_skips_rules_whose_conditions_do_not_hold(self) -> None:
        gold = Conditions(tiers=frozenset({"gold"}))
        programme = build_programme(multiplier("gold", 20_000, conditions=gold))
        assert earn(programme, build_sale(100, tier="silver")).points == 1
        assert earn(programme, build_sale(100, tier="gold")).points == 2

    def test_takes_the_best_and_adds_what_stacks(self) -> None:
        programme = build_programme(
            multiplier("double", 20_000),
            multiplier("triple", 30_000),
            multiplier("plus", 15_000, stackable=True),
        )
        assert points_by_rule(earn(programme, build_sale(1000))) == {
            "base@3": 10,
            "triple@3": 20,
            "plus@3": 5,
        }

    def test_lets_the_earlier_of_two_equal_rules_count(self) -> None:
        programme = build_programme(multiplier("one", 20_000), multiplier("two", 20_000))
        assert points_by_rule(earn(programme, build_sale(100))) == {"base@3": 1, "one@3": 1}

    def test_lets_a_reduction_stand_alone(self) -> None:
        programme = build_programme(
            multiplier("none", 0, scope=TOBACCO),
            multiplier("half", 5_000, scope=Scope(frozenset({"tobacco", "meat"}))),
            multiplier("double", 20_000),
            multiplier("plus", 15_000, stackable=True),
            bonus("big", 7, minimum_fen=3000),
        )
        lines = (build_line(1000, "tobacco"), build_line(1000, "meat"), build_line(1000))
        earned = earn(programme, build_sale(*lines))
        assert earned.basis.weights == (0, 5_000_000, 25_000_000)
        assert earned.points == 30
        assert earned.basis.bonuses == ()
        assert earned.grants[0].basis_fen == 2000

    def test_gives_each_rule_its_own_pending_days_and_expiry(self) -> None:
        programme = build_programme(
            multiplier("double", 20_000, pending_days=0, expiry=ExpiryPolicy(ExpiryKind.DAYS, 30)),
            bonus("gift", 5),
            pending_days=7,
            expiry=ExpiryPolicy(ExpiryKind.END_OF_YEAR, 1),
        )
        assert {
            grant.rule_version: (grant.pending_days, grant.expiry_date)
            for grant in earn(programme, build_sale(100)).grants
        } == {
            "base@3": (7, date(2027, 12, 31)),
            "double@3": (0, date(2026, 5, 31)),
            "gift@3": (7, date(2027, 12, 31)),
        }

    @given(programmes(capped=False), SALES, st.data())
    def test_gives_the_exact_sum_of_the_lines(
        self, programme: EarningProgramme, sale: SaleFacts, data: st.DataObject
    ) -> None:
        carried = data.draw(carries(programme.denominator))
        earned = earn(programme, sale, carried)
        value = sum(
            Fraction(line.earning_fen * line_bp(programme, line), programme.denominator)
            for line in sale.lines
        )
        if programme.rounding is Rounding.CARRY:
            value += Fraction(*carried)
            assert Fraction(*earned.carry) == value - int(value)
        else:
            assert earned.carry == carried
        assert earned.basis.rate_points == int(value)

    @given(programmes(capped=False), st.lists(LINES, min_size=1, max_size=8), st.data())
    def test_neither_gains_nor_loses_from_splitting_a_basket(
        self, programme: EarningProgramme, lines: list[EarningLine], data: st.DataObject
    ) -> None:
        carried = data.draw(carries(programme.denominator))
        places = data.draw(st.lists(st.integers(0, 3), min_size=len(lines), max_size=len(lines)))
        parts = [
            build_sale(*[line for line, at in zip(lines, places, strict=True) if at == place])
            for place in range(4)
        ]
        whole = earn(programme, build_sale(*lines), carried)
        outcomes, carry, _ = earn_all(programme, parts, carried)
        split = sum(earned.basis.rate_points for earned in outcomes)
        if programme.rounding is Rounding.CARRY:
            assert (split, carry) == (whole.basis.rate_points, whole.carry)
        else:
            assert split <= whole.basis.rate_points


class TestEarnFixedBonuses:
    def test_gives_each_once_from_its_minimum_on(self) -> None:
        programme = build_programme(bonus("meat", 5, 1000, scope=MEAT), bonus("any", 3))
        outcomes = [
            earn(programme, build_sale(5000, build_line(fen, "meat"))) for fen in (999, 1000)
        ]
        assert "meat@3" not in points_by_rule(outcomes[0])
        assert points_by_rule(outcomes[1])["meat@3"] == 5
        assert points_by_rule(outcomes[1])["any@3"] == 3

    def test_gives_none_for_nothing_spent(self) -> None:
        assert earn(build_programme(bonus("any", 3)), build_sale(0)).points == 0

    def test_leaves_the_weights_alone(self) -> None:
        plain, with_bonus = (
            earn(programme, build_sale(150)).basis
            for programme in (build_programme(), build_programme(bonus("any", 3)))
        )
        assert with_bonus.weights == plain.weights
        assert with_bonus.rate_points == plain.rate_points
