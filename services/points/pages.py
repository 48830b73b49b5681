"""Pages of the ledger's lists: rows, and the token that the next page begins with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token

Row = TypeVar("Row")

# A year, a leap day included: the most that lists and sums by business date look over.
RANGE_DAYS_MAX = 366
# Less than the 4 MiB that gRPC's clients take unless told otherwise.
PAGE_BYTES_MAX = 3 * 1024 * 1024
# Names of stores in one request.
STORES_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the token of the next page; empty on the last one."""

    rows: Sequence[Any]
    next_page_token: str


def rows_that_fit(rows: Sequence[Row], limit: int, bytes_of: Callable[[Row], int]) -> int:
    """How many rows a page shows: `limit`, or as many of large ones as it has room for, at least 1.

    Who asked for more reads on: only the token tells whether a page is the last.
    """
    left = PAGE_BYTES_MAX
    for count, row in enumerate(rows[:limit]):
        left -= bytes_of(row)
        if left < 0:
            return max(1, count)
    return limit


def cut_page(rows: Sequence[Any], limit: int, *key: str, question: tuple[object, ...]) -> Page:
    """Cuts the one row too many that was read to learn whether there is a next page."""
    if len(rows) <= limit:
        return Page(rows, "")
    last = [getattr(rows[limit - 1], name) for name in key]
    return Page(rows[:limit], encode_page_token(*last, question=question))


def id_in_token(token: str, question: tuple[object, ...]) -> str | None:
    """The id in a token of a list with one key; None for the first page."""
    key = decode_page_token(token, str, question=question)
    return None if key is None else id_of_token(key[0])


def id_of_token(part: str | int) -> str:
    """An id in a token; Invalid when it is none."""
    try:
        return canonical_id(str(part), "page_token")
    except Invalid:
        raise foreign_token() from None


def date_of_token(part: str | int) -> date:
    """A date in a token; Invalid when it is none."""
    try:
        return date.fromisoformat(str(part))
    except ValueError:
        raise foreign_token() from None


def number_of_token(part: str | int, most: int) -> int:
    """A number from 0 to `most` in a token; Invalid when it is none."""
    number = int(part)
    if not 0 <= number <= most:
        raise foreign_token()
    return number


def foreign_token() -> Invalid:
    """The refusal of a token that a list did not give out."""
    return Invalid("INVALID_PAGE_TOKEN", "page_token is not one that this list gave out")


def check_range(first_date: date, last_date: date) -> None:
    """Invalid INVALID_RANGE for a range that ends before it begins, RANGE_TOO_LONG for years."""
    days = (last_date - first_date).days + 1
    if days < 1:
        raise reversed_range(first_date, last_date)
    if days > RANGE_DAYS_MAX:
        raise Invalid(
            "RANGE_TOO_LONG",
            f"at most {RANGE_DAYS_MAX} days can be asked for at once",
            {"from": first_date, "to": last_date, "days": days},
        )


def reversed_range(first_date: date, last_date: date) -> Invalid:
    """The refusal INVALID_RANGE of a range that ends before it begins."""
    return Invalid(
        "INVALID_RANGE",
        "the last date lies before the first",
        {"from": first_date, "to": last_date},
    )


def canonical_stores(ids: Sequence[str], field: str) -> list[str]:
    """Ids of stores in canonical form, each once; Invalid INVALID_ID or TOO_MANY_STORES."""
    if len(ids) > STORES_MAX:
        raise Invalid(
            "TOO_MANY_STORES",
            f"{field} names at most {STORES_MAX} stores",
            {"field": field, "count": len(ids)},
        )
    return sorted({canonical_id(each, field) for each in ids})
