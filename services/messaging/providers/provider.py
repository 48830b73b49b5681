"""What any SMS provider offers to the sender."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutgoingSms:
    """An SMS as it goes out. The only place of this service that holds a phone number."""

    message_id: str  # the provider's idempotency key: the same id is sent to the phone once
    phone: str = field(repr=False)  # E.164; kept out of logs
    text: str


class ProviderRefused(Exception):
    """The provider will never send this message, for example because the number is blocked."""

    def __init__(self, reason: str) -> None:
        """`reason` is UPPER_SNAKE."""
        super().__init__(reason)
        self.reason = reason


class ProviderUnavailable(Exception):
    """The provider cannot be reached or did not answer; it may or may not have sent."""


class SmsProvider(Protocol):
    """A way to send SMS."""

    async def send(self, message: OutgoingSms) -> str:
        """Sends a message and returns the provider's own id of it.

        Called again with the same message_id it must not send again, and returns the same id.
        Raises ProviderRefused or ProviderUnavailable.
        """
        ...
