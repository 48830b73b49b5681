"""The store's day may end after midnight, China time."""

from datetime import UTC, date, datetime

import pytest

from services.devices.domain.business_day import business_date


class TestBusinessDate:
    @pytest.mark.parametrize(
        ("moment", "day_ends_at_hour", "expected"),
        [
            (datetime(2026, 4, 30, 15, 59, 59, tzinfo=UTC), 0, date(2026, 4, 30)),
            (datetime(2026, 4, 30, 16, 0, tzinfo=UTC), 0, date(2026, 5, 1)),
            (datetime(2026, 4, 30, 18, 59, 59, tzinfo=UTC), 3, date(2026, 4, 30)),
            (datetime(2026, 4, 30, 19, 0, tzinfo=UTC), 3, date(2026, 5, 1)),
            (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), 2, date(2025, 12, 31)),
            (datetime(2028, 2, 29, 17, 0, tzinfo=UTC), 2, date(2028, 2, 29)),
        ],
    )
    def test_follows_the_hour_at_which_the_day_ends(
        self, moment: datetime, day_ends_at_hour: int, expected: date
    ) -> None:
        assert business_date(moment, day_ends_at_hour) == expected
