"""Time as an argument: use cases take `now`, entry points ask this module."""

from datetime import UTC, date, datetime, timedelta, timezone

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from chassis.errors import Invalid

# The chain's civil time where no store says otherwise; China has one zone and no summer time.
CHINA_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_timestamp(moment: datetime) -> Timestamp:
    """An aware datetime as a protobuf Timestamp."""
    timestamp = Timestamp()
    fill_timestamp(timestamp, moment)
    return timestamp


def fill_timestamp(timestamp: Timestamp, moment: datetime) -> None:
    """Writes an aware datetime into a Timestamp where it stands, which spares a copy."""
    since = moment - _EPOCH
    timestamp.seconds = since.days * 86_400 + since.seconds
    timestamp.nanos = since.microseconds * 1_000


def from_timestamp(timestamp: Timestamp, field: str) -> datetime:
    """A protobuf Timestamp as an aware datetime in UTC; Invalid when out of range."""
    try:
        if not 0 <= timestamp.nanos < 1_000_000_000:
            raise ValueError(f"{timestamp.nanos} nanos")
        moment = datetime.fromtimestamp(timestamp.seconds, UTC)
        nanos = timestamp.nanos
        return moment.replace(microsecond=nanos // 1_000) if nanos else moment
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid("INVALID_TIME", f"{field} is not a moment", {"field": field}) from error


def to_proto_date(day: date) -> Date:
    """A date as google.type.Date."""
    message = Date()
    fill_proto_date(message, day)
    return message


def fill_proto_date(message: Date, day: date) -> None:
    """Writes a date into a google.type.Date where it stands."""
    message.year, message.month, message.day = day.year, day.month, day.day


def from_proto_date(day: Date, field: str) -> date:
    """A google.type.Date as a date; Invalid when it is no full calendar day."""
    try:
        return date(day.year, day.month, day.day)
    except (ValueError, OverflowError) as error:
        raise Invalid("INVALID_DATE", f"{field} is not a calendar day", {"field": field}) from error
