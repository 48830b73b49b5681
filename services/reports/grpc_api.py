"""ReportService: message -> question -> use case -> message."""

from typing import Any, cast

from chassis.auth import current_principal
from chassis.clock import from_proto_date, to_proto_date
from chassis.database import Database
from services.reports.domain.columns import NO_CATEGORY
from services.reports.storage.sales_query import SumsRow
from services.reports.storage.value_repository import ValueRow
from services.reports.usecases.query_sales import QuerySales, query_sales
from services.reports.usecases.query_value_movements import (
    QueryValueMovements,
    query_value_movements,
)
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

SERVICE_NAME = "yika.reports.v1.ReportService"


class ReportServicer(report_service_pb2_grpc.ReportServiceServicer):
    """Answers from the read models."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def QuerySales(self, request: Any, context: Any) -> Any:
        """Sums sales, and returns off them, by one or two dimensions."""
        page = await query_sales(
            self._database,
            QuerySales(
                group_by=tuple(request.group_by),
                from_date=from_proto_date(request.from_date, "from_date"),
                to_date=from_proto_date(request.to_date, "to_date"),
                stores_in_scope=current_principal().stores,
                store_ids=tuple(request.store_ids),
                category_depth=request.category_depth,
                order=request.order,
                page_size=request.page_size,
                page_token=request.page_token,
            ),
        )
        return report_service_pb2.QuerySalesResponse(
            rows=[_row(row) for row in page.rows], next_page_token=page.next_page_token
        )

    async def QueryValueMovements(self, request: Any, context: Any) -> Any:
        """Sums bills that sell no goods by date, store and kind."""
        page = await query_value_movements(
            self._database,
            QueryValueMovements(
                from_date=from_proto_date(request.from_date, "from_date"),
                to_date=from_proto_date(request.to_date, "to_date"),
                stores_in_scope=current_principal().stores,
                store_ids=tuple(request.store_ids),
                page_size=request.page_size,
                page_token=request.page_token,
            ),
        )
        return report_service_pb2.QueryValueMovementsResponse(
            rows=[_value_row(row) for row in page.rows], next_page_token=page.next_page_token
        )


def _value_row(row: ValueRow) -> Any:
    return report_service_pb2.ValueMovementRow(
        date=to_proto_date(row.day),
        store_id=row.store_id,
        label=row.label,
        kind=cast(Any, row.kind),  # one that is newer than this service, too
        bill_count=row.bill_count,
        total_fen=row.total_fen,
        points_change=row.points_change,
        principal_change_fen=row.principal_change_fen,
        bonus_change_fen=row.bonus_change_fen,
    )


def _row(row: SumsRow) -> Any:
    return report_service_pb2.SalesRow(
        key="" if row.key in (None, NO_CATEGORY) else row.key,
        label=row.label,
        date=None if row.day is None else to_proto_date(row.day),
        revenue_fen=row.revenue_fen,
        discount_fen=row.discount_fen,
        quantity_milli=row.quantity_milli,
        sale_count=row.sale_count,
        sold_fen=row.sold_fen,
        returned_fen=row.returned_fen,
        returned_quantity_milli=row.returned_quantity_milli,
        return_count=row.return_count,
        clawed_back_points=row.clawed_back_points,
    )
