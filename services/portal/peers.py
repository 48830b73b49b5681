"""The services that own what the portal shows, asked by gRPC with the person's own token."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import grpc

from chassis.clock import from_proto_date, to_proto_date
from chassis.error_mapping import from_grpc
from chassis.grpc_client import open_channel
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

Dimension = report_service_pb2.Dimension
STORE = report_service_pb2.DIMENSION_STORE
DAY = report_service_pb2.DIMENSION_DAY
CATEGORY = report_service_pb2.DIMENSION_CATEGORY
PRODUCT = report_service_pb2.DIMENSION_PRODUCT
_PAGE_ROWS = 5000
# Far above any answer that a screen has room for; a peer that pages for ever must not hold us.
_PAGES_MAX = 20


@dataclass(frozen=True, slots=True)
class SalesSum:
    """One row of QuerySales."""

    key: str
    label: str
    day: date | None
    revenue_fen: int
    quantity_milli: int
    sale_count: int
    returned_fen: int


class Reports:
    """The reports service. Every refusal and failure comes back as a DomainError."""

    def __init__(self, address: str, timeout_seconds: float) -> None:
        # No token of its own: a call without a person is refused by reports, not answered.
        self._channel = open_channel(address, token=str, timeout_seconds=timeout_seconds)
        self._stub = report_service_pb2_grpc.ReportServiceStub(self._channel)

    async def query_sales(
        self,
        token: str,
        group_by: Sequence[Dimension],
        first: date,
        last: date,
        *,
        store_ids: Sequence[str] = (),
        category_depth: int = 0,
        rows_max: int | None = None,
    ) -> list[SalesSum]:
        """All rows, or the `rows_max` (at most 5,000) with the largest revenue."""
        order = (
            report_service_pb2.ORDER_UNSPECIFIED
            if rows_max is None
            else report_service_pb2.ORDER_REVENUE_DESCENDING
        )
        rows: list[SalesSum] = []
        page_token = ""
        for _ in range(_PAGES_MAX):
            request = report_service_pb2.QuerySalesRequest(
                group_by=group_by,
                from_date=to_proto_date(first),
                to_date=to_proto_date(last),
                store_ids=store_ids,
                category_depth=category_depth,
                order=order,
                page_size=rows_max or _PAGE_ROWS,
                page_token=page_token,
            )
            answer = await _call(self._stub.QuerySales, request, token)
            rows += [_to_sum(row) for row in answer.rows]
            page_token = answer.next_page_token
            if not page_token or rows_max is not None:
                break
        return rows

    async def close(self) -> None:
        """Closes the channel."""
        await self._channel.close()


async def _call(method: Callable[..., Awaitable[Any]], request: Any, token: str) -> Any:
    try:
        return await method(request, metadata=(("authorization", f"Bearer {token}"),))
    except grpc.RpcError as error:
        raise from_grpc(error) from error


def _to_sum(row: Any) -> SalesSum:
    return SalesSum(
        key=row.key,
        label=row.label,
        day=from_proto_date(row.date, "date") if row.HasField("date") else None,
        revenue_fen=row.revenue_fen,
        quantity_milli=row.quantity_milli,
        sale_count=row.sale_count,
        returned_fen=row.returned_fen,
    )
