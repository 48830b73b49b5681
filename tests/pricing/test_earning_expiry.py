"""The last day of points: calendar edges, leap years, the end of the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.earning import ExpiryKind, ExpiryPolicy, expiry_date


class TestExpiryDate:
    @pytest.mark.parametrize(
        ("kind", "count", "from_date", "last"),
        [
            (ExpiryKind.NEVER, 0, date(2026, 5, 1), None),
            (ExpiryKind.DAYS, 1, date(2026, 12, 31), date(2027, 1, 1)),
            (ExpiryKind.DAYS, 365, date(2027, 3, 1), date(2028, 2, 29)),
            (ExpiryKind.END_OF_MONTH, 0, date(2026, 4, 30), date(2026, 4, 30)),
            (ExpiryKind.END_OF_MONTH, 1, date(2028, 1, 31), date(2028, 2, 29)),
            (ExpiryKind.END_OF_MONTH, 1, date(2026, 1, 31), date(2026, 2, 28)),
            (ExpiryKind.END_OF_MONTH, 8, date(2026, 5, 1), date(2027, 1, 31)),
            (ExpiryKind.END_OF_MONTH, 7, date(2026, 5, 1), date(2026, 12, 31)),
            (ExpiryKind.END_OF_YEAR, 0, date(2026, 12, 31), date(2026, 12, 31)),
            (ExpiryKind.END_OF_YEAR, 1, date(2026, 5, 1), date(2027, 12, 31)),
        ],
    )
    def test_is_the_last_day_of_use(
        self, kind: ExpiryKind, count: int, from_date: date, last: date | None
    ) -> None:
        assert expiry_date(ExpiryPolicy(kind, count), from_date) == last

    @pytest.mark.parametrize(
        ("kind", "count"),
        [(ExpiryKind.DAYS, 1), (ExpiryKind.END_OF_MONTH, 1), (ExpiryKind.END_OF_YEAR, 1)],
    )
    def test_is_never_where_the_calendar_ends(self, kind: ExpiryKind, count: int) -> None:
        assert expiry_date(ExpiryPolicy(kind, count), date.max) is None

    @given(
        st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        st.sampled_from([kind for kind in ExpiryKind if kind is not ExpiryKind.NEVER]),
        st.integers(1, 100),
    )
    def test_never_lies_in_the_past_and_grows_with_the_count(
        self, from_date: date, kind: ExpiryKind, count: int
    ) -> None:
        sooner = expiry_date(ExpiryPolicy(kind, count), from_date)
        assert sooner is not None
        assert sooner >= from_date
        if count < 100:
            later = expiry_date(ExpiryPolicy(kind, count + 1), from_date)
            assert later is not None
            assert later > sooner
        if kind is ExpiryKind.END_OF_MONTH:
            assert (sooner.year * 12 + sooner.month) - (from_date.year * 12 + from_date.month) == (
                count
            )


class TestExpiryPolicy:
    @pytest.mark.parametrize(
        ("kind", "count"),
        [
            (ExpiryKind.NEVER, 1),
            (ExpiryKind.DAYS, 0),
            (ExpiryKind.DAYS, 36_501),
            (ExpiryKind.END_OF_MONTH, -1),
            (ExpiryKind.END_OF_MONTH, 1_201),
            (ExpiryKind.END_OF_YEAR, -1),
            (ExpiryKind.END_OF_YEAR, 101),
        ],
    )
    def test_refuses_a_count_that_the_kind_does_not_allow(
        self, kind: ExpiryKind, count: int
    ) -> None:
        with pytest.raises(ValueError, match="takes a count of"):
            ExpiryPolicy(kind, count)
