"""Reads whole answers of QuerySales, page by page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.fixtures.builders_reports import build_query


async def ask(reports: Any, *group_by: int, **fields: Any) -> list[Any]:
    """Every row of every page."""
    request = build_query(*group_by, **fields)
    rows: list[Any] = []
    while True:
        answer = await reports.QuerySales(request)
        assert len(answer.rows) <= (request.page_size or 1000)
        rows += answer.rows
        if not answer.next_page_token:
            return rows
        assert answer.rows
        request.page_token = answer.next_page_token


def returns_of(rows: Sequence[Any]) -> list[tuple[int, ...]]:
    """What came back, and what had been sold, in the order of `figures`."""
    return [
        (
            row.sold_fen,
            row.returned_fen,
            row.returned_quantity_milli,
            row.return_count,
            row.clawed_back_points,
        )
        for row in rows
    ]


def figures(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [
        (
            row.key,
            date(row.date.year, row.date.month, row.date.day) if row.HasField("date") else None,
            row.revenue_fen,
            row.discount_fen,
            row.quantity_milli,
            row.sale_count,
        )
        for row in rows
    ]
