"""What no document may exceed, whatever the programme says. Pure."""

from datetime import UTC, date, datetime, timedelta

from chassis.errors import Invalid

# Ten million yuan, or points, on one bill are a typing error, not trade.
AMOUNT_FEN_MAX = 1_000_000_000
CODE_LENGTH_MAX = 64
# China has one time zone and no summer time; the stores are in it.
STORE_TIME_OFFSET = timedelta(hours=8)

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Clocks of tills run a little ahead; more than this is a wrong clock.
FUTURE_MAX = timedelta(minutes=5)
# A store's day may end after midnight and its zone may be 14 hours from UTC, no more.
_BUSINESS_DATE_DISTANCE_DAYS_MAX = 2
# Nobody asks what a document would do in two years.
_QUOTED_AHEAD_MAX = timedelta(days=366)


def require_reason(reason: str) -> None:
    """Invalid REASON_REQUIRED for a decision that nobody has explained in what can be seen."""
    if not any(each.isprintable() and not each.isspace() for each in reason):
        raise Invalid("REASON_REQUIRED", "a decision needs a reason", {"field": "reason"})


def ledger_day(now: datetime) -> date:
    """The day that limits of a day count by: China's, by the ledger's clock.

    The business date is stated by who asks, and could be another one for every document.
    """
    return (now + STORE_TIME_OFFSET).date()


def check_time(occurred_at: datetime, business_date: date, now: datetime, field: str) -> None:
    """Invalid INVALID_TIME or INVALID_BUSINESS_DATE for a clock or a day that cannot be."""
    if not _EARLIEST <= occurred_at <= now + FUTURE_MAX:
        raise Invalid(
            "INVALID_TIME",
            f"{field} must lie between the year 2000 and now",
            {"field": field, "value": occurred_at.isoformat()},
        )
    distance = abs((business_date - occurred_at.date()).days)
    if distance > _BUSINESS_DATE_DISTANCE_DAYS_MAX:
        raise Invalid(
            "INVALID_BUSINESS_DATE",
            f"business_date is too far from {field}",
            {"business_date": business_date, field: occurred_at.isoformat()},
        )


def check_quoted_date(business_date: date, now: datetime) -> None:
    """Invalid INVALID_BUSINESS_DATE for a day that no document could bear."""
    last = (now + _QUOTED_AHEAD_MAX).date()
    if not _EARLIEST.date() <= business_date <= last:
        raise Invalid(
            "INVALID_BUSINESS_DATE",
            f"business_date must lie between the year 2000 and {last}",
            {"business_date": business_date},
        )
