"""Until when points can be spent: calendar arithmetic, nothing else."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

# A hundred years. Longer is a typing error; who means for ever says NEVER.
DAYS_MAX = 36_500
MONTHS_MAX = 1_200
YEARS_MAX = 100


class ExpiryKind(Enum):
    """How the last day is found."""

    NEVER = "NEVER"
    DAYS = "DAYS"  # `count` days later, at least 1
    END_OF_MONTH = "END_OF_MONTH"  # the last day of the month `count` months later; 0: this month
    END_OF_YEAR = "END_OF_YEAR"  # the last day of the year `count` years later; 0: this year


_COUNTS = {
    ExpiryKind.NEVER: range(0, 1),
    ExpiryKind.DAYS: range(1, DAYS_MAX + 1),
    ExpiryKind.END_OF_MONTH: range(0, MONTHS_MAX + 1),
    ExpiryKind.END_OF_YEAR: range(0, YEARS_MAX + 1),
}


@dataclass(frozen=True, slots=True)
class ExpiryPolicy:
    """When points end. ValueError for a count that the kind does not allow."""

    kind: ExpiryKind = ExpiryKind.NEVER
    count: int = 0

    def __post_init__(self) -> None:
        allowed = _COUNTS[self.kind]
        if self.count not in allowed:
            raise ValueError(
                f"{self.kind.value} takes a count of {allowed.start} to {allowed.stop - 1}"
            )


NEVER = ExpiryPolicy()


def expiry_date(policy: ExpiryPolicy, from_date: date) -> date | None:
    """The last business date on which points can be spent that can be spent from `from_date` on.

    None when they never expire, and where the calendar ends before they do.
    """
    kind, count = policy.kind, policy.count
    if kind is ExpiryKind.NEVER:
        return None
    try:
        if kind is ExpiryKind.DAYS:
            return from_date + timedelta(days=count)
        if kind is ExpiryKind.END_OF_YEAR:
            return date(from_date.year + count, 12, 31)
        years, month = divmod(from_date.month - 1 + count, 12)
        year = from_date.year + years
        return date(year, month + 1, monthrange(year, month + 1)[1])
    except (OverflowError, ValueError):  # after the year 9999
        return None
