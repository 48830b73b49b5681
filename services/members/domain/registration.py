"""A request to register a member, in canonical form, and the rules it must keep."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chassis.errors import Invalid
from services.members.domain.birth_date import check_birth_date
from services.members.domain.card_number import canonical_card_number
from services.members.domain.member import Channel

NAME_CHARACTERS_MAX = 64
# A till's clock may run ahead of ours; more than this is a wrong clock or a wrong date.
FUTURE_ALLOWED = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# Control characters, line and paragraph separators, unassigned and private code points.
_UNPRINTABLE = {"Cc", "Zl", "Zp", "Cs", "Cn", "Co"}


@dataclass(frozen=True, slots=True)
class Registration:
    """What a caller asks for. Two equal registrations are the same request sent twice."""

    member_id: str
    name: str
    phone: str | None  # E.164
    card_number: str | None  # None: the service makes one
    store_id: str | None
    channel: Channel
    registered_at: datetime | None  # None: the moment it arrives
    birth_date: date | None = None

    def content_hash(self) -> bytes:
        """SHA-256 of the content: tells a repeated request from another one with its id.

        What was asked is compared, not what is stored: a made card number and later changes of
        the member must not turn a repeated request into a conflict.
        """
        content = [
            self.member_id,
            self.name,
            self.phone,
            self.card_number,
            self.store_id,
            self.channel.value,
            self.registered_at.isoformat() if self.registered_at else None,
        ]
        if self.birth_date is not None:  # else as it was before there were dates of birth
            content.append(self.birth_date.isoformat())
        return hashlib.sha256(json.dumps(content).encode()).digest()


def canonical_name(text: str) -> str:
    """The name without blanks around it, in one Unicode form; Invalid when it is no name."""
    name = unicodedata.normalize("NFC", text.strip())
    if len(name) > NAME_CHARACTERS_MAX:
        raise Invalid(
            "NAME_TOO_LONG",
            f"a name has at most {NAME_CHARACTERS_MAX} characters",
            {"field": "name", "characters": len(name), "characters_max": NAME_CHARACTERS_MAX},
        )
    if any(unicodedata.category(character) in _UNPRINTABLE for character in name):
        raise Invalid("INVALID_NAME", "a name must not hold control characters", {"field": "name"})
    return name


def check_registered_at(registered_at: datetime | None, now: datetime) -> None:
    """Invalid when a registration lies in the future or before there were computers."""
    if registered_at is None:
        return
    if registered_at > now + FUTURE_ALLOWED:
        raise Invalid(
            "REGISTERED_TIME_IN_FUTURE",
            "registered_time must not be in the future",
            {"field": "registered_time", "registered_time": registered_at.isoformat()},
        )
    if registered_at < EARLIEST:
        raise Invalid(
            "REGISTERED_TIME_TOO_EARLY",
            f"registered_time must not be before {EARLIEST.date()}",
            {"field": "registered_time", "registered_time": registered_at.isoformat()},
        )


def canonical_registration(
    *,
    member_id: str,
    name: str,
    phone: str | None,
    card_number: str,
    store_id: str | None,
    channel: Channel,
    registered_at: datetime | None,
    birth_date: date | None,
    now: datetime,
) -> Registration:
    """The registration behind a request whose ids and phone are canonical already.

    Raises Invalid with the reason of the first rule that is broken.
    """
    check_registered_at(registered_at, now)
    check_birth_date(birth_date, now)
    return Registration(
        member_id=member_id,
        name=canonical_name(name),
        phone=phone,
        card_number=canonical_card_number(card_number) if card_number.strip() else None,
        store_id=store_id,
        channel=channel,
        registered_at=registered_at,
        birth_date=birth_date,
    )
