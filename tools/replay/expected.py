"""What the books must say, straight from the data frames.

Shares nothing with journey.py, ids.py or the platform, on purpose: a mistake there must not be
repeated here. Keys are the data set's own numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]

_COLUMNS = [
    "household_id",
    "store_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "transaction_timestamp",
]


@dataclass(frozen=True, slots=True)
class Figures:
    """The compared figures. Months are "2017-03"; a key that is absent counts as 0."""

    revenue_fen: dict[tuple[int, str], int]  # by store and month
    sale_count: dict[tuple[int, str], int]  # by store and month
    bill_count: dict[int, int]  # by store
    bill_total_fen: dict[int, int]  # by store
    points: dict[int, int]  # by household
    quantity_milli: dict[int, int]  # by product


def read_transactions(folder: Path) -> pd.DataFrame:
    """The transactions of the data set, only the columns that figures need."""
    return pd.read_parquet(folder / "transactions.parquet", columns=_COLUMNS)


def expected_figures(transactions: pd.DataFrame, basket_ids: Iterable[int]) -> Figures:
    """The figures of these baskets: 1 point a whole yuan of each bill, no line of 0 pieces."""
    lines = transactions[transactions["basket_id"].isin(list(basket_ids))]
    lines = lines.assign(
        fen=(lines["sales_value"] * 100).round().astype("int64"),
        milli=lines["quantity"].clip(lower=1) * 1000,
    )
    bills = lines.groupby("basket_id", as_index=False).agg(
        store=("store_id", "first"),
        household=("household_id", "first"),
        time=("transaction_timestamp", "first"),
        fen=("fen", "sum"),
    )
    bills["month"] = bills["time"].dt.strftime("%Y-%m")
    bills["points"] = bills["fen"] // 100
    by_month = bills.groupby(["store", "month"])["fen"]
    by_store = bills.groupby("store")["fen"]
    return Figures(
        revenue_fen=by_month.sum().to_dict(),
        sale_count=by_month.size().to_dict(),
        bill_count=by_store.size().to_dict(),
        bill_total_fen=by_store.sum().to_dict(),
        points=bills.groupby("household")["points"].sum().to_dict(),
        quantity_milli=lines.groupby("product_id")["milli"].sum().to_dict(),
    )
