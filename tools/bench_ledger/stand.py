"""What the bench measures on: PostgreSQL, NATS and one points service, on free ports."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.database import Database
from chassis.migrations import migrate
from tools.local_stack.servers import (
    free_port,
    postgres_binaries,
    prepare_nats,
    prepare_postgres,
    start_server,
)

_START_SECONDS_MAX = 60
_MEGABYTE = 1 << 20
_MEMORY_BYTES = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
# What an operator sets on a machine that is PostgreSQL's own; for pgbench they hold as well.
POSTGRES_SETTINGS = {
    "shared_buffers": f"{_MEMORY_BYTES // 4 // _MEGABYTE}MB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "30min",
}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where everything is."""

    state: Path
    database_url: str
    addresses: Sequence[str]  # of the replicas of the service
    token: str
    pids: Mapping[str, Sequence[int]]  # by what they are

    @property
    def pgbench(self) -> Path:
        """The program."""
        return postgres_binaries(self.state) / "pgbench"


@asynccontextmanager
async def running_stand(
    state: Path, fill: Callable[[str], Awaitable[None]], replicas: int
) -> AsyncIterator[Stand]:
    """Servers with a migrated and filled database, and the service; all ended afterwards."""
    postgres, admin_url = prepare_postgres(state, free_port())
    settings = [part for each in POSTGRES_SETTINGS.items() for part in ("-c", "=".join(each))]
    postgres = replace(postgres, argv=[*postgres.argv, *settings])
    nats, nats_url = prepare_nats(state, free_port())
    processes = []
    try:
        for command in (postgres, nats):
            processes.append(start_server(command, state / f"{command.name}.log"))
        url = await _create_database(admin_url)
        await fill(url)
        ports = [free_port() for _ in range(replicas)]
        key = Ed25519PrivateKey.generate()
        for port in ports:
            processes.append(_start_service(state, url, nats_url, port, key))
            if not await _answers(processes[-1], port):
                raise RuntimeError(f"the points service did not start: {state / 'points.log'}")
        pids = [process.pid for process in processes]
        by_name = {"PostgreSQL": pids[:1], "NATS": pids[1:2], "service": pids[2:]}
        addresses = [f"127.0.0.1:{port}" for port in ports]
        yield Stand(state, url, addresses, _token(key), by_name)
    finally:
        for process in reversed(processes):
            process.send_signal(signal.SIGINT)  # PostgreSQL would wait for connections on SIGTERM
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


async def _create_database(admin_url: str) -> str:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while True:
        try:
            admin = await asyncpg.connect(admin_url)
            break
        except asyncpg.CannotConnectNowError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
    try:
        await admin.execute("CREATE DATABASE points")
    finally:
        await admin.close()
    url = admin_url.rsplit("/", 1)[0] + "/points"
    database = Database(url, service="points")
    try:
        await migrate("points", database)
    finally:
        await database.dispose()
    return url


def _start_service(
    state: Path, url: str, nats_url: str, port: int, key: Ed25519PrivateKey
) -> "subprocess.Popen[bytes]":
    public = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    jwks = state / "jwks.json"
    jwks.write_text(json.dumps({"keys": [{**public, "kid": "bench", "alg": "EdDSA"}]}))
    environment = {
        **os.environ,
        "YIKA_DATABASE_URL": url,
        "YIKA_NATS_URL": nats_url,
        "YIKA_GRPC_PORT": str(port),
        "YIKA_JWKS": str(jwks),
        "YIKA_LOG_LEVEL": "WARNING",
        # The history is written in bulk with hashes that are no chain: who verified it would
        # freeze every wallet. Jobs that rest between their steps are not what is measured.
        "YIKA_VERIFY_INTERVAL_SECONDS": "0",
        "YIKA_EXPIRY_INTERVAL_SECONDS": "0",
        # What is sold bears a fixed day, so that every run measures the same.
        "YIKA_LATE_DAYS_MAX": "36600",
    }
    with (state / "points.log").open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "services.points", "serve"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


async def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """True once the port answers; False when the process ended or took too long."""
    deadline = time.monotonic() + _START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return True
    return False


def _token(key: Ed25519PrivateKey) -> str:
    now = int(time.time())
    claims = {
        "sub": "bench",
        "iss": "yika",
        "aud": "yika",
        "iat": now,
        "exp": now + 4 * 3600,
        "permissions": ["points.sales.post", "points.wallets.read"],
        "stores": "*",
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "bench"})
