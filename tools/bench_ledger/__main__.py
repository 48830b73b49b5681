"""`make bench-ledger`: the ledger's door against its budgets, measured in one run.

Everything runs on this machine and is durable: PostgreSQL with fsync, NATS, a replica of the points
service with its relay for each core, and the clients here. Members, stores and goods are known to
the ledger already, and nobody consumes its events. Prints a table; with CHECK=1 in the
environment the exit status is 1 when a target is missed.
"""

import argparse
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

import uvloop
from rich.console import Console

from tools.bench_ledger.books import Books, write_books
from tools.bench_ledger.measures import Figures, measure
from tools.bench_ledger.report import describe_machine, report
from tools.bench_ledger.stand import running_stand

HISTORIES = {1: 4, 10: 40}  # times the history -> sales a member


def _measure(books: Books, seconds: float, replicas: int) -> Figures:
    """All figures of one ledger on servers of its own."""
    with tempfile.TemporaryDirectory(prefix="yika-bench-") as folder:
        state = Path(folder)
        state.chmod(0o755)  # PostgreSQL's system user must get in

        async def run() -> Figures:
            async with running_stand(state, partial(write_books, books=books), replicas) as stand:
                describe_machine(Console(width=150), stand, books)
                return await measure(stand, books, seconds)

        return uvloop.run(run())


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
    figures = {
        times: _measure(Books(arguments.members, sales_each), arguments.seconds, arguments.replicas)
        for times, sales_each in HISTORIES.items()
        if times == 1 or arguments.history
    }
    met = report(Console(width=150), figures)
    if not met and os.environ.get("CHECK") == "1":
        sys.exit(1)


if __name__ == "__main__":
    main()
