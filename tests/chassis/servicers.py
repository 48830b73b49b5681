"""Servicers of the contract that do what a test tells them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import pytest

from chassis.service import Parts
from yika.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

REPORTS = "yika.reports.v1.ReportService"
INVENTORY = "yika.inventory.v1.InventoryService"
QUERY = f"/{REPORTS}/QuerySales"
STREAM = f"/{INVENTORY}/StreamCatalogue"
UNARY_PERMISSION = "reports.sales.read"
STREAM_PERMISSION = "inventory.catalogue.read"

Unary = Callable[[Any], Awaitable[None]]
Stream = Callable[[Any], AsyncIterator[None]]


class _Reports(report_service_pb2_grpc.ReportServiceServicer):
    def __init__(self, act: Unary) -> None:
        self._act = act

    async def QuerySales(self, request: Any, context: Any) -> Any:
        await self._act(context)
        return report_service_pb2.QuerySalesResponse(next_page_token="answer")


class _Inventory(inventory_service_pb2_grpc.InventoryServiceServicer):
    def __init__(self, act: Stream) -> None:
        self._act = act

    async def StreamCatalogue(self, request: Any, context: Any) -> AsyncIterator[Any]:
        async for _ in self._act(context):
            yield inventory_service_pb2.StreamCatalogueResponse()


def unary_parts(act: Unary) -> Parts:
    """A service whose QuerySales awaits `act(context)` before it answers."""
    add = report_service_pb2_grpc.add_ReportServiceServicer_to_server
    return Parts(servicers=[(REPORTS, add, _Reports(act))])


def stream_parts(act: Stream) -> Parts:
    """A service whose StreamCatalogue answers once for each step of `act(context)`."""
    add = inventory_service_pb2_grpc.add_InventoryServiceServicer_to_server
    return Parts(servicers=[(INVENTORY, add, _Inventory(act))])


async def answer(stub: Any, **options: Any) -> Any:
    """Calls the unary RPC."""
    return await stub.QuerySales(report_service_pb2.QuerySalesRequest(), **options)


async def pieces(stub: Any, **options: Any) -> list[Any]:
    """Calls the streaming RPC and reads it to its end."""
    request = inventory_service_pb2.StreamCatalogueRequest()
    return [piece async for piece in stub.StreamCatalogue(request, **options)]


async def failure_of(call: Any) -> grpc.aio.AioRpcError:
    """The failure that a call must end in."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return failed.value
