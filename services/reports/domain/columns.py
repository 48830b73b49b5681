"""Turns sales into columns of figures, one row per sale and one per line.

Runs once for every line of the chain, so it does as little per line as it can: the database adds
the figures up while it writes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

# Stands in the read model for lines of products without a category.
NO_CATEGORY = "00000000-0000-0000-0000-000000000000"


class Line(Protocol):
    """What is read of a line; a generated message has these fields, and so may anything else."""

    product_id: str
    category_id: str
    list_fen: int
    discount_fen: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class SoldBasket:
    """A sale as reports see it. `member_id` is empty for a walk-in customer."""

    sale_id: str
    store_id: str
    member_id: str
    day: date
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Figures:
    """Columns of equal length: what each row adds, and to which day."""

    days: list[date] = field(default_factory=list)
    revenues_fen: list[int] = field(default_factory=list)
    discounts_fen: list[int] = field(default_factory=list)
    quantities_milli: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SalesColumns:
    """The same sales three times: whole, whole without walk-ins, and by line."""

    store_ids: list[str] = field(default_factory=list)
    by_sale: Figures = field(default_factory=Figures)
    member_ids: list[str] = field(default_factory=list)
    by_member_sale: Figures = field(default_factory=Figures)
    product_ids: list[str] = field(default_factory=list)
    category_ids: list[str] = field(default_factory=list)
    by_line: Figures = field(default_factory=Figures)


def to_columns(baskets: Iterable[SoldBasket]) -> SalesColumns:
    """The columns of some sales; each counts as often as it is given."""
    columns = SalesColumns()
    by_line = columns.by_line
    # Bound once: the loop below runs for each line.
    add_product = columns.product_ids.append
    add_category = columns.category_ids.append
    add_revenue = by_line.revenues_fen.append
    add_discount = by_line.discounts_fen.append
    add_quantity = by_line.quantities_milli.append
    for basket in baskets:
        revenue = discounts = quantities = 0
        for line in basket.lines:
            discount = line.discount_fen
            net = line.list_fen - discount
            quantity = line.quantity_milli
            add_product(line.product_id)
            add_category(line.category_id or NO_CATEGORY)
            add_revenue(net)
            add_discount(discount)
            add_quantity(quantity)
            revenue += net
            discounts += discount
            quantities += quantity
        by_line.days.extend([basket.day] * len(basket.lines))
        columns.store_ids.append(basket.store_id)
        _add_row(columns.by_sale, basket.day, revenue, discounts, quantities)
        if basket.member_id:
            columns.member_ids.append(basket.member_id)
            _add_row(columns.by_member_sale, basket.day, revenue, discounts, quantities)
    return columns


def _add_row(
    figures: Figures, day: date, revenue_fen: int, discount_fen: int, quantity_milli: int
) -> None:
    figures.days.append(day)
    figures.revenues_fen.append(revenue_fen)
    figures.discounts_fen.append(discount_fen)
    figures.quantities_milli.append(quantity_milli)
