"""An SMS, where it stands, and the steps a sender takes with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class MessageState(StrEnum):
    """Where a message stands; all but QUEUED are final."""

    QUEUED = "queued"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """An SMS without the number: that is asked from members when it is sent, and not kept."""

    message_id: str
    member_id: str
    template: str
    text: str
    state: MessageState
    reason: str  # UPPER_SNAKE; empty unless skipped or failed
    queued_at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that one sender has for itself until its claim ends."""

    message_id: str
    member_id: str
    text: str
    attempt: int  # 1 at the first claim; a settlement of an older attempt changes nothing


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed message. QUEUED means: try again when it is due."""

    message_id: str
    attempt: int
    state: MessageState
    reason: str = ""  # why it was skipped or failed, or what it waits for
    sent_at: datetime | None = None
    provider_message_id: str | None = None
    due_at: datetime | None = None


def retry_pause(attempt: int, pause_max: timedelta) -> timedelta:
    """How long a message waits after its n-th attempt: 1, 2, 4 ... seconds, up to the maximum."""
    doublings = min(attempt - 1, 20)  # far beyond any maximum, and no huge power
    return min(timedelta(seconds=2**doublings), pause_max)
