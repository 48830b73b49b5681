"""`make bench-ledger`: the ledger's door against its budgets, measured in one run.

Everything runs on this machine and is durable: PostgreSQL with fsync, NATS, a replica of the points
service with its relay for each core, and the clients here. Members, stores and goods are known to
the ledger already, and nobody consumes its events. Two ledgers stand side by side for the
comparison of their histories; one rests while the other is measured. Prints a table; with CHECK=1
in the environment the exit status is 1 when a target is missed.
"""

import argparse
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import uvloop
from rich.console import Console

from tools.bench_ledger.books import Books, write_books
from tools.bench_ledger.measures import Bench, compare, measure, open_bench, warm
from tools.bench_ledger.report import describe_machine, report
from tools.bench_ledger.stand import running_stand

_SALES_A_MEMBER = 4
_SALES_A_MEMBER_TENFOLD = 40


async def _start(stack: AsyncExitStack, console: Console, books: Books, replicas: int) -> Bench:
    """A filled ledger on servers of its own, with clients; all ended with `stack`."""
    state = _folder(stack)
    fill = partial(write_books, books=books)
    stand = await stack.enter_async_context(running_stand(state, fill, replicas))
    describe_machine(console, stand, books)
    bench = await open_bench(stack, stand, books)
    await warm(bench)
    return bench


def _folder(stack: AsyncExitStack) -> Path:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yika-bench-")))
    folder.chmod(0o755)  # PostgreSQL's system user must get in
    return folder


async def _run(console: Console, arguments: argparse.Namespace) -> bool:
    """Measures and prints; True when every target is met."""
    compared = {}
    async with AsyncExitStack() as stack:
        books = Books(arguments.members, _SALES_A_MEMBER)
        bench = await _start(stack, console, books, arguments.replicas)
        figures = await measure(bench, arguments.seconds)
        if arguments.history:
            tenfold = Books(arguments.members, _SALES_A_MEMBER_TENFOLD)
            other = await _start(stack, console, tenfold, arguments.replicas)
            compared = await compare(bench, other, arguments.seconds)
    return report(console, figures, compared)


def main() -> None:
    """Runs the bench on servers of its own."""
    parser = argparse.ArgumentParser(prog="make bench-ledger", description=__doc__)
    parser.add_argument("--members", type=int, default=100_000, help="members with lots")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of one measure")
    parser.add_argument(
        "--no-history", dest="history", action="store_false", help="leave out the tenfold history"
    )
    parser.add_argument(
        "--replicas",
        type=int,
        default=len(os.sched_getaffinity(0)),
        help="processes of the service, called in turn; as many as cores unless said otherwise",
    )
    arguments = parser.parse_args()
    met = uvloop.run(_run(Console(width=150), arguments))
    if not met and os.environ.get("CHECK") == "1":
        sys.exit(1)


if __name__ == "__main__":
    main()
