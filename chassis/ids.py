"""Ids: UUIDv7, made by whoever starts the thing; the id is the idempotency key for ever."""

import re

import uuid_utils

from chassis.errors import Invalid

# Neither nil nor max (RFC 9562, 5.9 and 5.10): they name nothing, and lists begin and end at them.
_CANONICAL = re.compile("(?!0[0-]+$|f[f-]+$)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch


def new_id() -> str:
    """A new UUIDv7 in canonical text form; ids made later in one process sort later."""
    return str(uuid_utils.uuid7())


def canonical_id(text: str, field: str) -> str:
    """The canonical lower-case form of a UUID that a client sent; Invalid when it names nothing."""
    if _CANONICAL(text):  # what nearly every client sends
        return text
    # Not uuid.UUID: it reads hexadecimal numbers, so signs, blanks, `0x`, `_` between digits and
    # digits of other scripts as well, and would name another thing than the one that was written.
    if _CANONICAL(canonical := text.lower()):
        return canonical
    raise Invalid("INVALID_ID", f"{field} must be a UUID", {"field": field, "value": text[:64]})
