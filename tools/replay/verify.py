"""Compares what the services' own RPCs say with figures computed from the data frames.

Ids are translated back by what the services hold (store code, SKU, card number), so a wrong id
shows as a difference as well. Shares nothing with journey.py and ids.py, on purpose.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from google.type.date_pb2 import Date
from rich.console import Console
from rich.table import Table

from tools.replay.calls import Calls
from tools.replay.expected import Figures
from yika.inventory.v1.inventory_service_pb2 import (
    BatchGetProductsRequest,
    ListStockRequest,
    ListStoresRequest,
)
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from yika.members.v1.member_service_pb2 import StreamMemberStubsRequest
from yika.members.v1.member_service_pb2_grpc import MemberServiceStub
from yika.points.v1.points_service_pb2 import ListBalancesRequest, SummarizeBillsRequest
from yika.points.v1.points_service_pb2_grpc import PointsServiceStub
from yika.reports.v1.report_service_pb2 import DIMENSION_MONTH, DIMENSION_STORE, QuerySalesRequest
from yika.reports.v1.report_service_pb2_grpc import ReportServiceStub

_FIRST = Date(year=2017, month=1, day=1)
_LAST = Date(year=2018, month=1, day=31)
# The journey's last day; bills are summed over a year and a day at most.
_LAST_BILL = Date(year=2018, month=1, day=1)
_PREFIX = "CJ"  # of store codes, SKUs and card numbers of the journey
_PAGE = 5000
_BATCH = 500
_POLL_SECONDS = 1.0
_ROWS_SHOWN = 20

_TITLES = {
    "revenue_fen": "revenue per store and month, fen (reports)",
    "sale_count": "sales per store and month (reports)",
    "bill_count": "bills per store (points)",
    "bill_total_fen": "bill totals per store, fen (points)",
    "points": "points per household (points)",
    "quantity_milli": "quantity per product, milli (inventory)",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not what it must be."""

    figure: str
    key: Any
    expected: int
    actual: int


@dataclass(slots=True)
class Platform:
    """Reads the figures of the journey from the services; what others sold is left out."""

    calls: Calls
    inventory: InventoryServiceStub
    members: MemberServiceStub
    points: PointsServiceStub
    reports: ReportServiceStub
    _products: dict[str, int | None] = field(default_factory=dict)  # by product_id

    async def stores(self) -> dict[str, int]:
        """store_id -> number of the store in the data set."""
        answer = await self.calls(self.inventory.ListStores, ListStoresRequest())
        numbers = {store.store_id: _number(store.store_code) for store in answer.stores}
        return {store_id: number for store_id, number in numbers.items() if number is not None}

    async def figures(self) -> Figures:
        """Everything that is compared, as it is now."""
        stores = await self.stores()
        revenue: dict[tuple[int, str], int] = {}
        sales: dict[tuple[int, str], int] = {}
        async for row in self._sales([DIMENSION_STORE, DIMENSION_MONTH], stores):
            key = (stores[row.key], f"{row.date.year:04d}-{row.date.month:02d}")
            revenue[key] = row.revenue_fen
            sales[key] = row.sale_count
        bills: dict[int, int] = {}
        totals: dict[int, int] = {}
        request = SummarizeBillsRequest(
            store_ids=list(stores), from_date=_FIRST, to_date=_LAST_BILL
        )
        for row in (await self.calls(self.points.SummarizeBills, request)).rows:
            number = stores[row.store_id]
            bills[number] = bills.get(number, 0) + row.bill_count
            totals[number] = totals.get(number, 0) + row.total_fen
        return Figures(
            revenue_fen=revenue,
            sale_count=sales,
            bill_count=bills,
            bill_total_fen=totals,
            points=await self._points(),
            quantity_milli=await self._quantities(),
        )

    async def reported_sales(self) -> int:
        """How many sales reports have applied."""
        count = 0
        async for row in self._sales([DIMENSION_MONTH], await self.stores()):
            count += row.sale_count
        return count

    async def sold_milli(self) -> int:
        """The quantity that inventory has taken out of stock."""
        return sum((await self._quantities()).values())

    async def _sales(self, group_by: list[Any], stores: Mapping[str, int]) -> Any:
        request = QuerySalesRequest(
            group_by=group_by,
            from_date=_FIRST,
            to_date=_LAST,
            store_ids=list(stores),
            page_size=_PAGE,
        )
        async for page in self._pages(self.reports.QuerySales, request):
            for row in page.rows:
                yield row

    async def _points(self) -> dict[int, int]:
        balances: dict[str, int] = {}
        async for page in self._pages(
            self.points.ListBalances, ListBalancesRequest(page_size=_PAGE)
        ):
            balances.update({row.member_id: row.points for row in page.balances})
        request = StreamMemberStubsRequest()
        households: dict[str, int | None] = {}
        for piece in await self.calls.read_stream(self.members.StreamMemberStubs, request):
            for stub in piece.stubs:
                households[stub.member_id] = _number(next(iter(stub.card_numbers), ""))
        return _by_number(balances, households)

    async def _quantities(self) -> dict[int, int]:
        sold: dict[str, int] = {}
        async for page in self._pages(self.inventory.ListStock, ListStockRequest(page_size=_PAGE)):
            sold.update({row.product_id: row.sold_milli for row in page.levels if row.sold_milli})
        unknown = [product for product in sold if product not in self._products]
        for at in range(0, len(unknown), _BATCH):
            request = BatchGetProductsRequest(product_ids=unknown[at : at + _BATCH])
            answer = await self.calls(self.inventory.BatchGetProducts, request)
            for product in answer.products:
                self._products[product.product_id] = _number(product.sku)
        return _by_number(sold, self._products)

    async def _pages(self, method: Any, request: Any) -> Any:
        while True:
            page = await self.calls(method, request)
            yield page
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token


