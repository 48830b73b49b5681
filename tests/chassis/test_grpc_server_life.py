"""The server over time: deadlines, health, and an end that lets running calls finish."""

import asyncio
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.auth import TokenVerifier
from chassis.grpc_server import GrpcServer
from chassis.service import Parts
from tests.chassis.servicers import REPORTS, UNARY_PERMISSION, answer, failure_of, unary_parts
from tests.fixtures.running import open_stub, running_server
from tests.fixtures.tokens import sign_token, write_jwks
from yika.reports.v1 import report_service_pb2_grpc

ReportStub = report_service_pb2_grpc.ReportServiceStub


async def nothing(context: Any) -> None:
    pass


class TestDeadline:
    async def test_of_the_caller_ends_the_call_at_the_server_too(self, tmp_path: Path) -> None:
        ended = asyncio.Event()

        async def act(context: Any) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async with (
            running_server(unary_parts(act), tmp_path) as address,
            open_stub(ReportStub, address, {UNARY_PERMISSION}) as stub,
        ):
            failure = await failure_of(answer(stub, timeout=0.3))
            assert failure.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            async with asyncio.timeout(10):
                await ended.wait()

    async def test_of_the_server_holds_for_a_caller_without_one(self, tmp_path: Path) -> None:
        async def act(context: Any) -> None:
            await asyncio.Event().wait()

        async with (
            serving(unary_parts(act), tmp_path, timeout_seconds=0.3) as server,
            grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            failure = await failure_of(answer(ReportStub(channel), metadata=bearer()))
        assert failure.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert "deadline" in str(failure.details())


def serving(parts: Parts, scratch: Path, *, timeout_seconds: float = 30) -> "Serving":
    return Serving(
        GrpcServer(
            address="127.0.0.1:0",
            verifier=TokenVerifier(str(write_jwks(scratch / "jwks.json")), "yika", "yika"),
            timeout_seconds=timeout_seconds,
            servicers=parts.servicers,
        )
    )


# What a client sees of a call that a stopping server refuses or cuts: CANCELLED when the call's
# first frame arrived just as the server closed the connection, UNAVAILABLE otherwise.
CUT = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


class Serving:
    """A server started and stopped around a block."""

    def __init__(self, server: GrpcServer) -> None:
        self._server = server

    async def __aenter__(self) -> GrpcServer:
        await self._server.start()
        return self._server

    async def __aexit__(self, *_: object) -> None:
        await self._server.stop(0)


def bearer() -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {sign_token([UNARY_PERMISSION])}")]


class TestHealthAndReflection:
    async def test_say_whether_and_what_without_a_token(self, tmp_path: Path) -> None:
        async with (
            serving(unary_parts(nothing), tmp_path) as server,
            grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            health = health_pb2_grpc.HealthStub(channel)
            for service in ("", REPORTS):
                request = health_pb2.HealthCheckRequest(service=service)
                statuses = []
                for serving_now in (None, True, False):
                    if serving_now is not None:
                        await server.set_serving(serving_now)
                    statuses.append((await health.Check(request)).status)
                assert statuses == [2, 1, 2]  # NOT_SERVING until told, SERVING, NOT_SERVING
            request = reflection_pb2.ServerReflectionRequest(list_services="")
            reflected = reflection_pb2_grpc.ServerReflectionStub(channel)
            call = reflected.ServerReflectionInfo(iter([request]))
            listed = {s.name async for a in call for s in a.list_services_response.service}
        assert REPORTS in listed


class TestStop:
    async def test_lets_a_running_call_finish_and_takes_no_new_one(self, tmp_path: Path) -> None:
        entered, release = asyncio.Event(), asyncio.Event()

        async def act(context: Any) -> None:
            entered.set()
            await release.wait()

        async with (
            serving(unary_parts(act), tmp_path) as server,
            grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            running = asyncio.ensure_future(answer(ReportStub(channel), metadata=bearer()))
            await entered.wait()
            stopping = asyncio.create_task(server.stop(30))
            late = await refused_call(server.port)
            assert late.code() in CUT
            assert not stopping.done()
            release.set()
            assert (await running).next_page_token == "answer"
            await stopping

    async def test_cuts_a_call_that_takes_longer_than_the_grace(self, tmp_path: Path) -> None:
        entered = asyncio.Event()

        async def act(context: Any) -> None:
            entered.set()
            await asyncio.Event().wait()

        async with (
            serving(unary_parts(act), tmp_path) as server,
            grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            running = asyncio.ensure_future(answer(ReportStub(channel), metadata=bearer()))
            await entered.wait()
            await server.stop(0.1)
            failure = await failure_of(running)
        assert failure.code() in CUT


async def refused_call(port: int) -> grpc.aio.AioRpcError:
    """The failure of a call on a connection of its own, once the server takes none."""
    async with asyncio.timeout(20):
        while True:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                try:
                    await answer(ReportStub(channel), metadata=bearer(), timeout=0.2)
                except grpc.aio.AioRpcError as failure:
                    if failure.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                        return failure
