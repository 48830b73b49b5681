"""The ops port: /metrics, /healthz (the process lives), /readyz (it wants traffic)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
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
    return failures


def build_ops_app(checks: Mapping[str, ReadinessCheck]) -> FastAPI:
    """The ops app over a service's readiness checks."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        failures = await failing_checks(checks)
        body = {"status": "not ready" if failures else "ready", "failures": failures}
        return JSONResponse(body, status_code=503 if failures else 200)

    return app


class HttpServer:
    """uvicorn inside this service's event loop, leaving signals to the service."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
            )
        )
        self._tasks: Sequence[asyncio.Task[None]] = ()

    async def start(self) -> None:
        """Listens; OSError when the port is taken."""
        config = self._server.config
        if not config.loaded:
            config.load()
        self._server.lifespan = config.lifespan_class(config)
        # uvicorn would call sys.exit for a busy port; asking first keeps the error an error.
        probe = await asyncio.get_running_loop().create_server(
            asyncio.Protocol, self._host, self._port
        )
        probe.close()
        await probe.wait_closed()
        await self._server.startup()
        self._tasks = [asyncio.create_task(self._server.main_loop())]

    async def stop(self) -> None:
        """Stops listening and lets running requests finish."""
        self._server.should_exit = True
        await asyncio.gather(*self._tasks)
        await self._server.shutdown()
