"""Days that requests name, or leave open."""

from datetime import date, datetime

from google.protobuf.message import Message
from google.type.date_pb2 import Date

from chassis.clock import from_proto_date
from services.points.domain.limits import ledger_day


def optional_date(message: Message, field: str) -> date | None:
    """The day in a field, None when it is not set; Invalid INVALID_DATE."""
    if not message.HasField(field):
        return None
    given: Date = getattr(message, field)
    return from_proto_date(given, field)


def asked_day(message: Message, now: datetime) -> date:
    """The business date that a question is about: today where it names none; INVALID_DATE."""
    return optional_date(message, "business_date") or ledger_day(now)