def _number(code: str) -> int | None:
    """The data set's number in a code of the journey; None for a code of somebody else."""
    digits = code.removeprefix(_PREFIX)
    return int(digits) if code.startswith(_PREFIX) and digits.isdecimal() else None


def _by_number(amounts: Mapping[str, int], numbers: Mapping[str, int | None]) -> dict[int, int]:
    """Amounts by number. An id that names nothing is kept under a number below 0, so it shows."""
    result: dict[int, int] = {}
    for identifier, amount in amounts.items():
        number = numbers.get(identifier, -1)
        if number is not None:
            result[number] = result.get(number, 0) + amount
    return result


async def wait_for_consumers(
    platform: Platform, expected: Figures, *, patience_seconds: float, console: Console
) -> None:
    """Waits until reports and inventory hold as much as expected, each until it has not moved
    for `patience_seconds`; the comparison that follows says what is missing."""
    waits = (
        ("reports", platform.reported_sales, sum(expected.sale_count.values())),
        ("inventory", platform.sold_milli, sum(expected.quantity_milli.values())),
    )
    for name, measure, goal in waits:
        last, moved = -1, time.monotonic()
        with console.status(f"waiting for {name}") as status:
            while (now := await measure()) != goal:
                if now != last:
                    last, moved = now, time.monotonic()
                elif time.monotonic() - moved > patience_seconds:
                    console.print(f"{name} stands still at {now:,} of {goal:,}; comparing anyway")
                    break
                status.update(f"waiting for {name}: {now:,} of {goal:,}")
                await asyncio.sleep(_POLL_SECONDS)


def compare(expected: Figures, actual: Figures) -> list[Difference]:
    """Every figure that differs, in order; none when the books are right."""
    differences = []
    for item in fields(Figures):
        wanted, found = getattr(expected, item.name), getattr(actual, item.name)
        for key in sorted(wanted.keys() | found.keys()):
            pair = (int(wanted.get(key, 0)), int(found.get(key, 0)))
            if pair[0] != pair[1]:
                differences.append(Difference(item.name, key, *pair))
    return differences


def print_result(expected: Figures, differences: list[Difference], console: Console) -> None:
    """Prints what was compared, and the differences as a table."""
    for name, title in _TITLES.items():
        wanted = getattr(expected, name)
        wrong = sum(difference.figure == name for difference in differences)
        console.print(
            f"  {title}: {len(wanted):,} figures, sum {sum(wanted.values()):,}, {wrong} differ"
        )
    if not differences:
        console.print("[green]verified: zero differences[/green]")
        return
    table = Table(title=f"{len(differences):,} differences")
    for heading in ("figure", "key", "expected", "actual", "difference"):
        table.add_column(heading, justify="left" if heading in {"figure", "key"} else "right")
    for row in differences[:_ROWS_SHOWN]:
        gap = row.actual - row.expected
        table.add_row(row.figure, str(row.key), f"{row.expected:,}", f"{row.actual:,}", f"{gap:+,}")
    console.print(table)
    if len(differences) > _ROWS_SHOWN:
        console.print(f"... and {len(differences) - _ROWS_SHOWN:,} more")
