"""Puts the figures of a day together from what reports answers to the person who asks."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.portal.domain.figures import (
    Chart,
    DayFigures,
    Ranked,
    Sum,
    compare_stores,
    days_until,
    draw_chart,
)
from services.portal.peers import (
    CATEGORY,
    DAY,
    PRODUCT,
    STORE,
    Dimension,
    Reports,
    SalesSum,
)

EVERY_STORE = "*"
# More colours than this are not told apart; the remaining stores share one series.
_CHART_STORES_MAX = 6
_RANKED_MAX = 8
_LOOK_BACK_DAYS = 5 * 365  # reports answers ranges of at most five years
_LOOK_BACKS_MAX = 3


@dataclass(frozen=True, slots=True)
class ShowDay:
    """Whose figures, of which day, and how many days the chart shows."""

    token: str
    stores: frozenset[str]
    day: date
    chart_days: int


async def show_day(reports: Reports, query: ShowDay) -> DayFigures:
    """The figures of a day within the person's stores.

    The questions are asked side by side, so a sale that is booked meanwhile may be in one answer
    and not in another; the totals of the day are summed from the rows by store, so the page
    itself always adds up. Raises what reports refuses, or Unavailable.
    """
    everywhere = EVERY_STORE in query.stores
    ids = () if everywhere else tuple(sorted(query.stores))
    yesterday = query.day - timedelta(days=1)
    days = days_until(query.day, query.chart_days)
    two_days, window, totals, categories, products = await _all_or_first_error(
        reports.query_sales(query.token, [STORE, DAY], yesterday, query.day, store_ids=ids),
        reports.query_sales(query.token, [STORE], days[0], query.day, store_ids=ids),
        reports.query_sales(query.token, [DAY], days[0], query.day, store_ids=ids),
        # Sums by category and product know no stores: only who may see all stores may see them.
        _ranking(reports, query, CATEGORY, category_depth=1) if everywhere else _nothing(),
        _ranking(reports, query, PRODUCT) if everywhere else _nothing(),
    )
    names = {row.key: row.label for row in [*window, *two_days]}
    stores = compare_stores(names, _sums_of(two_days, query.day), _sums_of(two_days, yesterday))
    sold = any(store.today.sale_count for store in stores)
    chart, latest_day = await _all_or_first_error(
        _chart(reports, query.token, days, window, totals),
        _nothing() if sold else _latest_day(reports, query.token, ids, query.day),
    )
    return DayFigures(
        day=query.day,
        stores=stores,
        chart=chart,
        categories=None if categories is None else _ranked(categories),
        products=None if products is None else _ranked(products),
        latest_day=latest_day,
    )


async def _all_or_first_error(*questions: Coroutine[Any, Any, Any]) -> list[Any]:
    """asyncio.gather that leaves nothing running behind a failure."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _nothing() -> None:
    return None


async def _ranking(
    reports: Reports, query: ShowDay, dimension: Dimension, *, category_depth: int = 0
) -> list[SalesSum]:
    return await reports.query_sales(
        query.token,
        [dimension],
        query.day,
        query.day,
        category_depth=category_depth,
        rows_max=_RANKED_MAX,
    )


async def _chart(
    reports: Reports,
    token: str,
    days: tuple[date, ...],
    window: list[SalesSum],
    totals: list[SalesSum],
) -> Chart:
    largest = sorted(window, key=lambda row: (-row.revenue_fen, row.key))[:_CHART_STORES_MAX]
    top = [(row.key, row.label) for row in largest if row.revenue_fen]
    # Colours follow the names, so that they stay with their stores while ranks change.
    top.sort(key=lambda store: (store[1], store[0]))
    by_store = (
        await reports.query_sales(
            token, [STORE, DAY], days[0], days[-1], store_ids=[store_id for store_id, _ in top]
        )
        if top
        else []
    )
    return draw_chart(
        days,
        top,
        {(row.key, row.day): row.revenue_fen for row in by_store if row.day is not None},
        {row.day: row.revenue_fen for row in totals if row.day is not None},
    )


async def _latest_day(
    reports: Reports, token: str, ids: tuple[str, ...], before: date
) -> date | None:
    last = before - timedelta(days=1)
    for _ in range(_LOOK_BACKS_MAX):
        first = last - timedelta(days=_LOOK_BACK_DAYS)
        rows = await reports.query_sales(token, [DAY], first, last, store_ids=ids)
        sold = [row.day for row in rows if row.day is not None and row.sale_count]
        if sold:
            return max(sold)
        last = first - timedelta(days=1)
    return None


def _sums_of(rows: list[SalesSum], day: date) -> Mapping[str, Sum]:
    return {
        row.key: Sum(row.revenue_fen, row.sale_count, row.returned_fen)
        for row in rows
        if row.day == day
    }


def _ranked(rows: list[SalesSum]) -> tuple[Ranked, ...]:
    """Without what only came back on that day: it is no good seller."""
    return tuple(
        Ranked(row.label, row.revenue_fen, row.quantity_milli)
        for row in rows
        if row.quantity_milli > 0
    )
