"""Real services in processes of their own, with settings of a test."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from chassis.database import Database
from tests.chassis.numbers import url_of
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually
from tests.fixtures.tokens import write_jwks
from tools.local_stack.servers import free_port


def service_settings(database: Database, nats: OwnNats, scratch: Path) -> dict[str, str]:
    """Settings for a service on free ports."""
    return {
        "YIKA_DATABASE_URL": url_of(database),
        "YIKA_NATS_URL": nats.url,
        "YIKA_GRPC_PORT": str(free_port()),
        "YIKA_OPS_PORT": str(free_port()),
        "YIKA_JWKS": str(write_jwks(scratch / "jwks.json")),
    }


def environment(settings: dict[str, str]) -> dict[str, str]:
    """This process's environment with these settings and no others."""
    others = {k: v for k, v in os.environ.items() if not k.startswith("YIKA_")}
    return {**others, **settings}


async def run_service(
    name: str, *arguments: str, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Runs `python -m services.NAME ARGUMENTS` to its end."""
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", f"services.{name}", *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
    )


def start_service(name: str, settings: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a service that writes its log to a file."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", f"services.{name}", "serve"],
            env=environment(settings),
            stderr=output,
        )


@asynccontextmanager
async def serving(
    name: str, settings: dict[str, str], log: Path
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A service that is ready; told to stop afterwards, unless the test did so."""
    process = start_service(name, settings, log)
    try:
        await eventually(lambda: is_ready(settings, process, log), timeout_seconds=60)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, 30)
        finally:
            process.kill()


def still_running(process: subprocess.Popen[bytes], log: Path) -> None:
    """Fails with the service's log when its process has ended."""
    assert process.poll() is None, log.read_text()


async def is_ready(settings: dict[str, str], process: subprocess.Popen[bytes], log: Path) -> bool:
    """True once /readyz says so; fails when the process is gone."""
    still_running(process, log)
    return (await readiness(settings)).get("status") == "ready"


async def readiness(settings: dict[str, str]) -> dict[str, object]:
    """What /readyz answers; empty while nobody listens."""
    async with httpx.AsyncClient() as client:
        try:
            answer = await client.get(f"http://127.0.0.1:{settings['YIKA_OPS_PORT']}/readyz")
        except httpx.TransportError:
            return {}
    body: dict[str, object] = answer.json()
    return body
