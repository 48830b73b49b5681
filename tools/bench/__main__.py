"""`make bench`: the ledger's door against the budgets, measured in one run on a fresh stack.

Prints a table; with CHECK=1 in the environment the exit status is 1 when a target is missed.
"""

import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import grpc
import uvloop
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from rich.table import Table

from chassis.grpc_client import open_channel
from tools.bench.chain import BenchChain, build_sales, create_chain
from tools.local_stack.launch import running_stack
from tools.local_stack.servers import postgres_binaries
from tools.local_stack.stack import Stack
from yika.points.v1 import points_service_pb2, points_service_pb2_grpc

_SECONDS = 6.0
_BATCH = 200
_BATCHES_IN_FLIGHT = 4
_CALLERS = 32
_UNARY_RATIO_MIN = 0.5  # of an empty RPC's rate
_BATCH_RATIO_MIN = 5.0  # of one transaction a sale

# The rows of one posted sale, written as they are written without the door: a transaction each.
_PGBENCH_SCRIPT = Path(__file__).parent / "one_sale.sql"


async def _rate(call, callers: int) -> float:  # type: ignore[no-untyped-def]
    """Calls a second that `callers` in parallel get through in the measured time."""
    done = 0
    deadline = time.perf_counter() + _SECONDS

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            await call()
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return done / (time.perf_counter() - started)


async def _latency(call, count: int) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """p50 and p99 of one caller, in milliseconds."""
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return taken[count // 2], taken[count * 99 // 100]


def _pgbench(stack: Stack, chain: BenchChain) -> float:
    """Sales a second of pgbench, one transaction a sale, into the same tables."""
    variables = {
        "store": chain.store_id,
        "document": build_sales(chain, 1)[0].SerializeToString().hex(),
    }
    script = _PGBENCH_SCRIPT.read_text()
    for name, value in variables.items():
        script = script.replace(f"@{name}@", value)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        Path(file.name).chmod(0o644)
        done = subprocess.run(
            [
                str(postgres_binaries(Path(stack.state)) / "pgbench"),
                *("-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(int(_SECONDS))),
                *("-f", file.name, stack.database_url("points")),
            ],
            capture_output=True,
            text=True,
        )
    if done.returncode != 0:
        sys.exit(f"pgbench failed: {done.stderr.splitlines()[:3]}")
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


async def _measure(stack: Stack) -> dict[str, float]:
    chain = await create_chain(stack)
    token = stack.token("bench", ["points.sales.post"])
    figures: dict[str, float] = {}
    async with open_channel(stack.address("points"), token=lambda: token) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        stub = points_service_pb2_grpc.PointsServiceStub(channel)

        async def empty() -> None:
            await health.Check(health_pb2.HealthCheckRequest())

        sales = iter(build_sales(chain, 400_000 // 4))

        async def one() -> None:
            await stub.PostSale(points_service_pb2.PostSaleRequest(sale=next(sales)))

        async def batch() -> None:
            request = points_service_pb2.PostSalesRequest(
                sales=[next(sales) for _ in range(_BATCH)]
            )
            answer = await stub.PostSales(request)
            if any(outcome.HasField("refused") for outcome in answer.outcomes):
                raise SystemExit(f"a sale was refused: {answer.outcomes[0].refused}")

        await batch()  # what is known of goods and members is in memory from here on
        figures["empty_32"] = await _rate(empty, _CALLERS)
        figures["post_32"] = await _rate(one, _CALLERS)
        figures["batch"] = await _rate(batch, _BATCHES_IN_FLIGHT) * _BATCH
        figures["empty_p50"], figures["empty_p99"] = await _latency(empty, 1000)
        figures["post_p50"], figures["post_p99"] = await _latency(one, 1000)
    figures["pgbench"] = await asyncio.to_thread(_pgbench, stack, chain)
    return figures


def _report(figures: dict[str, float]) -> bool:
    """Prints the table; True when every target is met."""
    unary = figures["post_32"] / figures["empty_32"]
    batch = figures["batch"] / figures["pgbench"]
    table = Table(title=f"ledger, {os.cpu_count()} cores, {platform.machine()}")
    for column in ("measure", "figure", "ratio", "target", "met"):
        table.add_column(column)
    table.add_row("empty RPC, 32 callers", f"{figures['empty_32']:,.0f}/s", "1", "", "")
    table.add_row(
        "PostSale, 32 callers",
        f"{figures['post_32']:,.0f}/s",
        f"{unary:.2f} of the empty RPC",
        f">= {_UNARY_RATIO_MIN}",
        "yes" if unary >= _UNARY_RATIO_MIN else "NO",
    )
    table.add_row(
        "one transaction a sale, pgbench, 8 clients", f"{figures['pgbench']:,.0f}/s", "1", "", ""
    )
    table.add_row(
        f"PostSales, batches of {_BATCH}",
        f"{figures['batch']:,.0f} sales/s",
        f"{batch:.1f} times pgbench",
        f">= {_BATCH_RATIO_MIN:.0f}",
        "yes" if batch >= _BATCH_RATIO_MIN else "NO",
    )
    table.add_row(
        "empty RPC, one caller, p50 / p99",
        f"{figures['empty_p50']:.2f} / {figures['empty_p99']:.2f} ms",
        *("", "", ""),
    )
    table.add_row(
        "PostSale, one caller, p50 / p99",
        f"{figures['post_p50']:.2f} / {figures['post_p99']:.2f} ms",
        *("", "", ""),
    )
    Console(width=110).print(table)
    return unary >= _UNARY_RATIO_MIN and batch >= _BATCH_RATIO_MIN


def main() -> None:
    """Runs the bench on a stack of its own."""
    with tempfile.TemporaryDirectory(prefix="yika-bench-") as folder:
        state = Path(folder)
        state.chmod(0o755)
        with running_stack(state) as stack:
            try:
                figures = uvloop.run(_measure(stack))
            except grpc.RpcError as error:
                sys.exit(f"the ledger answered {error.code().name}: {error.details()}")
    if not _report(figures) and os.environ.get("CHECK") == "1":
        sys.exit(1)


if __name__ == "__main__":
    main()
