"""The arithmetic of the home page: integers, exact sums, halves to even."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.portal.domain.figures import (
    StoreFigures,
    Sum,
    change_bp,
    compare_stores,
    days_until,
    divide_half_even,
    draw_chart,
)

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)
DAYS = days_until(date(2026, 3, 14), 3)


class TestDivideHalfEven:
    @given(AMOUNTS, st.integers(min_value=1, max_value=10**12))
    def test_rounds_as_fractions_do(self, numerator: int, denominator: int) -> None:
        assert divide_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


class TestSum:
    def test_averages_a_sale(self) -> None:
        assert Sum(1000, 3).basket_fen == 333
        assert Sum(5, 2).basket_fen == 2
        assert Sum(7, 2).basket_fen == 4

    def test_averages_a_sale_before_returns(self) -> None:
        assert Sum(-500, 3, 1500).basket_fen == 333

    def test_adds_returns_up(self) -> None:
        assert Sum(5, 1, 2) + Sum(-7, 0, 7) == Sum(-2, 1, 9)

    def test_has_no_average_without_sales(self) -> None:
        assert Sum(0, 0).basket_fen is None


class TestChange:
    def test_compares(self) -> None:
        assert change_bp(150, 100) == 5000
        assert change_bp(50, 100) == -5000

    def test_compares_nothing_with_nothing(self) -> None:
        assert change_bp(100, 0) is None
        assert change_bp(100, -5) is None
        assert change_bp(None, 100) is None
        assert change_bp(100, None) is None


class TestCompareStores:
    def test_keeps_a_store_that_sold_nothing(self) -> None:
        stores = compare_stores({"a": "甲", "b": "", "c": "丙"}, {"c": Sum(5, 1)}, {"a": Sum(9, 2)})
        assert stores == (
            StoreFigures("c", "丙", Sum(5, 1), Sum()),
            StoreFigures("b", "b", Sum(), Sum()),
            StoreFigures("a", "甲", Sum(), Sum(9, 2)),
        )


class TestDrawChart:
    @given(
        st.dictionaries(
            st.tuples(st.sampled_from("abcd"), st.sampled_from(DAYS)), AMOUNTS, max_size=12
        )
    )
    def test_adds_up_to_the_totals(self, sold: dict[tuple[str, date], int]) -> None:
        totals = {
            day: sum(fen for (_, sold_on), fen in sold.items() if sold_on == day) for day in DAYS
        }
        chart = draw_chart(DAYS, [("a", "甲"), ("b", "乙")], sold, totals)
        assert chart.totals_fen == tuple(totals[day] for day in DAYS)
        assert [series.name for series in chart.series][:2] == ["甲", "乙"]

    def test_draws_no_rest_of_nothing(self) -> None:
        chart = draw_chart(DAYS, [("a", "甲")], {("a", DAYS[0]): 5}, {DAYS[0]: 5})
        assert [series.revenue_fen for series in chart.series] == [(5, 0, 0)]
