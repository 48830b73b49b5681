"""A member, the cards that point to the member, and what a store's gateway keeps of both."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Channel(StrEnum):
    """How a member came to the chain."""

    UNSPECIFIED = "unspecified"
    STORE = "store"
    ONLINE = "online"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Card:
    """A pointer to a member; it holds no value itself."""

    card_number: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A person known to the chain. Name, phone and date of birth are personal: they never leave
    this service but in the answers of its RPCs."""

    member_id: str
    name: str  # may be empty
    phone: str | None  # E.164
    cards: tuple[Card, ...]  # oldest first
    store_id: str | None
    channel: Channel
    registered_at: datetime
    tier_code: str = ""  # empty for none
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class MemberStub:
    """What a gateway needs to know a card offline."""

    member_id: str
    card_numbers: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class EarningFacts:
    """What rules of earning ask of a member; month and day are 0 when they are not told."""

    member_id: str
    tier_code: str
    birth_month: int = 0
    birth_day: int = 0
