"""The measures, taken one after the other on the same books."""

import asyncio
import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tools.bench_ledger.books import Books, a_sale, member_id, store_id
from tools.bench_ledger.processor_time import processor_seconds
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


class Rate(NamedTuple):
    """Calls or sales a second, and the microseconds of processor time that each took of whom."""

    a_second: float
    costs: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Rates, and the milliseconds of one caller."""

    empty: Rate
    post: Rate
    wallet: Rate
    batches: Rate  # of sales
    pgbench: Rate
    empty_p50: float
    empty_p99: float
    post_p50: float
    post_p99: float


class _Clients:
    """What the clients send: bytes in, bytes out, their own work is not what is measured."""

    def __init__(self, channels: Sequence[grpc.aio.Channel], stand: Stand, books: Books) -> None:
        self._metadata = (("authorization", f"Bearer {stand.token}"),)
        self._members = books.members
        # The replicas of the service get their calls in turn, as from a load balancer.
        self._health = itertools.cycle([health_pb2_grpc.HealthStub(each) for each in channels])
        self._post_sale = _in_turn(channels, "PostSale")
        self._post_sales = _in_turn(channels, "PostSales")
        self._get_wallet = _in_turn(channels, "GetWallet")
        self._chance = random.Random(7)
        self._endless = sales(books.members, seed=random.randrange(2**31))

    async def empty(self) -> None:
        """An RPC that does nothing."""
        await next(self._health).Check(health_pb2.HealthCheckRequest())

    async def wallet(self) -> None:
        """Reads the wallet of a member chosen at random."""
        member = member_id(self._chance.randint(1, self._members))
        request = points_service_pb2.GetWalletRequest(member_id=member)
        await next(self._get_wallet)(request.SerializeToString(), metadata=self._metadata)

    def singles(self, count: int) -> Call:
        """Posts one sale a call; the sales are made before."""
        made = iter(
            [
                points_service_pb2.PostSaleRequest(sale=next(self._endless)).SerializeToString()
                for _ in range(count)
            ]
        )

        async def post() -> None:
            await next(self._post_sale)(next(made), metadata=self._metadata)

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
            answer = await next(self._post_sales)(next(made), metadata=self._metadata)
            for outcome in points_service_pb2.PostSalesResponse.FromString(answer).outcomes:
                if outcome.HasField("refused"):
                    sys.exit(f"a sale was refused: {outcome.refused}")

        return post


def _in_turn(channels: Sequence[grpc.aio.Channel], method: str) -> Iterator[Any]:
    return itertools.cycle([channel.unary_unary(f"{_SERVICE}{method}") for channel in channels])


async def measure(stand: Stand, books: Books, seconds: float) -> Figures:
    """All figures of one ledger."""
    options = (("grpc.max_receive_message_length", 16 << 20),)
    async with AsyncExitStack() as stack:
        channels = [
            await stack.enter_async_context(grpc.aio.insecure_channel(address, options=options))
            for address in stand.addresses
        ]
        clients = _Clients(channels, stand, books)
        await _rate(stand, clients.batches(120), BATCHES_IN_FLIGHT, 2.0)  # warm
        empty = await _rate(stand, clients.empty, CALLERS, seconds)
        singles = clients.singles(int(_CALLS_A_SECOND_MAX * seconds))
        post = await _rate(stand, singles, CALLERS, seconds)
        wallet = await _rate(stand, clients.wallet, CALLERS, seconds)
        # One half of pgbench before and one after: pages cost more when they are first touched.
        before = await asyncio.to_thread(_pgbench, stand, books, seconds / 2)
        made = clients.batches(int(_SALES_A_SECOND_MAX * seconds / BATCH))
        batches = await _rate(stand, made, BATCHES_IN_FLIGHT, seconds, BATCH)
        after = await asyncio.to_thread(_pgbench, stand, books, seconds / 2)
        one = _Clients(channels[:1], stand, books)  # a caller's connection leads to one replica
        empty_p50, empty_p99 = await _latency(one.empty)
        post_p50, post_p99 = await _latency(one.singles(_LATENCY_CALLS))
    costs = {name: (before.costs[name] + after.costs[name]) / 2 for name in before.costs}
    pgbench = Rate((before.a_second + after.a_second) / 2, costs)
    return Figures(empty, post, wallet, batches, pgbench, empty_p50, empty_p99, post_p50, post_p99)


async def _rate(stand: Stand, call: Call, callers: int, seconds: float, units: int = 1) -> Rate:
    """What `callers` in parallel get through, of calls that do so many units each."""
    done = 0
    before = processor_seconds(stand.pids)
    started = time.perf_counter()
    deadline = started + seconds

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            await call()
            done += units

    await asyncio.gather(*(caller() for _ in range(callers)))
    return _rate_of(stand, done, time.perf_counter() - started, before)


def _rate_of(stand: Stand, done: int, seconds: float, before: Mapping[str, float]) -> Rate:
    used = processor_seconds(stand.pids)
    costs = {name: 1e6 * (used[name] - before[name]) / max(1, done) for name in used}
    return Rate(done / seconds, costs)


async def _latency(call: Call) -> tuple[float, float]:
    """p50 and p99 of one caller, in milliseconds."""
    taken = []
    for _ in range(_LATENCY_CALLS):
        started = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[_LATENCY_CALLS // 2], taken[_LATENCY_CALLS * 99 // 100]


def _pgbench(stand: Stand, books: Books, seconds: float) -> Rate:
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
        whole_seconds = max(1, round(seconds))
        used = processor_seconds(stand.pids)
        done = subprocess.run(
            [*arguments, "-T", str(whole_seconds), stand.database_url],
            capture_output=True,
            text=True,
        )
    if done.returncode != 0:
        sys.exit(f"pgbench failed: {done.stderr[-1000:]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    sales = float(line.split()[2]) * whole_seconds
    return _rate_of(stand, round(sales), whole_seconds, used)
