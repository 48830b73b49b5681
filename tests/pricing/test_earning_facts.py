"""When a rule holds and which lines it looks at: each condition alone, at both edges."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import Birthday, Conditions, EarningLine, Scope, earning_fen
from pricing.errors import PricingError
from tests.fixtures.builders_earning import DAY, build_sale

LINE = EarningLine("beef", "meat", "Angus", 100)
NIGHT = Conditions(minutes=(22 * 60, 2 * 60))
LUNCH = Conditions(minutes=(11 * 60, 14 * 60))
TIERS = Conditions(tiers=frozenset({"gold", "black"}))
STORES = Conditions(store_ids=frozenset({"s1"}))
MAY = Conditions(first_date=date(2026, 5, 1), last_date=date(2026, 5, 31))
WEEKEND = Conditions(weekdays=frozenset({6, 7}))
BIRTHDAY = Conditions(birthday=Birthday.DAY)
BIRTHDAY_MONTH = Conditions(birthday=Birthday.MONTH)
FIRST = Conditions(first_purchase=True)


class TestConditions:
    def test_hold_for_any_sale_when_empty(self) -> None:
        assert Conditions().hold(build_sale(1))

    @pytest.mark.parametrize(
        ("conditions", "facts", "holds"),
        [
            (TIERS, {"tier": "gold"}, True),
            (TIERS, {"tier": "silver"}, False),
            (TIERS, {"tier": ""}, False),
            (STORES, {"store_id": "s1"}, True),
            (STORES, {"store_id": "s2"}, False),
            (MAY, {"business_date": date(2026, 4, 30)}, False),
            (MAY, {"business_date": date(2026, 5, 1)}, True),
            (MAY, {"business_date": date(2026, 5, 31)}, True),
            (MAY, {"business_date": date(2026, 6, 1)}, False),
            (LUNCH, {"local_minute": 11 * 60 - 1}, False),
            (LUNCH, {"local_minute": 11 * 60}, True),
            (LUNCH, {"local_minute": 14 * 60 - 1}, True),
            (LUNCH, {"local_minute": 14 * 60}, False),
            (NIGHT, {"local_minute": 22 * 60 - 1}, False),
            (NIGHT, {"local_minute": 22 * 60}, True),
            (NIGHT, {"local_minute": 0}, True),
            (NIGHT, {"local_minute": 2 * 60 - 1}, True),
            (NIGHT, {"local_minute": 2 * 60}, False),
            (WEEKEND, {"business_date": date(2026, 5, 1)}, False),
            (WEEKEND, {"business_date": date(2026, 5, 2)}, True),
            (WEEKEND, {"business_date": date(2026, 5, 3)}, True),
            (BIRTHDAY, {"is_birthday": True}, True),
            (BIRTHDAY, {"is_birthday_month": True}, False),
            (BIRTHDAY_MONTH, {"is_birthday_month": True}, True),
            (BIRTHDAY_MONTH, {}, False),
            (FIRST, {"is_first_purchase": True}, True),
            (FIRST, {}, False),
        ],
    )
    def test_hold_when_each_is_met(
        self, conditions: Conditions, facts: dict[str, object], holds: bool
    ) -> None:
        assert conditions.hold(build_sale(1, **facts)) is holds

    def test_must_all_be_met(self) -> None:
        both = Conditions(tiers=frozenset({"gold"}), first_purchase=True)
        assert both.hold(build_sale(1, tier="gold", is_first_purchase=True))
        assert not both.hold(build_sale(1, tier="gold"))
        assert not both.hold(build_sale(1, is_first_purchase=True))

    @pytest.mark.parametrize(
        "broken",
        [
            {"minutes": (0, 0)},
            {"minutes": (-1, 60)},
            {"minutes": (1440, 60)},
            {"minutes": (60, 1441)},
            {"minutes": (60, 0)},
            {"weekdays": frozenset({0})},
            {"weekdays": frozenset({8})},
            {"first_date": DAY, "last_date": date(2026, 4, 30)},
        ],
    )
    def test_refuse_what_can_never_hold(self, broken: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"minutes|weekdays|first_date"):
            Conditions(**broken)  # type: ignore[arg-type]

    @given(st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 1439))
    def test_divide_the_day_in_two(self, start: int, end: int, minute: int) -> None:
        if start == end or end == 1440 or start == 0:
            return  # the other half cannot be written
        sale = build_sale(1, local_minute=minute)
        inside = Conditions(minutes=(start, end)).hold(sale)
        assert inside is not Conditions(minutes=(end, start)).hold(sale)


class TestScope:
    @pytest.mark.parametrize(
        ("scope", "holds"),
        [
            (Scope(), True),
            (Scope(category_ids=frozenset({"meat", "milk"})), True),
            (Scope(category_ids=frozenset({"milk"})), False),
            (Scope(brands=frozenset({"Angus"})), True),
            (Scope(brands=frozenset({"angus"})), False),
            (Scope(product_ids=frozenset({"beef"})), True),
            (Scope(product_ids=frozenset({"pork"})), False),
            (Scope(frozenset({"meat"}), frozenset({"Angus"}), frozenset({"beef"})), True),
            (Scope(frozenset({"meat"}), frozenset({"other"}), frozenset({"beef"})), False),
        ],
    )
    def test_holds_for_lines_that_meet_all(self, scope: Scope, holds: bool) -> None:
        assert scope.holds(LINE) is holds


class TestEarningFen:
    def test_takes_what_earns_nothing_off_in_proportion(self) -> None:
        assert earning_fen([300, 100, 0], 100) == [225, 75, 0]

    def test_leaves_everything_when_nothing_is_off(self) -> None:
        assert earning_fen([300, 100], 0) == [300, 100]

    def test_refuses_more_than_the_bill(self) -> None:
        with pytest.raises(PricingError) as refused:
            earning_fen([300, 100], 401)
        assert refused.value.reason == "ALLOCATION_EXCEEDS_CAPS"

    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=10), st.data())
    def test_adds_up(self, nets: list[int], data: st.DataObject) -> None:
        off = data.draw(st.integers(0, sum(nets)))
        left = earning_fen(nets, off)
        assert sum(left) == sum(nets) - off
        assert all(0 <= rest <= net for rest, net in zip(left, nets, strict=True))
