"""Refusals of what a points programme may say wrong, each with the rule and the field in it."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn, TypeVar

from google.protobuf.message import Message

from chassis.errors import Invalid
from chassis.ids import canonical_id
from pricing.earning import Caps, ExpiryKind, ExpiryPolicy
from services.points.messages.dates import optional_date
from yika.points.v1 import earning_pb2

# With what a point costs at most it keeps what counters hold within 64 bits.
CAP_POINTS_MAX = 100_000_000
PENDING_DAYS_MAX = 366
TEXT_LENGTH_MAX = 64
IDS_MAX = 10_000

_EXPIRY_KINDS: Mapping[int, ExpiryKind] = {
    earning_pb2.EXPIRY_KIND_NEVER: ExpiryKind.NEVER,
    earning_pb2.EXPIRY_KIND_DAYS: ExpiryKind.DAYS,
    earning_pb2.EXPIRY_KIND_END_OF_MONTH: ExpiryKind.END_OF_MONTH,
    earning_pb2.EXPIRY_KIND_END_OF_YEAR: ExpiryKind.END_OF_YEAR,
}

ValueT = TypeVar("ValueT")


def check_range(reason: str, field: str, value: int, least: int, most: int) -> None:
    """Invalid for a number of no rule, from `least` to `most`; RuleCheck.within names the rule."""
    if not least <= value <= most:
        raise Invalid(
            reason, f"{field} must be {least} to {most}", {"field": field, "value": value}
        )


def check_name(reason: str, field: str, name: str) -> None:
    """Invalid for a name or code with nothing to see, what cannot be printed, or too much."""
    if not name.strip() or len(name) > TEXT_LENGTH_MAX or not name.isprintable():
        raise Invalid(
            reason, f"{field} must have 1 to {TEXT_LENGTH_MAX} characters", {"field": field}
        )


class RuleCheck:
    """Reads values of one rule or gift, without an id of the programme; Invalid if wrong."""

    def __init__(self, checked_id: str = "", *, what: str = "rule") -> None:
        self._what = what
        self._id = checked_id

    def refuse(self, reason: str, field: str, message: str, value: object = "") -> NoReturn:
        """Invalid, naming the rule or gift, the field and the value."""
        figures: dict[str, object] = {"field": field, "value": str(value)[:TEXT_LENGTH_MAX]}
        where = field
        if self._id:
            where = f"{self._what} {self._id}: {field}"
            figures[f"{self._what}_id"] = self._id
        raise Invalid(reason, f"{where} {message}", figures)

    def within(self, reason: str, field: str, value: int, least: int, most: int) -> int:
        """A number from `least` to `most`."""
        if not least <= value <= most:
            self.refuse(reason, field, f"must be {least} to {most}", value)
        return value

    def known(self, reason: str, field: str, number: int, values: Mapping[int, ValueT]) -> ValueT:
        """What the number of an enum means; a client may send any."""
        if number not in values:
            self.refuse(reason, field, "is not one that this version knows", number)
        return values[number]

    def caps(self, message: earning_pb2.EarningCaps) -> Caps:
        """Caps; INVALID_CAP."""
        return Caps(
            self.within("INVALID_CAP", "day_points", message.day_points, 0, CAP_POINTS_MAX),
            self.within("INVALID_CAP", "month_points", message.month_points, 0, CAP_POINTS_MAX),
        )

    def pending_days(self, days: int) -> int:
        """Pending days; INVALID_PENDING_DAYS."""
        return self.within("INVALID_PENDING_DAYS", "pending_days", days, 0, PENDING_DAYS_MAX)

    def expiry(self, message: earning_pb2.ExpiryPolicy) -> ExpiryPolicy:
        """An expiry policy; UNKNOWN_EXPIRY, INVALID_EXPIRY."""
        kind = self.known("UNKNOWN_EXPIRY", "expiry", message.kind, _EXPIRY_KINDS)
        try:
            return ExpiryPolicy(kind, message.count)
        except ValueError as error:
            self.refuse("INVALID_EXPIRY", "expiry", f"is wrong: {error}", message.count)

    def dates(self, message: Message) -> tuple[date | None, date | None]:
        """The first and the last day, None for no such; INVALID_DATE, DATES_REVERSED."""
        first, last = optional_date(message, "first_date"), optional_date(message, "last_date")
        if first and last and last < first:
            self.refuse("DATES_REVERSED", "last_date", "must not lie before first_date", last)
        return first, last

    def text(self, reason: str, field: str, text: str) -> str:
        """A name or a code: something to see, short, without control characters."""
        seen = text.strip() and not any(unicodedata.category(each)[0] == "C" for each in text)
        if not seen or len(text) > TEXT_LENGTH_MAX:
            self.refuse(reason, field, f"must be 1 to {TEXT_LENGTH_MAX} characters to see", text)
        return text

    def texts(self, reason: str, field: str, given: Sequence[str], most: int) -> frozenset[str]:
        """A list of codes; also TOO_MANY_VALUES."""
        self._count(field, given, most)
        return frozenset(self.text(reason, field, each) for each in given)

    def ids(self, field: str, given: Sequence[str]) -> frozenset[str]:
        """A list of UUIDs in canonical form; INVALID_ID, TOO_MANY_VALUES."""
        self._count(field, given, IDS_MAX)
        return frozenset(canonical_id(each, field) for each in given)

    def _count(self, field: str, given: Sequence[str], most: int) -> None:
        if len(given) > most:
            self.refuse("TOO_MANY_VALUES", field, f"takes at most {most} values", len(given))
