"""The ops port, and the HTTP server that any service runs in its own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

import chassis.ops
from chassis.errors import Unavailable
from chassis.metrics import DEAD_LETTERS, OUTBOX_PENDING, RPC_SECONDS
from chassis.ops import HttpServer, build_ops_app, failing_checks
from tools.local_stack.servers import free_port


async def passes() -> None:
    pass


async def refuses() -> None:
    raise Unavailable("SCHEMA_REVISION", "another revision")


async def hangs() -> None:
    await asyncio.Event().wait()


async def breaks() -> None:
    raise PermissionError("the password was changed to hunter2")


class TestFailingChecks:
    async def test_a_check_that_breaks_is_a_reason_and_tells_no_secret(self) -> None:
        assert await failing_checks({"database": breaks}) == {"database": "DEFECT: PermissionError"}

    async def test_names_each_check_that_fails_and_why(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chassis.ops, "_CHECK_TIMEOUT_SECONDS", 0.05)
        checks = {"good": passes, "schema": refuses, "slow": hangs}
        assert await failing_checks(checks) == {
            "schema": "SCHEMA_REVISION: another revision",
            "slow": "TIMEOUT: no answer",
        }

    async def test_finds_nothing_where_nothing_is_checked(self) -> None:
        assert await failing_checks({}) == {}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    checks = {"database": passes}
    transport = httpx.ASGITransport(build_ops_app(checks))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        client.checks = checks  # type: ignore[attr-defined]
        yield client


class TestOpsApp:
    async def test_is_ready_when_every_check_passes(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ready", "failures": {}}

    async def test_is_alive_but_not_ready_when_one_fails(self, client: httpx.AsyncClient) -> None:
        client.checks["schema"] = refuses  # type: ignore[attr-defined]
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {
            "status": "not ready",
            "failures": {"schema": "SCHEMA_REVISION: another revision"},
        }
        assert (await client.get("/healthz")).status_code == 200

    async def test_shows_metrics_in_prometheus_format(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")
        for metric in (RPC_SECONDS, OUTBOX_PENDING, DEAD_LETTERS):
            assert f"# TYPE {metric.describe()[0].name} " in answer.text

    async def test_shows_no_page_to_explore(self, client: httpx.AsyncClient) -> None:
        for path in ("/docs", "/redoc", "/openapi.json", "/"):
            assert (await client.get(path)).status_code == 404


class TestHttpServer:
    async def test_lets_a_running_request_finish_when_it_stops(self) -> None:
        entered, release = asyncio.Event(), asyncio.Event()
        app = FastAPI()

        @app.get("/slow")
        async def slow() -> str:
            entered.set()
            await release.wait()
            return "done"

        port = free_port()
        server = HttpServer(app, "127.0.0.1", port)
        await server.start()
        async with httpx.AsyncClient() as client:
            running = asyncio.ensure_future(client.get(f"http://127.0.0.1:{port}/slow"))
            await entered.wait()
            stopping = asyncio.create_task(server.stop())
            release.set()
            assert (await running).json() == "done"
            await stopping
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://127.0.0.1:{port}/slow")

    async def test_says_which_port_is_taken(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(OSError, match=str(port)):
                await HttpServer(FastAPI(), "127.0.0.1", port).start()
