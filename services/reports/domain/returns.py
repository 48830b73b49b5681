"""Turns returns of goods into columns of figures, as columns.py does with sales.

A return counts on its own business date and in the store that took the goods, whenever and wherever
they were sold: so it needs nothing of its sale, and may arrive before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from services.reports.domain.columns import NO_CATEGORY


class BroughtBackLine(Protocol):
    """What is read of a returned line; a generated message has these fields."""

    product_id: str
    category_id: str
    quantity_milli: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class ReturnedBasket:
    """A return as reports see it. `member_id` is empty for a walk-in customer."""

    bill_id: str
    store_id: str
    member_id: str
    day: date
    lines: Sequence[BroughtBackLine]
    clawed_back_points: int


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """Columns of equal length: what came back by each row, greater than or equal to 0, and when.

    `clawed_back_points` stays empty for lines: a return takes points back as a whole.
    """

    days: list[date] = field(default_factory=list)
    returned_fen: list[int] = field(default_factory=list)
    quantities_milli: list[int] = field(default_factory=list)
    clawed_back_points: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReturnColumns:
    """The same returns three times: whole, whole without walk-ins, and by line."""

    store_ids: list[str] = field(default_factory=list)
    by_return: ReturnFigures = field(default_factory=ReturnFigures)
    member_ids: list[str] = field(default_factory=list)
    by_member_return: ReturnFigures = field(default_factory=ReturnFigures)
    product_ids: list[str] = field(default_factory=list)
    category_ids: list[str] = field(default_factory=list)
    by_line: ReturnFigures = field(default_factory=ReturnFigures)


def to_return_columns(baskets: Iterable[ReturnedBasket]) -> ReturnColumns:
    """The columns of some returns; each counts as often as it is given."""
    columns = ReturnColumns()
    by_line = columns.by_line
    for basket in baskets:
        for line in basket.lines:
            columns.product_ids.append(line.product_id)
            columns.category_ids.append(line.category_id or NO_CATEGORY)
            by_line.days.append(basket.day)
            by_line.returned_fen.append(line.amount_fen)
            by_line.quantities_milli.append(line.quantity_milli)
        columns.store_ids.append(basket.store_id)
        _add_whole(columns.by_return, basket)
        if basket.member_id:
            columns.member_ids.append(basket.member_id)
            _add_whole(columns.by_member_return, basket)
    return columns


def _add_whole(figures: ReturnFigures, basket: ReturnedBasket) -> None:
    figures.days.append(basket.day)
    figures.returned_fen.append(sum(line.amount_fen for line in basket.lines))
    figures.quantities_milli.append(sum(line.quantity_milli for line in basket.lines))
    figures.clawed_back_points.append(basket.clawed_back_points)
