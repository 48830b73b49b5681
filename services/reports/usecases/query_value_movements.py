"""Answers a question about value movements with one page of sums."""

from dataclasses import dataclass
from datetime import date

from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token, page_size
from services.reports.domain.grouping import Dimension, Grouping, check_range, stores_to_sum
from services.reports.storage.value_repository import (
    ValueKey,
    ValueQuery,
    ValueRow,
    read_value_rows,
)
from services.reports.usecases.query_sales import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX

# Rows say whose they are, so a token of some stores is answered with those alone.
_BY_STORE = Grouping(Dimension.STORE, Dimension.DAY)
_KIND_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class QueryValueMovements:
    """The question. `stores_in_scope` are those that the token reaches, "*" among them for all."""

    from_date: date
    to_date: date
    stores_in_scope: frozenset[str]
    store_ids: tuple[str, ...] = ()
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class ValuePage:
    """One page of rows; the token is empty on the last."""

    rows: list[ValueRow]
    next_page_token: str


async def query_value_movements(database: Database, command: QueryValueMovements) -> ValuePage:
    """The page asked for. Invalid or Forbidden, with a reason, for a question that is not allowed.

    Each page reads the figures of its own moment; no row comes twice or is left out.
    """
    first, last = command.from_date, command.to_date
    check_range(first, last)
    wanted = frozenset(canonical_id(store_id, "store_ids") for store_id in command.store_ids)
    stores = stores_to_sum(_BY_STORE, wanted, command.stores_in_scope)
    limit = page_size(command.page_size, default=PAGE_ROWS_DEFAULT, maximum=PAGE_ROWS_MAX)
    question = ("value", first, last, None if stores is None else sorted(stores))
    after = _after(command.page_token, question)
    async with database.read() as connection:
        rows = await read_value_rows(connection, ValueQuery(first, last, stores, after, limit + 1))
    if len(rows) <= limit:
        return ValuePage(rows, "")
    del rows[-1]  # read only to learn whether there is more
    end = rows[-1]
    token = encode_page_token(end.day.isoformat(), end.store_id, end.kind, question=question)
    return ValuePage(rows, token)


def _after(token: str, question: tuple[object, ...]) -> ValueKey | None:
    parts = decode_page_token(token, str, str, int, question=question)
    if parts is None:
        return None
    day, store_id, kind = parts
    try:
        after = ValueKey(
            date.fromisoformat(str(day)), canonical_id(str(store_id), "page_token"), int(kind)
        )
    except (ValueError, Invalid):
        after = None
    if after is None or not 0 <= after.kind <= _KIND_MAX:
        raise Invalid("INVALID_PAGE_TOKEN", "page_token is not one that this list gave out")
    return after
