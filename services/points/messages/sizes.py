"""How large a request may be that is stored with what it made.

Fields of a newer contract are kept as they come, whatever their size, so without a limit anything
could be stored for ever, and a bill grow too large to be read again.
"""

from typing import Protocol

from chassis.errors import Invalid

# Far more than any of them needs.
REQUEST_BYTES_MAX = 16 * 1024
# Twice what the longest sale needs; one that fits no event would fail everyone in its batch.
SALE_BYTES_MAX = 128 * 1024
# Twice what its rules of earning may have. All versions are read and listed at once.
PROGRAMME_BYTES_MAX = 2 * 1024 * 1024


class Sized(Protocol):
    """Any message."""

    def ByteSize(self) -> int:
        """The length of its wire form."""


def check_size(message: Sized, bytes_max: int = REQUEST_BYTES_MAX) -> None:
    """Invalid REQUEST_TOO_LARGE for one that could not be a request of this contract."""
    if message.ByteSize() > bytes_max:
        raise Invalid(
            "REQUEST_TOO_LARGE",
            f"a request has at most {bytes_max} bytes",
            {"bytes": message.ByteSize()},
        )
