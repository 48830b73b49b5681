"""Caps: what one member gets of a rule in a day or a month, over any number of sales."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import (
    BASE_PROGRAMME,
    Caps,
    CounterKey,
    EarningProgramme,
    SaleFacts,
    Tally,
    counter_keys,
    earn,
)
from tests.fixtures.builders_earning import (
    FENS,
    SALES,
    bonus,
    build_programme,
    build_sale,
    carries,
    earn_all,
    multiplier,
    points_by_rule,
    programmes,
)


class TestEarnUnderCaps:
    def test_stops_at_the_cap_of_the_day_and_goes_on_the_next(self) -> None:
        programme = build_programme(multiplier("double", 20_000, caps=Caps(day_points=10)))
        today = [build_sale(800)] * 3
        tomorrow = [build_sale(800, business_date=date(2026, 5, 2))]
        outcomes, _, counters = earn_all(programme, today + tomorrow)
        assert [points_by_rule(each).get("double@3", 0) for each in outcomes] == [8, 2, 0, 8]
        assert [grant.capped for grant in outcomes[1].grants] == [False, True]
        assert counters[CounterKey("double", "2026-05-01")] == Tally(10_000_000, 1_000_000)

    def test_stops_at_the_cap_of_the_month(self) -> None:
        programme = build_programme(bonus("daily", 4, caps=Caps(day_points=4, month_points=10)))
        days = [build_sale(100, business_date=date(2026, 5, day)) for day in (1, 1, 2, 3, 4)]
        june = [build_sale(100, business_date=date(2026, 6, 1))]
        outcomes, _, _ = earn_all(programme, days + june)
        assert [points_by_rule(each).get("daily@3", 0) for each in outcomes] == [4, 0, 4, 2, 0, 4]

    def test_caps_the_base_and_not_the_extras(self) -> None:
        programme = build_programme(multiplier("double", 20_000), caps=Caps(day_points=10))
        earned = earn(programme, build_sale(1500))
        assert points_by_rule(earned) == {"base@3": 10, "double@3": 15}
        assert earned.grants[0].capped

    def test_lets_the_next_best_rule_take_what_a_cap_left(self) -> None:
        programme = build_programme(
            multiplier("triple", 30_000, caps=Caps(day_points=10)), multiplier("double", 20_000)
        )
        assert points_by_rule(earn(programme, build_sale(1500))) == {
            "base@3": 15,
            "triple@3": 10,  # twice 5.00
            "double@3": 10,  # the other 10.00
        }

    def test_counts_on_when_a_new_version_changes_the_rate(self) -> None:
        rule = multiplier("double", 20_000, caps=Caps(day_points=10))
        first = earn(build_programme(rule), build_sale(800))
        cheaper = build_programme(rule, version=4, fen_per_point=50)
        second = earn(cheaper, build_sale(800), first.carry, first.counters)
        assert points_by_rule(second)["double@4"] == 2
        third = earn(cheaper, build_sale(800), second.carry, second.counters)
        assert "double@4" not in points_by_rule(third)

    def test_asks_for_the_counters_it_uses(self) -> None:
        programme = build_programme(
            bonus("both", 1, caps=Caps(3, 4)),
            multiplier("free", 20_000),
            multiplier("monthly", 30_000, caps=Caps(month_points=4)),
            caps=Caps(day_points=9),
        )
        keys = counter_keys(programme, date(2026, 5, 1))
        assert keys == [
            ("base", "2026-05-01"),
            ("both", "2026-05-01"),
            ("both", "2026-05"),
            ("monthly", "2026-05"),
        ]
        assert set(earn(programme, build_sale(10_000)).counters) == set(keys)
        assert counter_keys(BASE_PROGRAMME, date(2026, 5, 1)) == []

    @given(programmes(), st.lists(SALES, min_size=1, max_size=5))
    def test_never_gives_a_rule_more_than_its_caps(
        self, programme: EarningProgramme, sales: list[SaleFacts]
    ) -> None:
        outcomes, _, counters = earn_all(programme, sales)
        for rule in programme.rules:
            got = sum(points_by_rule(each).get(f"{rule.rule_id}@3", 0) for each in outcomes)
            for cap in rule.caps:
                assert not cap or got <= cap
        for key in counter_keys(programme, sales[0].business_date):
            caps = {rule.rule_id: rule.caps for rule in programme.rules}
            limits = caps.get(key.rule_id, programme.caps)
            cap = limits.day_points if len(key.period) == 10 else limits.month_points
            assert counters.get(key, Tally()).weight <= cap * programme.denominator

    @given(
        st.lists(FENS, min_size=1, max_size=8), st.integers(1, 30), st.integers(1, 30), st.data()
    )
    def test_neither_gains_nor_loses_from_splitting_at_a_cap(
        self, fens: list[int], base_cap: int, extra_cap: int, data: st.DataObject
    ) -> None:
        programme = build_programme(
            multiplier("odd", 17_777, caps=Caps(day_points=extra_cap)), caps=Caps(0, base_cap)
        )
        carried = data.draw(carries(programme.denominator))
        whole = earn(programme, build_sale(*fens), carried)
        outcomes, carry, counters = earn_all(programme, [build_sale(fen) for fen in fens], carried)
        assert sum(each.points for each in outcomes) == whole.points
        assert (carry, counters) == (whole.carry, whole.counters)

    @given(programmes(), SALES)
    def test_grants_what_it_says(self, programme: EarningProgramme, sale: SaleFacts) -> None:
        earned = earn(programme, sale)
        bonuses = sum(each.points for each in earned.basis.bonuses)
        assert earned.points == earned.basis.rate_points + bonuses
        assert all(grant.points > 0 for grant in earned.grants)
        versions = [grant.rule_version for grant in earned.grants]
        assert len(set(versions)) == len(versions)
        assert len(earned.basis.weights) == len(sale.lines)
