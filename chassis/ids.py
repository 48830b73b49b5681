"""Ids: UUIDv7, made by whoever starts the thing; the id is the idempotency key for ever."""

import uuid

import uuid_utils

from chassis.errors import Invalid


def new_id() -> str:
    """A new UUIDv7 in canonical text form; ids made later in one process sort later."""
    return str(uuid_utils.uuid7())


def canonical_id(text: str, field: str) -> str:
    """The canonical lower-case form of a UUID a client sent; Invalid when it is none."""
    try:
        if len(text) == 36:
            return str(uuid.UUID(text))
    except ValueError:
        pass
    raise Invalid("INVALID_ID", f"{field} must be a UUID", {"field": field, "value": text[:64]})
