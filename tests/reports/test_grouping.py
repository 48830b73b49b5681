"""What can be asked for, and what is refused with which reason."""

from datetime import date

import pytest

from chassis.errors import Forbidden, Invalid
from services.reports.domain.grouping import (
    STORES_MAX,
    Dimension,
    Grouping,
    check_category_depth,
    check_range,
    parse_grouping,
    parse_order,
    stores_to_sum,
)

STORE, DAY, MONTH, CATEGORY, PRODUCT, MEMBER = 1, 2, 3, 4, 5, 6
EVERYWHERE = frozenset({"*"})
NOTHING: frozenset[str] = frozenset()
BY_STORE = Grouping(Dimension.STORE, None)
BY_DAY = Grouping(None, Dimension.DAY)
BY_STORE_AND_MONTH = Grouping(Dimension.STORE, Dimension.MONTH)
CHAIN_WIDE = [
    Grouping(key, period)
    for key in (Dimension.CATEGORY, Dimension.PRODUCT, Dimension.MEMBER)
    for period in (None, Dimension.DAY, Dimension.MONTH)
]


class TestParseGrouping:
    @pytest.mark.parametrize("key", [STORE, CATEGORY, PRODUCT, MEMBER])
    @pytest.mark.parametrize("period", [None, DAY, MONTH])
    def test_takes_one_key_with_or_without_a_period(self, key: int, period: int | None) -> None:
        expected = Grouping(Dimension(key), Dimension(period) if period else None)
        numbers = [key, period] if period else [key]
        assert parse_grouping(numbers) == expected
        assert parse_grouping(list(reversed(numbers))) == expected

    @pytest.mark.parametrize("period", [DAY, MONTH])
    def test_takes_a_period_alone(self, period: int) -> None:
        assert parse_grouping([period]) == Grouping(None, Dimension(period))

    @pytest.mark.parametrize(
        ("numbers", "reason"),
        [
            ([], "GROUP_BY_MISSING"),
            ([0], "UNKNOWN_DIMENSION"),
            ([STORE, 7], "UNKNOWN_DIMENSION"),
            ([-1], "UNKNOWN_DIMENSION"),
            ([DAY, DAY], "DUPLICATE_DIMENSION"),
            ([STORE, DAY, STORE], "DUPLICATE_DIMENSION"),
            ([STORE, PRODUCT], "DIMENSIONS_DO_NOT_COMBINE"),
            ([CATEGORY, DAY, MEMBER], "DIMENSIONS_DO_NOT_COMBINE"),
            ([DAY, MONTH], "DIMENSIONS_DO_NOT_COMBINE"),
            ([STORE, DAY, MONTH], "DIMENSIONS_DO_NOT_COMBINE"),
        ],
    )
    def test_refuses_what_does_not_combine(self, numbers: list[int], reason: str) -> None:
        with pytest.raises(Invalid) as refusal:
            parse_grouping(numbers)
        assert refusal.value.reason == reason


class TestParseOrder:
    @pytest.mark.parametrize("number", [-1, 2])
    def test_refuses_an_unknown_order(self, number: int) -> None:
        with pytest.raises(Invalid, match="UNKNOWN_ORDER"):
            parse_order(number)


class TestCheckCategoryDepth:
    def test_takes_a_depth_with_categories(self) -> None:
        check_category_depth(Grouping(Dimension.CATEGORY, None), 3)
        check_category_depth(BY_DAY, 0)

    @pytest.mark.parametrize(
        ("grouping", "depth"), [(Grouping(Dimension.CATEGORY, None), -1), (BY_STORE, 1)]
    )
    def test_refuses_a_depth_that_means_nothing(self, grouping: Grouping, depth: int) -> None:
        with pytest.raises(Invalid, match="INVALID_CATEGORY_DEPTH"):
            check_category_depth(grouping, depth)


