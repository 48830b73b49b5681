"""The table of the bench, and whether each target is met."""

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tools.bench_ledger.books import Books
from tools.bench_ledger.clients import BATCH
from tools.bench_ledger.measures import CALLERS, Figures, Rate
from tools.bench_ledger.stand import POSTGRES_SETTINGS, Stand

_UNARY_RATIO_MIN = 0.5  # of an empty RPC's rate
_WALLET_RATIO_MIN = 0.6
_BATCH_RATIO_MIN = 5.0  # of one transaction a sale
_P50_ABOVE_EMPTY_MS_MAX = 3.0
_P99_ABOVE_EMPTY_MS_MAX = 10.0
_HISTORY_RATIO_MIN = 0.9  # of the rate with a tenth of the history

_MEASURES = {
    "post": f"PostSale, {CALLERS} callers",
    "wallet": f"GetWallet, {CALLERS} callers",
    "batches": f"PostSales, batches of {BATCH}",
}


class Row(NamedTuple):
    """A line of the table; `met` is None where nothing is asked."""

    measure: str
    figure: str
    ratio: str = ""
    target: str = ""
    met: bool | None = None
    processor: str = ""


def describe_machine(console: Console, stand: Stand, books: Books) -> None:
    """Says on what and with what is measured."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    postgres = subprocess.run(
        [str(stand.pgbench), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    console.print(
        f"{cpu}, {os.cpu_count()} cores; Python {platform.python_version()}, {postgres}, "
        f"grpcio {version('grpcio')}, asyncpg {version('asyncpg')}; fsync on, "
        f"{', '.join('='.join(each) for each in POSTGRES_SETTINGS.items())}; "
        f"replicas of the service: {len(stand.addresses)}; "
        f"{books.members:,} members, {books.transfers:,} transfers"
    )


def report(console: Console, figures: Figures, compared: Mapping[str, tuple[Rate, Rate]]) -> bool:
    """Prints the table, with what was `compared` on ten times the history if anything was.

    True when every target is met.
    """
    rows = [*_rows(figures), *_history_rows(compared)]
    table = Table(title="the ledger's door")
    for column in Row._fields:
        table.add_column(column)
    for row in rows:
        met = "" if row.met is None else ("yes" if row.met else "NO")
        table.add_row(row.measure, row.figure, row.ratio, row.target, met, row.processor)
    console.print(table)
    console.print("processor: microseconds of each for a call or a sale")
    return all(row.met is not False for row in rows)


def _rows(figures: Figures) -> Iterator[Row]:
    yield Row(
        f"empty RPC, {CALLERS} callers",
        f"{figures.empty.a_second:,.0f}/s",
        "1",
        processor=_processor(figures.empty),
    )
    of_empty = "of the empty RPC"
    yield _ratio_row(_MEASURES["post"], figures.post, figures.empty, of_empty, _UNARY_RATIO_MIN)
    yield _ratio_row(
        _MEASURES["wallet"], figures.wallet, figures.empty, of_empty, _WALLET_RATIO_MIN
    )
    yield Row(
        "pgbench, one transaction a sale",
        f"{figures.pgbench.a_second:,.0f} sales/s",
        "1",
        processor=_processor(figures.pgbench),
    )
    yield _ratio_row(
        _MEASURES["batches"], figures.batches, figures.pgbench, "times pgbench", _BATCH_RATIO_MIN
    )
    empty, post = figures.empty_alone, figures.post_alone
    yield Row("empty RPC, one caller, p50 / p99", f"{empty.p50:.2f} / {empty.p99:.2f} ms")
    above = (post.p50 - empty.p50, post.p99 - empty.p99)
    yield Row(
        "PostSale, one caller, p50 / p99",
        f"{post.p50:.2f} / {post.p99:.2f} ms",
        f"{above[0]:.2f} / {above[1]:.2f} ms above",
        f"< {_P50_ABOVE_EMPTY_MS_MAX:.0f} / {_P99_ABOVE_EMPTY_MS_MAX:.0f} ms above",
        above[0] < _P50_ABOVE_EMPTY_MS_MAX and above[1] < _P99_ABOVE_EMPTY_MS_MAX,
    )


def _ratio_row(measure: str, rate: Rate, base: Rate, of: str, least: float) -> Row:
    ratio = rate.a_second / base.a_second
    return Row(
        measure,
        f"{rate.a_second:,.0f}/s",
        f"{ratio:.2f} {of}",
        f">= {least}",
        ratio >= least,
        _processor(rate),
    )


def _processor(rate: Rate) -> str:
    return ", ".join(f"{name} {cost:.0f}" for name, cost in rate.costs.items() if cost >= 0.5)


def _history_rows(compared: Mapping[str, tuple[Rate, Rate]]) -> Iterator[Row]:
    for name, (once, tenfold) in compared.items():
        yield Row(
            f"{_MEASURES[name]}, beside the tenfold history",
            f"{once.a_second:,.0f}/s",
            "1",
            processor=_processor(once),
        )
        yield _ratio_row(
            f"{_MEASURES[name]}, tenfold history", tenfold, once, "of the first", _HISTORY_RATIO_MIN
        )
