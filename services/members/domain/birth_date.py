"""Which dates of birth can be true. No refusal repeats one: it is personal."""

from datetime import date, datetime, timedelta

from chassis.errors import Invalid

EARLIEST_BIRTH_DATE = date(1900, 1, 1)
# Where the day begins first it is 14 hours ahead of UTC.
_AHEAD_OF_UTC = timedelta(hours=14)


def check_birth_date(birth_date: date | None, now: datetime) -> None:
    """Invalid INVALID_BIRTH_DATE for one before 1900 or in the future anywhere."""
    if birth_date is None:
        return
    if not EARLIEST_BIRTH_DATE <= birth_date <= (now + _AHEAD_OF_UTC).date():
        raise Invalid(
            "INVALID_BIRTH_DATE",
            f"birth_date must lie between {EARLIEST_BIRTH_DATE} and today",
            {"field": "birth_date"},
        )
