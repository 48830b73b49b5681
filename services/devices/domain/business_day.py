"""The store's business date: a day may end after midnight. Pure."""

from datetime import date, datetime, timedelta, timezone

# China has one zone and no summer time.
CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


def business_date(moment: datetime, day_ends_at_hour: int) -> date:
    """The business date of an aware moment; with 3, a sale at 02:59 belongs to the day before."""
    return (moment.astimezone(CHINA_TIME) - timedelta(hours=day_ends_at_hour)).date()