class TestCheckRange:
    @pytest.mark.parametrize(
        ("first", "last"),
        [
            (date(2026, 1, 1), date(2026, 1, 1)),
            (date(2020, 2, 29), date(2025, 2, 28)),
            (date(2021, 5, 6), date(2026, 5, 6)),
            (date(9996, 1, 1), date(9999, 12, 31)),
            (date(1, 1, 1), date(6, 1, 1)),
        ],
    )
    def test_takes_up_to_five_years(self, first: date, last: date) -> None:
        check_range(first, last)

    @pytest.mark.parametrize(
        ("first", "last", "reason"),
        [
            (date(2026, 1, 2), date(2026, 1, 1), "DATES_REVERSED"),
            (date(2021, 5, 6), date(2026, 5, 7), "RANGE_TOO_LONG"),
            (date(1, 1, 1), date(9999, 12, 31), "RANGE_TOO_LONG"),
        ],
    )
    def test_refuses_other_ranges(self, first: date, last: date, reason: str) -> None:
        with pytest.raises(Invalid) as refusal:
            check_range(first, last)
        assert refusal.value.reason == reason


class TestStoresToSum:
    @pytest.mark.parametrize("grouping", [BY_STORE, BY_DAY, BY_STORE_AND_MONTH])
    def test_gives_everything_to_a_token_for_every_store(self, grouping: Grouping) -> None:
        assert stores_to_sum(grouping, NOTHING, EVERYWHERE) is None
        assert stores_to_sum(grouping, frozenset("ab"), EVERYWHERE) == frozenset("ab")

    @pytest.mark.parametrize("grouping", CHAIN_WIDE)
    def test_refuses_a_store_filter_where_stores_are_not_told_apart(
        self, grouping: Grouping
    ) -> None:
        assert stores_to_sum(grouping, NOTHING, EVERYWHERE) is None
        with pytest.raises(Invalid, match="STORE_FILTER_NOT_ALLOWED"):
            stores_to_sum(grouping, frozenset("a"), EVERYWHERE)

    @pytest.mark.parametrize("grouping", CHAIN_WIDE)
    def test_refuses_sums_over_the_chain_to_a_token_of_some_stores(
        self, grouping: Grouping
    ) -> None:
        with pytest.raises(Forbidden, match="STORE_OUT_OF_SCOPE"):
            stores_to_sum(grouping, NOTHING, frozenset("ab"))

    def test_filters_rows_by_store_to_the_scope(self) -> None:
        assert stores_to_sum(BY_STORE, NOTHING, frozenset("ab")) == frozenset("ab")

    @pytest.mark.parametrize("grouping", [BY_DAY, Grouping(None, Dimension.MONTH)])
    def test_refuses_totals_whose_stores_are_not_named(self, grouping: Grouping) -> None:
        with pytest.raises(Forbidden, match="STORE_FILTER_MISSING"):
            stores_to_sum(grouping, NOTHING, frozenset("ab"))

    @pytest.mark.parametrize("grouping", [BY_STORE, BY_DAY, BY_STORE_AND_MONTH])
    def test_refuses_a_store_beyond_the_scope(self, grouping: Grouping) -> None:
        assert stores_to_sum(grouping, frozenset("a"), frozenset("ab")) == frozenset("a")
        with pytest.raises(Forbidden, match="STORE_OUT_OF_SCOPE"):
            stores_to_sum(grouping, frozenset("ac"), frozenset("ab"))

    @pytest.mark.parametrize("grouping", [BY_STORE, BY_DAY])
    def test_refuses_a_token_without_stores(self, grouping: Grouping) -> None:
        for wanted in (NOTHING, frozenset("a")):
            with pytest.raises(Forbidden, match="STORE_OUT_OF_SCOPE"):
                stores_to_sum(grouping, wanted, NOTHING)

    def test_refuses_more_stores_than_a_question_may_name(self) -> None:
        many = frozenset(str(number) for number in range(STORES_MAX + 1))
        with pytest.raises(Invalid, match="TOO_MANY_STORES"):
            stores_to_sum(BY_STORE, many, EVERYWHERE)
