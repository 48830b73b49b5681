"""The ops port: /metrics, /healthz (the process lives), /readyz (it wants traffic)."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from chassis.errors import DomainError

_CHECK_TIMEOUT_SECONDS = 3.0

ReadinessCheck = Callable[[], Awaitable[None]]


async def failing_checks(checks: Mapping[str, ReadinessCheck]) -> dict[str, str]:
    """Name -> reason of every check that fails or takes over 3 seconds; empty when ready."""
    failures = {}
    for name, check in checks.items():
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_SECONDS):
                await check()
        except DomainError as error:
            failures[name] = str(error)
        except TimeoutError:
            failures[name] = "TIMEOUT: no answer"
        except Exception as error:  # a check that breaks is a reason, not the end of the service
            failures[name] = f"DEFECT: {type(error).__name__}"
    return failures


def build_ops_app(checks: Mapping[str, ReadinessCheck]) -> ASGIApp:
    """The ops app over a service's readiness checks.

    Plain Starlette: importing FastAPI takes half a second that most services need not spend.
    """

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        failures = await failing_checks(checks)
        body = {"status": "not ready" if failures else "ready", "failures": failures}
        return JSONResponse(body, status_code=503 if failures else 200)

    endpoints = {"/metrics": metrics, "/healthz": healthz, "/readyz": readyz}
    return Starlette(routes=[Route(path, endpoint) for path, endpoint in endpoints.items()])


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to the service, which drains all its servers in order."""
        yield


class HttpServer:
    """uvicorn inside this service's event loop."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._address = (host, port)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=5
        )
        self._server = _Server(config)

    async def start(self) -> None:
        """Listens; OSError when the port is taken (uvicorn itself would exit the process)."""
        listener = socket.create_server(self._address, backlog=512)
        self._running = asyncio.create_task(self._server.serve([listener]))

    async def stop(self) -> None:
        """Stops listening and lets running requests finish."""
        self._server.should_exit = True
        await self._running
