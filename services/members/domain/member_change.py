"""A change of a member: who asked for what and why, and the rules it must keep."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chassis.errors import Invalid

TIER_CHARACTERS_MAX = 64
REASON_CHARACTERS_MAX = 256


class MemberChangeKind(StrEnum):
    """What is changed."""

    TIER = "tier"
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What a caller asks for. `changed_by` and `changed_at` are recorded, not compared."""

    change_id: str
    member_id: str
    kind: MemberChangeKind
    reason: str
    changed_by: str
    changed_at: datetime
    tier_code: str = ""  # of TIER
    birth_date: date | None = None  # of BIRTH_DATE; None removes it

    def content_hash(self) -> bytes:
        """SHA-256 of the content: tells a repeated request from another one with its id."""
        content = [
            self.change_id,
            self.member_id,
            self.kind.value,
            self.reason,
            self.tier_code,
            self.birth_date.isoformat() if self.birth_date else None,
        ]
        return hashlib.sha256(json.dumps(content).encode()).digest()


def check_tier_code(tier_code: str) -> str:
    """The code of a tier, empty for none; Invalid INVALID_TIER for what nobody could see."""
    if not tier_code:
        return tier_code
    seen = tier_code.strip() == tier_code and _printable(tier_code)
    if not seen or len(tier_code) > TIER_CHARACTERS_MAX:
        raise Invalid(
            "INVALID_TIER",
            f"tier_code must be 1 to {TIER_CHARACTERS_MAX} characters to see, without blanks"
            " around them",
            {"field": "tier_code"},
        )
    return tier_code


def check_reason(reason: str) -> str:
    """Why it is done; Invalid REASON_REQUIRED or INVALID_REASON."""
    if not reason.strip():
        raise Invalid("REASON_REQUIRED", "a change needs a reason", {"field": "reason"})
    if len(reason) > REASON_CHARACTERS_MAX or not _printable(reason):
        raise Invalid(
            "INVALID_REASON",
            f"reason must be 1 to {REASON_CHARACTERS_MAX} characters to see",
            {"field": "reason"},
        )
    return reason


def _printable(text: str) -> bool:
    return not any(unicodedata.category(character)[0] == "C" for character in text)
