"""How large a request may be that is stored with what it made.

Fields of a newer contract are kept as they come, whatever their size, so without a limit anything
could be stored for ever, and a bill grow too large to be read again.
"""

from collections.abc import Iterable
from typing import Protocol

from chassis.errors import Invalid

# Far more than any of them needs.
REQUEST_BYTES_MAX = 16 * 1024
# Twice what the longest sale needs; one that fits no event would fail everyone in its batch.
SALE_BYTES_MAX = 128 * 1024
# Twice what its rules of earning may have. All versions are read and listed at once.
PROGRAMME_BYTES_MAX = 2 * 1024 * 1024
# Half of what gRPC lets through: what is larger still is told why, up to twice as much.
BATCH_BYTES_MAX = 8 * 1024 * 1024


class Sized(Protocol):
    """Any message."""

    def ByteSize(self) -> int:
        """The length of its wire form."""


def check_size(message: Sized, bytes_max: int = REQUEST_BYTES_MAX) -> None:
    """Invalid REQUEST_TOO_LARGE for one that could not be a request of this contract."""
    _check_bytes(message.ByteSize(), bytes_max)


def check_sale_size(message: Sized) -> None:
    """Invalid SALE_TOO_LARGE for a sale, as it is handed in, that is longer than any needs."""
    if message.ByteSize() > SALE_BYTES_MAX:
        raise Invalid("SALE_TOO_LARGE", f"a sale has at most {SALE_BYTES_MAX} bytes")


def check_batch_size(messages: Iterable[Sized]) -> None:
    """Invalid REQUEST_TOO_LARGE for sales that are too large together for one call."""
    _check_bytes(sum(message.ByteSize() for message in messages), BATCH_BYTES_MAX)


def _check_bytes(size: int, bytes_max: int) -> None:
    if size > bytes_max:
        raise Invalid(
            "REQUEST_TOO_LARGE", f"a request has at most {bytes_max} bytes", {"bytes": size}
        )
