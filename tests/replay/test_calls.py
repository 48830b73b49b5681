"""Calls outlast a service that is away, give up in the end, and pass refusals on at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from chassis.errors import DomainError, Kind
from tests.fixtures.stories import eventually
from tools.local_stack.servers import free_port
from tools.replay.calls import Calls, ReplayError

CHECK = health_pb2.HealthCheckRequest()


@asynccontextmanager
async def health_server(port: int) -> AsyncIterator[health.aio.HealthServicer]:
    server = grpc.aio.server()
    servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    try:
        yield servicer
    finally:
        await server.stop(0)


@asynccontextmanager
async def health_stub(port: int) -> AsyncIterator[health_pb2_grpc.HealthStub]:
    options = (("grpc.max_reconnect_backoff_ms", 200), ("grpc.initial_reconnect_backoff_ms", 50))
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
        yield health_pb2_grpc.HealthStub(channel)


class TestCalls:
    async def test_outlasts_a_service_that_comes_up_later(self) -> None:
        port = free_port()
        calls = Calls(patience_seconds=30)
        async with health_stub(port) as stub:
            waiting = asyncio.create_task(calls(stub.Check, CHECK))

            async def repeated() -> int:
                return calls.repeated

            await eventually(repeated, bool)
            async with health_server(port):
                answer = await waiting
        assert answer.status == health_pb2.HealthCheckResponse.SERVING

    async def test_gives_up_when_nobody_answers(self) -> None:
        async with health_stub(free_port()) as stub:
            with pytest.raises(ReplayError, match="UNAVAILABLE"):
                await Calls(patience_seconds=0.3)(stub.Check, CHECK)

    async def test_a_refusal_is_not_repeated(self) -> None:
        port = free_port()
        calls = Calls(patience_seconds=30)
        async with health_server(port), health_stub(port) as stub:
            unknown = health_pb2.HealthCheckRequest(service="nobody")
            with pytest.raises(DomainError) as refusal:
                await calls(stub.Check, unknown)
        assert refusal.value.kind is Kind.UNAVAILABLE  # NOT_FOUND without a reason
        assert calls.repeated == 0
