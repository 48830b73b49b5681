"""The measures, taken one after the other on the same books."""

import asyncio
import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tools.bench_ledger.books import Books, a_sale, member_id, store_id
from tools.bench_ledger.sales import sales
from tools.bench_ledger.stand import Stand
from yika.points.v1 import points_service_pb2

BATCH = 200
BATCHES_IN_FLIGHT = 4
CALLERS = 32
_LATENCY_CALLS = 1000
_SALES_A_SECOND_MAX = 15_000
_CALLS_A_SECOND_MAX = 4_000
_SERVICE = "/yika.points.v1.PointsService/"

Call = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Rates a second, and milliseconds of one caller."""

    empty_32: float
    post_32: float
    wallet_32: float
    batch_sales: float
    pgbench: float
    empty_p50: float
    empty_p99: float
    post_p50: float
    post_p99: float


class _Clients:
    """What the clients send: bytes in, bytes out, their own work is not what is measured."""

    def __init__(self, channel: grpc.aio.Channel, stand: Stand, books: Books) -> None:
        self._metadata = (("authorization", f"Bearer {stand.token}"),)
        self._members = books.members
        self._health = health_pb2_grpc.HealthStub(channel)
        self._post_sale = channel.unary_unary(f"{_SERVICE}PostSale")
        self._post_sales = channel.unary_unary(f"{_SERVICE}PostSales")
        self._get_wallet = channel.unary_unary(f"{_SERVICE}GetWallet")
        self._chance = random.Random(7)
        self._endless = sales(books.members, seed=random.randrange(2**31))

    async def empty(self) -> None:
        """An RPC that does nothing."""
        await self._health.Check(health_pb2.HealthCheckRequest())

    async def wallet(self) -> None:
        """Reads the wallet of a member chosen at random."""
        member = member_id(self._chance.randint(1, self._members))
        request = points_service_pb2.GetWalletRequest(member_id=member)
        await self._get_wallet(request.SerializeToString(), metadata=self._metadata)

    def singles(self, count: int) -> Call:
        """Posts one sale a call; the sales are made before."""
        made = iter(
            [
                points_service_pb2.PostSaleRequest(sale=next(self._endless)).SerializeToString()
                for _ in range(count)
            ]
        )

        async def post() -> None:
            await self._post_sale(next(made), metadata=self._metadata)

        return post

    def batches(self, count: int) -> Call:
        """Posts a batch a call; the sales are made before. None of them may be refused."""
        made = iter(
            [
                points_service_pb2.PostSalesRequest(
                    sales=itertools.islice(self._endless, BATCH)
                ).SerializeToString()
                for _ in range(count)
            ]
        )

        async def post() -> None:
            answer = await self._post_sales(next(made), metadata=self._metadata)
            for outcome in points_service_pb2.PostSalesResponse.FromString(answer).outcomes:
                if outcome.HasField("refused"):
                    sys.exit(f"a sale was refused: {outcome.refused}")

        return post


async def measure(stand: Stand, books: Books, seconds: float) -> Figures:
    """All figures of one ledger."""
    options = (("grpc.max_receive_message_length", 16 << 20),)
    async with grpc.aio.insecure_channel(stand.address, options=options) as channel:
        clients = _Clients(channel, stand, books)
        await _rate(clients.batches(60), BATCHES_IN_FLIGHT, 1.0)  # warm
        empty_32 = await _rate(clients.empty, CALLERS, seconds)
        singles = clients.singles(int(_CALLS_A_SECOND_MAX * seconds))
        post_32 = await _rate(singles, CALLERS, seconds)
        wallet_32 = await _rate(clients.wallet, CALLERS, seconds)
        batches = clients.batches(int(_SALES_A_SECOND_MAX * seconds / BATCH))
        batch_sales = BATCH * await _rate(batches, BATCHES_IN_FLIGHT, seconds)
        empty_p50, empty_p99 = await _latency(clients.empty)
        post_p50, post_p99 = await _latency(clients.singles(_LATENCY_CALLS))
    pgbench = await asyncio.to_thread(_pgbench, stand, books, seconds)
    return Figures(
        empty_32,
        post_32,
        wallet_32,
        batch_sales,
        pgbench,
        empty_p50,
        empty_p99,
        post_p50,
        post_p99,
    )


async def _rate(call: Call, callers: int, seconds: float) -> float:
    """Calls a second that `callers` in parallel get through."""
    done = 0
    started = time.perf_counter()
    deadline = started + seconds

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            await call()
            done += 1

    await asyncio.gather(*(caller() for _ in range(callers)))
    return done / (time.perf_counter() - started)


async def _latency(call: Call) -> tuple[float, float]:
    """p50 and p99 of one caller, in milliseconds."""
    taken = []
    for _ in range(_LATENCY_CALLS):
        started = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[_LATENCY_CALLS // 2], taken[_LATENCY_CALLS * 99 // 100]


def _pgbench(stand: Stand, books: Books, seconds: float) -> float:
    """Sales a second of pgbench, one transaction a sale, the same rows into the same tables."""
    values = {
        "members": str(books.members),
        "sales": str(books.sales_each),
        "store": store_id(1),
        "document": a_sale().SerializeToString().hex(),
        "allocation": "0a" * 150,
        "receipt": "18" * 24,
        "hash": "5c" * 32,
    }
    here = Path(__file__).parent
    arguments = [str(stand.pgbench), "-n", "-M", "prepared", "-c", "8", "-j", "2"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        for name in ("cash_sale.sql", "mixed_sale.sql"):
            script = (here / name).read_text()
            for key, value in values.items():
                script = script.replace(f"@{key}@", value)
            file = Path(folder) / name
            file.write_text(script)
            arguments += ["-f", f"{file}@1"]
        done = subprocess.run(
            [*arguments, "-T", str(int(seconds)), stand.database_url],
            capture_output=True,
            text=True,
        )
    if done.returncode != 0:
        sys.exit(f"pgbench failed: {done.stderr[-1000:]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])
