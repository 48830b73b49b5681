"""A trace goes from the caller through an RPC, an event and its consumer, to a collector."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.type.date_pb2 import Date
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from chassis.database import Database
from chassis.ids import new_id
from tests.chassis.processes import service_settings, serving
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers, migrated_database
from yika.inventory.v1 import catalogue_pb2, inventory_service_pb2, inventory_service_pb2_grpc
from yika.reports.v1 import report_service_pb2, report_service_pb2_grpc

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CALLERS_SPAN_ID = "b7ad6b7169203331"
RPC = "/yika.inventory.v1.InventoryService/UpsertStores"
CONSUMED = "consume yika.inventory.v1.StoresUpserted"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Keeps the spans that services export, with the name of the service."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Any]] = []

    async def Export(self, request: Any, context: Any) -> Any:
        for exported in request.resource_spans:
            attributes = {a.key: a.value.string_value for a in exported.resource.attributes}
            for scope in exported.scope_spans:
                self.spans += [(attributes["service.name"], span) for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()

    def find(self, name: str) -> list[tuple[str, Any]]:
        return [
            (service, span)
            for service, span in self.spans
            if span.name == name and span.trace_id.hex() == TRACE_ID
        ]


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    """A collector, and the endpoint to send spans to."""
    collector = Collector()
    server = grpc.aio.server()
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield collector, f"http://127.0.0.1:{port}"
    await server.stop(0)


class TestTrace:
    async def test_spans_rpc_event_and_consumer(
        self,
        servers: Servers,
        database: Database,
        nats: OwnNats,
        collector: tuple[Collector, str],
        tmp_path: Path,
    ) -> None:
        spans, endpoint = collector
        tracing = {"YIKA_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        stub = inventory_service_pb2_grpc.InventoryServiceStub
        store = catalogue_pb2.Store(store_id=new_id(), store_code="S001", name="人民路店")
        async with migrated_database(servers, "inventory") as stock:
            producer = {**service_settings(stock, nats, tmp_path), **tracing}
            consumer = {**service_settings(database, nats, tmp_path), **tracing}
            async with (
                serving("inventory", producer, tmp_path / "inventory.log"),
                serving("reports", consumer, tmp_path / "reports.log"),
                open_stub(
                    stub, f"127.0.0.1:{producer['YIKA_GRPC_PORT']}", {"inventory.stores.write"}
                ) as inventory,
            ):
                await inventory.UpsertStores(
                    inventory_service_pb2.UpsertStoresRequest(stores=[store]),
                    metadata=[("traceparent", f"00-{TRACE_ID}-{CALLERS_SPAN_ID}-01")],
                )

                async def collected() -> bool:
                    return bool(spans.find(RPC) and spans.find(CONSUMED))

                await eventually(collected)
        [(producing_service, rpc)] = spans.find(RPC)
        [(consuming_service, consumed)] = spans.find(CONSUMED)
        assert producing_service == "yika-inventory"
        assert consuming_service == "yika-reports"
        assert rpc.parent_span_id.hex() == CALLERS_SPAN_ID
        assert consumed.parent_span_id == rpc.span_id

    async def test_a_collector_that_is_not_there_costs_no_request(
        self, database: Database, nats: OwnNats, tmp_path: Path
    ) -> None:
        settings = {
            **service_settings(database, nats, tmp_path),
            "YIKA_OTLP_ENDPOINT": "http://127.0.0.1:1",
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }
        stub = report_service_pb2_grpc.ReportServiceStub
        address = f"127.0.0.1:{settings['YIKA_GRPC_PORT']}"
        day = Date(year=2026, month=1, day=1)
        request = report_service_pb2.QuerySalesRequest(group_by=[1], from_date=day, to_date=day)
        async with serving("reports", settings, tmp_path / "log") as process:
            async with open_stub(stub, address, {"reports.sales.read"}) as reports:
                for _ in range(5):
                    assert list((await reports.QuerySales(request)).rows) == []
            process.terminate()
            assert await asyncio.to_thread(process.wait, 60) == 0
