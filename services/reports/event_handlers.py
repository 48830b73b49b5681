"""What reports does when points and inventory publish: message -> use case, nothing else."""

from datetime import date
from typing import Any

from prometheus_client import Counter

from chassis.database import Transaction
from chassis.inbox import Subscription
from services.reports.domain.category import Category
from services.reports.domain.columns import SoldBasket
from services.reports.domain.returns import ReturnedBasket
from services.reports.domain.value import ValueBill
from services.reports.usecases.name_dimensions import name_categories, name_products, name_stores
from services.reports.usecases.record_returns import record_returns
from services.reports.usecases.record_sales import record_sales
from services.reports.usecases.record_value_bills import record_value_bills
from yika.inventory.v1 import events_pb2 as inventory_events_pb2
from yika.points.v1 import events_pb2 as points_events_pb2

SALES_RECORDED = Counter("yika_reports_sales_recorded_total", "Sales counted in the read models.")
LINES_RECORDED = Counter(
    "yika_reports_lines_recorded_total", "Lines of sales counted in the read models."
)
SALES_REPEATED = Counter(
    "yika_reports_sales_repeated_total", "Sales that came again and were not counted again."
)
RETURNS_RECORDED = Counter(
    "yika_reports_returns_recorded_total", "Returns of goods counted in the read models."
)
RETURNS_REPEATED = Counter(
    "yika_reports_returns_repeated_total", "Returns that came again and were not counted again."
)


BILLS_RECORDED = Counter(
    "yika_reports_bills_recorded_total", "Bills other than sales and returns that were counted."
)
BILLS_REPEATED = Counter(
    "yika_reports_bills_repeated_total", "Such bills that came again and were not counted again."
)


async def on_sales_posted(tx: Transaction, event: Any) -> None:
    """points posted sales."""
    recorded = await record_sales(tx, [_basket(posted.sale) for posted in event.sales])

    def count() -> None:
        SALES_RECORDED.inc(recorded.bill_count)
        LINES_RECORDED.inc(recorded.line_count)
        SALES_REPEATED.inc(recorded.repeated_count)

    tx.after_commit(count)


def _basket(sale: Any) -> SoldBasket:
    day = sale.business_date
    return SoldBasket(
        sale_id=sale.sale_id,
        store_id=sale.store_id,
        member_id=sale.member_id,
        day=date(day.year, day.month, day.day),
        lines=sale.lines,
    )


async def on_sales_returned(tx: Transaction, event: Any) -> None:
    """points took goods back."""
    recorded = await record_returns(tx, [_returned_basket(returned) for returned in event.returns])

    def count() -> None:
        RETURNS_RECORDED.inc(recorded.bill_count)
        RETURNS_REPEATED.inc(recorded.repeated_count)

    tx.after_commit(count)


def _returned_basket(returned: Any) -> ReturnedBasket:
    day = returned.business_date
    return ReturnedBasket(
        bill_id=returned.bill_id,
        store_id=returned.store_id,
        member_id=returned.member_id,
        day=date(day.year, day.month, day.day),
        lines=returned.lines,
        clawed_back_points=returned.clawed_back_points,
    )


async def on_bills_posted(tx: Transaction, event: Any) -> None:
    """points posted bills that sell no goods. They are kept apart from sales: no turnover."""
    fresh, repeated = await record_value_bills(tx, [_value_bill(bill) for bill in event.bills])

    def count() -> None:
        BILLS_RECORDED.inc(fresh)
        BILLS_REPEATED.inc(repeated)

    tx.after_commit(count)


def _value_bill(bill: Any) -> ValueBill:
    day, receipt = bill.business_date, bill.receipt
    return ValueBill(
        bill_id=bill.bill_id,
        store_id=bill.store_id,
        day=date(day.year, day.month, day.day),
        kind=bill.kind,
        total_fen=bill.total_fen,
        points_change=receipt.points_change,
        principal_change_fen=receipt.principal_change_fen,
        bonus_change_fen=receipt.bonus_change_fen,
    )


async def on_stores_upserted(tx: Transaction, event: Any) -> None:
    """inventory created or changed stores."""
    names = {store.store_id: store.name for store in event.stores}
    await name_stores(tx, names, revision=event.revision)


async def on_categories_upserted(tx: Transaction, event: Any) -> None:
    """inventory created or changed categories."""
    categories = {
        category.category_id: Category(category.parent_category_id, category.name)
        for category in event.categories
    }
    await name_categories(tx, categories, revision=event.revision)


async def on_products_upserted(tx: Transaction, event: Any) -> None:
    """inventory created or changed products."""
    names = {product.product_id: product.name for product in event.products}
    await name_products(tx, names, revision=event.revision)


SUBSCRIPTIONS = (
    Subscription(points_events_pb2.SalesPosted, on_sales_posted),
    Subscription(points_events_pb2.SalesReturned, on_sales_returned),
    Subscription(points_events_pb2.BillsPosted, on_bills_posted),
    Subscription(inventory_events_pb2.StoresUpserted, on_stores_upserted),
    Subscription(inventory_events_pb2.CategoriesUpserted, on_categories_upserted),
    Subscription(inventory_events_pb2.ProductsUpserted, on_products_upserted),
)
