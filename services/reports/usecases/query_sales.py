"""Answers a question about sales with one page of sums."""

from dataclasses import dataclass
from datetime import date

from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token, page_size
from services.reports.domain.columns import NO_CATEGORY
from services.reports.domain.grouping import (
    Grouping,
    check_category_depth,
    check_range,
    parse_grouping,
    parse_order,
    stores_to_sum,
)
from services.reports.storage.sales_query import After, SumsQuery, SumsRow, read_sums

PAGE_ROWS_DEFAULT = 1_000
PAGE_ROWS_MAX = 5_000
_FEN_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class QuerySales:
    """The question. Dimensions and order are the contract's numbers.

    `stores_in_scope` are the stores that the caller's token reaches, "*" among them for all.
    """

    group_by: tuple[int, ...]
    from_date: date
    to_date: date
    stores_in_scope: frozenset[str]
    store_ids: tuple[str, ...] = ()
    category_depth: int = 0
    order: int = 0
    page_size: int = 0
    page_token: str = ""


@dataclass(frozen=True, slots=True)
class SalesPage:
    """One page of sums; the token is empty on the last."""

    rows: list[SumsRow]
    next_page_token: str


async def query_sales(database: Database, command: QuerySales) -> SalesPage:
    """The page asked for. Invalid or Forbidden, with a reason, for a question that is not allowed.

    Each page reads the figures of its own moment: rows whose sums change between two pages of
    revenue order may come twice or not at all.
    """
    query, question = _understand(command)
    async with database.read() as connection:
        rows = await read_sums(connection, query)
    if len(rows) < query.limit:
        return SalesPage(rows, "")
    del rows[-1]  # read only to learn whether there is more
    last = rows[-1]
    day = last.day.isoformat() if last.day else ""
    token = encode_page_token(last.key or "", day, last.revenue_fen, question=question)
    return SalesPage(rows, token)


def _understand(command: QuerySales) -> tuple[SumsQuery, tuple[object, ...]]:
    grouping = parse_grouping(command.group_by)
    order = parse_order(command.order)
    check_range(command.from_date, command.to_date)
    check_category_depth(grouping, command.category_depth)
    wanted = frozenset(canonical_id(store_id, "store_ids") for store_id in command.store_ids)
    stores = stores_to_sum(grouping, wanted, command.stores_in_scope)
    limit = page_size(command.page_size, default=PAGE_ROWS_DEFAULT, maximum=PAGE_ROWS_MAX)
    question = (
        "sales",
        grouping,
        command.from_date,
        command.to_date,
        None if stores is None else sorted(stores),
        command.category_depth,
        order,
    )
    query = SumsQuery(
        grouping=grouping,
        first=command.from_date,
        last=command.to_date,
        stores=stores,
        category_depth=command.category_depth,
        order=order,
        after=_after(command.page_token, grouping, question),
        limit=limit + 1,
    )
    return query, question


def _after(token: str, grouping: Grouping, question: tuple[object, ...]) -> After | None:
    parts = decode_page_token(token, str, str, int, question=question)
    if parts is None:
        return None
    key, day, revenue_fen = parts
    try:
        after = After(
            key=_key_of(str(key)),
            day=date.fromisoformat(str(day)) if day else None,
            revenue_fen=int(revenue_fen),
        )
    except (ValueError, Invalid):
        after = None
    if (
        after is None
        or (after.key is None) != (grouping.key is None)
        or (after.day is None) != (grouping.period is None)
        or abs(after.revenue_fen) > _FEN_MAX
    ):
        raise Invalid("INVALID_PAGE_TOKEN", "page_token is not one that this list gave out")
    return after


def _key_of(part: str) -> str | None:
    if part in ("", NO_CATEGORY):  # no id of anything's
        return part or None
    return canonical_id(part, "page_token")
