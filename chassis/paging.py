"""Keyset pages: a token is the key of the last row shown, so any page costs the same."""

import base64
import json
from zlib import crc32

from chassis.errors import Invalid

Key = tuple[str | int, ...]


def page_size(requested: int, *, default: int, maximum: int) -> int:
    """The number of rows to read; Invalid when negative, cut to the maximum when larger."""
    if requested < 0:
        raise Invalid("INVALID_PAGE_SIZE", "page_size must not be negative")
    return min(requested or default, maximum)


def encode_page_token(*key: str | int, question: object = ()) -> str:
    """An opaque token for the key of the last row of a page.

    `question` is the list and all it was asked for but the page's size, canonical, so that
    a token of one question is refused by another.
    """
    return base64.urlsafe_b64encode(json.dumps((_mark(question), *key)).encode()).decode()


def decode_page_token(token: str, *types: type, question: object = ()) -> Key | None:
    """The key of a token, None for the first page; Invalid when this list never gave it out.

    Neither must it have been given out for another question. The mark keeps questions apart and
    proves nothing: a key is to be checked as what comes from outside.
    """
    if not token:
        return None
    try:  # the token comes from outside and may hold anything
        mark, *key = json.loads(base64.urlsafe_b64decode(token.encode()))
        known = mark == _mark(question) and [type(part) for part in key] == list(types)
        known = known and all(_fits_a_column(part) for part in key)
    except (TypeError, ValueError, RecursionError):
        known = False
    if not known:
        raise Invalid("INVALID_PAGE_TOKEN", "page_token is not one that this list gave out")
    return tuple(key)


def _mark(question: object) -> int:
    return crc32(repr(question).encode())


def _fits_a_column(part: str | int) -> bool:
    """False for what the database would refuse; ValueError for text that is no Unicode."""
    if isinstance(part, int):
        return -(2**63) <= part < 2**63
    return b"\0" not in part.encode()
