"""When an account was merged into another: services/points/domain/time_away.py."""

from datetime import UTC, datetime, timedelta

import pytest

from services.points.domain.time_away import AccountMove, TimeAway, place_of, times_away

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def hour(number: int) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=number)


MOVES = [
    AccountMove(3, hour(1), undoes=False),
    AccountMove(4, hour(2), undoes=True),
    AccountMove(7, hour(2), undoes=False),
    AccountMove(8, hour(4), undoes=True),
    AccountMove(9, hour(6), undoes=False),
]


def test_a_merge_lasts_until_its_undoing() -> None:
    expected = [
        TimeAway(3, hour(1), hour(2)),
        TimeAway(7, hour(2), hour(4)),
        TimeAway(9, hour(6), None),
    ]
    assert times_away(reversed(MOVES)) == expected
    assert times_away([]) == []


@pytest.mark.parametrize(
    ("hours", "place"), [(0, None), (1, 3), (2, None), (3, 7), (4, 7), (5, None), (6, 9), (99, 9)]
)
def test_a_bill_belongs_to_the_one_time_that_it_lies_in(hours: int, place: int | None) -> None:
    assert place_of(hour(hours), times_away(MOVES)) == place
