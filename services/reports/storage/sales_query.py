"""The SQL that reads the read models: sums over a range of days, page by page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Subquery,
    Table,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import CTE

from services.reports.domain.grouping import Dimension, Grouping, Order
from services.reports.storage.tables import (
    categories,
    category_days,
    member_days,
    product_days,
    products,
    store_days,
    stores,
)

_SOURCES: dict[Dimension | None, Table] = {
    None: store_days,  # the smallest model that holds every sale
    Dimension.STORE: store_days,
    Dimension.CATEGORY: category_days,
    Dimension.PRODUCT: product_days,
    Dimension.MEMBER: member_days,
}
_NAMES = {Dimension.STORE: stores, Dimension.CATEGORY: categories, Dimension.PRODUCT: products}
_MEASURES = (
    "revenue_fen",
    "discount_fen",
    "quantity_milli",
    "sale_count",
    "returned_fen",
    "returned_quantity_milli",
    "return_count",
    "clawed_back_points",
)
_NOTHING: ColumnElement[int] = literal_column("0")
_UUID = Uuid(as_uuid=False)
# Not a parameter: PostgreSQL must see that it groups by what it selects.
_MONTH: ColumnElement[str] = literal_column("'month'")


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before. What the grouping lacks is None."""

    key: str | None
    day: date | None
    revenue_fen: int


@dataclass(frozen=True, slots=True)
class SumsQuery:
    """Which sums to read. `stores` None means all; `category_depth` 0 means no roll-up."""

    grouping: Grouping
    first: date
    last: date
    stores: frozenset[str] | None
    category_depth: int
    order: Order
    after: After | None
    limit: int


@dataclass(frozen=True, slots=True)
class SumsRow:
    """One sum. What the grouping lacks is None; `label` is empty for an unknown name."""

    key: str | None
    label: str
    day: date | None
    revenue_fen: int
    discount_fen: int
    quantity_milli: int
    sale_count: int
    returned_fen: int
    returned_quantity_milli: int
    return_count: int
    clawed_back_points: int

    @property
    def sold_fen(self) -> int:
        """Nets of what was sold, before returns."""
        return self.revenue_fen + self.returned_fen


async def read_sums(connection: AsyncConnection, query: SumsQuery) -> list[SumsRow]:
    """At most `query.limit` rows after `query.after`, in the order asked for."""
    # The best plan depends on the days asked for; a plan for any days would read them all.
    await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    rows = await connection.execute(build_statement(query))
    return [SumsRow(*row) for row in rows]


def build_statement(query: SumsQuery) -> Select[Any]:
    """One statement for any grouping: the page of sums, with names for its rows only."""
    page = _page(query).subquery("page")
    key = page.c.get("key", cast(null(), _UUID))
    day = page.c.get("day", cast(null(), Date))
    measures = [page.c[name] for name in _MEASURES]
    names = _NAMES.get(query.grouping.key) if query.grouping.key is not None else None
    if names is None:
        statement = select(key, literal(""), day, *measures)
    else:
        named = page.outerjoin(names, names.primary_key.columns[0] == page.c.key)
        statement = select(key, func.coalesce(names.c.name, ""), day, *measures).select_from(named)
    return statement.order_by(*_ordering(page, query.order))


def _ordering(sums: Subquery, order: Order) -> list[ColumnElement[Any]]:
    """Ties in revenue fall to the key and the day, so that every row has one place."""
    by_key: list[ColumnElement[Any]] = [sums.c[name] for name in ("key", "day") if name in sums.c]
    return [sums.c.revenue_fen.desc(), *by_key] if order is Order.REVENUE_DESCENDING else by_key


def _page(query: SumsQuery) -> Select[Any]:
    source = _SOURCES[query.grouping.key]
    key, joined = _key_of(query, source)
    period = _period_of(query.grouping, source)
    by: list[ColumnElement[Any]] = [column for column in (key, period) if column is not None]
    sums = (
        select(*by, *(_sum_of(source, name) for name in _MEASURES))
        .select_from(joined)
        .where(source.c.day.between(query.first, query.last))
        .group_by(*(column.element for column in by))
    )
    if query.stores is not None:
        wanted = literal(sorted(query.stores), ARRAY(_UUID))
        sums = sums.where(source.c.store_id == func.any(wanted))
    after = query.after
    if query.order is Order.KEY:
        if after is not None:
            sums = sums.where(_beyond(key, period, after))
        return sums.order_by(*by).limit(query.limit)
    ranked = sums.subquery("sums")
    page = select(ranked)
    if after is not None:
        page = page.where(
            or_(
                ranked.c.revenue_fen < after.revenue_fen,
                and_(
                    ranked.c.revenue_fen == after.revenue_fen,
                    _beyond(ranked.c.get("key"), ranked.c.get("day"), after),
                ),
            )
        )
    return page.order_by(*_ordering(ranked, query.order)).limit(query.limit)


def _sum_of(source: Table, name: str) -> ColumnElement[int]:
    """The labelled sum of a measure; nothing where the model by line does not know it."""
    # A sum of bigint is numeric; back to the integers that it adds up.
    return cast(func.sum(source.c.get(name, _NOTHING)), BigInteger).label(name)


def _key_of(query: SumsQuery, source: Table) -> tuple[Any, Any]:
    """The labelled key column, None without one, and what to select it from."""
    if query.grouping.key is None:
        return None, source
    key = source.primary_key.columns[1]
    if not query.category_depth:
        return key.label("key"), source
    ancestors = _ancestors(query.category_depth)
    joined = source.outerjoin(ancestors, ancestors.c.category_id == key)
    return func.coalesce(ancestors.c.ancestor_id, key).label("key"), joined


def _period_of(grouping: Grouping, source: Table) -> Any:
    if grouping.period is Dimension.DAY:
        return source.c.day.label("day")
    if grouping.period is Dimension.MONTH:
        return cast(func.date_trunc(_MONTH, source.c.day), Date).label("day")
    return None


def _beyond(key: Any, day: Any, after: After) -> ColumnElement[bool]:
    """True for rows that come after a row in the order of key and day."""
    if key is None:
        return day > after.day  # type: ignore[no-any-return]
    if day is None:
        return key > after.key  # type: ignore[no-any-return]
    return and_(key >= after.key, or_(key > after.key, day > after.day))


def _ancestors(depth: int) -> CTE:
    """Each category with its ancestor at a depth, or itself where its path is shorter.

    Walked from the tops at each query: categories become known in any order, parents after
    children too, and a stored path would have to follow. One whose parent is not known yet is a
    top; those in a circle, which moves arriving out of order can make for a while, are not
    reached and count under themselves.
    """
    parents = categories.alias("parents")
    has_parent = exists().where(parents.c.category_id == categories.c.parent_category_id)
    walked = (
        select(
            categories.c.category_id,
            categories.c.category_id.label("ancestor_id"),
            literal(1).label("depth"),
        )
        .where(~has_parent)
        .cte("ancestors", recursive=True)
    )
    below = select(
        categories.c.category_id,
        case((walked.c.depth < depth, categories.c.category_id), else_=walked.c.ancestor_id),
        walked.c.depth + 1,
    ).join(walked, categories.c.parent_category_id == walked.c.category_id)
    return walked.union_all(below)
