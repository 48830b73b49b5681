"""What no document may exceed, whatever the programme says. Pure."""

from datetime import UTC, date, datetime, timedelta

from chassis.errors import Invalid

# Ten million yuan, or points, on one bill are a typing error, not trade.
AMOUNT_FEN_MAX = 1_000_000_000
CODE_LENGTH_MAX = 64
# China has one time zone and no summer time; the stores are in it.
STORE_TIME_OFFSET = timedelta(hours=8)

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Clocks of tills and askers run a little ahead; more than this is a wrong clock.
FUTURE_MAX = timedelta(minutes=5)
# A store's day may end after midnight, and people set the clocks of tills.
BUSINESS_DATE_DISTANCE_DAYS_MAX = 2
# Nobody asks what a document would do in two years.
_QUOTED_AHEAD_MAX = timedelta(days=366)


def require_reason(reason: str) -> None:
    """Invalid REASON_REQUIRED for a decision that nobody has explained in what can be seen."""
    if not any(each.isprintable() and not each.isspace() for each in reason):
        raise Invalid("REASON_REQUIRED", "a decision needs a reason", {"field": "reason"})


def check_amount(field: str, value: int, *, least: int = 1) -> None:
    """Invalid INVALID_AMOUNT outside of what any document may be about."""
    if not least <= value <= AMOUNT_FEN_MAX:
        raise invalid_amount(field, value, least)


def invalid_amount(field: str, value: int, least: int) -> Invalid:
    """The refusal of an amount outside its range."""
    return Invalid(
        "INVALID_AMOUNT",
        f"{field} must be {least} to {AMOUNT_FEN_MAX}",
        {"field": field, "value": value},
    )


def ledger_day(moment: datetime) -> date:
    """The day in China at a moment: where nobody states a business date, and for limits of a day.

    A stated one could be another for every document.
    """
    return (moment + STORE_TIME_OFFSET).date()


def check_moment(moment: datetime, now: datetime, field: str) -> None:
    """Invalid INVALID_TIME for a moment that lies ahead, or before there were ledgers."""
    if not _EARLIEST <= moment <= now + FUTURE_MAX:
        raise Invalid(
            "INVALID_TIME",
            f"{field} must lie between the year 2000 and now",
            {"field": field, "value": moment.isoformat()},
        )


def check_time(occurred_at: datetime, business_date: date, now: datetime, field: str) -> None:
    """Invalid INVALID_TIME or INVALID_BUSINESS_DATE for a clock or a day that cannot be."""
    check_moment(occurred_at, now, field)
    distance = abs((business_date - ledger_day(occurred_at)).days)
    if distance > BUSINESS_DATE_DISTANCE_DAYS_MAX:
        raise Invalid(
            "INVALID_BUSINESS_DATE",
            f"business_date is too far from {field}",
            {"business_date": business_date, field: occurred_at.isoformat()},
        )


def check_quoted_date(business_date: date, now: datetime) -> None:
    """Invalid INVALID_BUSINESS_DATE for a day that no document could bear."""
    last = ledger_day(now + _QUOTED_AHEAD_MAX)
    if not _EARLIEST.date() <= business_date <= last:
        raise Invalid(
            "INVALID_BUSINESS_DATE",
            f"business_date must lie between the year 2000 and {last}",
            {"business_date": business_date},
        )
