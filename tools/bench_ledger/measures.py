"""The measures: what is compared runs by turns, for the machine's own speed changes meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import NamedTuple

import grpc

from tools.bench_ledger import pgbench
from tools.bench_ledger.books import Books
from tools.bench_ledger.clients import BATCH, Call, Clients
from tools.bench_ledger.processor_time import processor_seconds
from tools.bench_ledger.stand import Stand

BATCHES_IN_FLIGHT = 4
CALLERS = 32
_TURNS = 4
# What the relay still has to tell of the sales before is not the next measure's.
_REST_SECONDS = 0.5
_LATENCY_CALLS = 1000
_LATENCY_TURNS = 10
_SALES_A_SECOND_MAX = 12_000
_CALLS_A_SECOND_MAX = 4_000
_MESSAGE_BYTES_MAX = 16 << 20


class Rate(NamedTuple):
    """Calls or sales a second, and the microseconds of processor time that each took of whom."""

    a_second: float
    costs: Mapping[str, float]


class Latency(NamedTuple):
    """Milliseconds of one caller."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured of one ledger."""

    empty: Rate
    post: Rate
    wallet: Rate
    batches: Rate  # of sales
    pgbench: Rate
    empty_alone: Latency
    post_alone: Latency


class Bench(NamedTuple):
    """A running ledger with its clients."""

    stand: Stand
    books: Books
    clients: Clients
    one_caller: Clients  # whose connection leads to one replica


class _Slice(NamedTuple):
    """What a measure got through in one turn."""

    done: int
    seconds: float
    used: Mapping[str, float]


# Runs a measure for so many seconds.
_Measure = Callable[[float], Awaitable[_Slice]]


async def open_bench(stack: AsyncExitStack, stand: Stand, books: Books) -> Bench:
    """Clients of a running stand; their connections are closed with `stack`."""
    options = (("grpc.max_receive_message_length", _MESSAGE_BYTES_MAX),)
    channels = [
        await stack.enter_async_context(grpc.aio.insecure_channel(address, options=options))
        for address in stand.addresses
    ]
    clients, one_caller = (Clients(each, stand, books) for each in (channels, channels[:1]))
    return Bench(stand, books, clients, one_caller)


async def warm(bench: Bench) -> None:
    """Posts a sale for every other member.

    The filling ends with a checkpoint, after which a page that is touched goes into the log whole
    the first time. A chain that trades all day pays that once between two checkpoints.
    """
    rounds = bench.books.members // (2 * BATCH * BATCHES_IN_FLIGHT)
    call = bench.clients.batches(rounds * BATCHES_IN_FLIGHT)
    for _ in range(rounds):
        await asyncio.gather(*(call() for _ in range(BATCHES_IN_FLIGHT)))


async def measure(bench: Bench, seconds: float) -> Figures:
    """All figures of one ledger."""
    rpcs = await _by_turns(
        {"empty": _empty(bench), "post": _singles(bench), "wallet": _wallets(bench)}, seconds
    )
    sales = await _by_turns({"pgbench": _pgbench(bench), "batches": _batches(bench)}, seconds)
    alone = bench.one_caller
    empty_alone, post_alone = await _latencies(alone.empty, alone.singles(_LATENCY_CALLS))
    return Figures(**rpcs, **sales, empty_alone=empty_alone, post_alone=post_alone)


async def compare(first: Bench, other: Bench, seconds: float) -> dict[str, tuple[Rate, Rate]]:
    """By name of a figure, what each of two ledgers gets through, by turns."""
    compared = {}
    for name, of in (("batches", _batches), ("post", _singles), ("wallet", _wallets)):
        rates = await _by_turns({"first": of(first), "other": of(other)}, seconds)
        compared[name] = rates["first"], rates["other"]
    return compared


async def _by_turns(measures: Mapping[str, _Measure], seconds: float) -> dict[str, Rate]:
    """The rate of each, measured for so many seconds in all."""
    slices: dict[str, list[_Slice]] = {name: [] for name in measures}
    for _ in range(_TURNS):
        for name, run in measures.items():
            await asyncio.sleep(_REST_SECONDS)
            slices[name].append(await run(seconds / _TURNS))
    return {name: _rate(parts) for name, parts in slices.items()}


def _rate(parts: list[_Slice]) -> Rate:
    done = sum(part.done for part in parts)
    costs = {
        name: 1e6 * sum(part.used[name] for part in parts) / max(1, done) for name in parts[0].used
    }
    return Rate(done / sum(part.seconds for part in parts), costs)


def _empty(bench: Bench) -> _Measure:
    return lambda seconds: _calls(bench.stand, bench.clients.empty, CALLERS, seconds)


def _wallets(bench: Bench) -> _Measure:
    return lambda seconds: _calls(bench.stand, bench.clients.wallet, CALLERS, seconds)


def _singles(bench: Bench) -> _Measure:
    async def run(seconds: float) -> _Slice:
        made = bench.clients.singles(int(_CALLS_A_SECOND_MAX * seconds))
        return await _calls(bench.stand, made, CALLERS, seconds)

    return run


def _batches(bench: Bench) -> _Measure:
    async def run(seconds: float) -> _Slice:
        made = bench.clients.batches(int(_SALES_A_SECOND_MAX * seconds / BATCH))
        return await _calls(bench.stand, made, BATCHES_IN_FLIGHT, seconds, BATCH)

    return run


def _pgbench(bench: Bench) -> _Measure:
    async def run(seconds: float) -> _Slice:
        whole_seconds = max(1, round(seconds))
        before = processor_seconds(bench.stand.pids)
        done = await asyncio.to_thread(pgbench.post_sales, bench.stand, bench.books, whole_seconds)
        return _Slice(done, whole_seconds, _used_since(bench.stand, before))

    return run


async def _calls(stand: Stand, call: Call, callers: int, seconds: float, units: int = 1) -> _Slice:
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
    return _Slice(done, time.perf_counter() - started, _used_since(stand, before))


def _used_since(stand: Stand, before: Mapping[str, float]) -> dict[str, float]:
    used = processor_seconds(stand.pids)
    return {name: used[name] - before[name] for name in used}


async def _latencies(*calls: Call) -> list[Latency]:
    """What one caller waits for each of several calls, by turns."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(_LATENCY_TURNS):
        for call, of_call in zip(calls, taken, strict=True):
            for _ in range(_LATENCY_CALLS // _LATENCY_TURNS):
                started = time.perf_counter()
                await call()
                of_call.append((time.perf_counter() - started) * 1000)
    for of_call in taken:
        of_call.sort()
    return [Latency(each[len(each) // 2], each[len(each) * 99 // 100]) for each in taken]
