"""Keyset pages: a token is the key of the last row shown, so any page costs the same."""

import base64
import json

from chassis.errors import Invalid


def page_size(requested: int, *, default: int, maximum: int) -> int:
    """The number of rows to read; Invalid when negative, cut to the maximum when larger."""
    if requested < 0:
        raise Invalid("INVALID_PAGE_SIZE", "page_size must not be negative")
    return min(requested or default, maximum)


def encode_page_token(*key: str | int) -> str:
    """An opaque token for the key of the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def decode_page_token(token: str, *types: type) -> tuple[str | int, ...] | None:
    """The key of a token, None for the first page; Invalid when this list never gave it out."""
    if not token:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(token.encode()))
        known = (
            isinstance(key, list)
            and [type(part) for part in key] == list(types)
            and all(_fits_a_column(part) for part in key)
        )
    except (ValueError, RecursionError):  # the token comes from outside and may hold anything
        known = False
    if not known:
        raise Invalid("INVALID_PAGE_TOKEN", "page_token is not one that this list gave out")
    return tuple(key)


def _fits_a_column(part: str | int) -> bool:
    """False for what the database would refuse; ValueError for text that is no Unicode."""
    if isinstance(part, int):
        return -(2**63) <= part < 2**63
    return b"\0" not in part.encode()
