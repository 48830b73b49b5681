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
from tools.bench_ledger.measures import BATCH, CALLERS, Figures, Rate
from tools.bench_ledger.stand import POSTGRES_SETTINGS, Stand

_UNARY_RATIO_MIN = 0.5  # of an empty RPC's rate
_WALLET_RATIO_MIN = 0.6
_BATCH_RATIO_MIN = 5.0  # of one transaction a sale
_P50_ABOVE_EMPTY_MS_MAX = 3.0
_P99_ABOVE_EMPTY_MS_MAX = 10.0
_HISTORY_RATIO_MIN = 0.9  # of the rate with a tenth of the history


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


def report(console: Console, figures: Mapping[int, Figures]) -> bool:
    """Prints the table; True when every target is met."""
    rows = list(_rows(figures[1]))
    if 10 in figures:
        rows += _history_rows(figures[1], figures[10])
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
    yield _ratio_row(
        f"PostSale, {CALLERS} callers",
        figures.post,
        figures.empty,
        "of the empty RPC",
        _UNARY_RATIO_MIN,
    )
    yield _ratio_row(
        f"GetWallet, {CALLERS} callers",
        figures.wallet,
        figures.empty,
        "of the empty RPC",
        _WALLET_RATIO_MIN,
    )
    yield Row(
        "pgbench, one transaction a sale",
        f"{figures.pgbench.a_second:,.0f} sales/s",
        "1",
        processor=_processor(figures.pgbench),
    )
    yield _ratio_row(
        f"PostSales, batches of {BATCH}",
        figures.batches,
        figures.pgbench,
        "times pgbench",
        _BATCH_RATIO_MIN,
    )
    yield Row(
        "empty RPC, one caller, p50 / p99",
        f"{figures.empty_p50:.2f} / {figures.empty_p99:.2f} ms",
    )
    above = (figures.post_p50 - figures.empty_p50, figures.post_p99 - figures.empty_p99)
    yield Row(
        "PostSale, one caller, p50 / p99",
        f"{figures.post_p50:.2f} / {figures.post_p99:.2f} ms",
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


def _history_rows(once: Figures, tenfold: Figures) -> Iterator[Row]:
    for measure, before, after in (
        (f"PostSales, batches of {BATCH}", once.batches, tenfold.batches),
        (f"PostSale, {CALLERS} callers", once.post, tenfold.post),
        (f"GetWallet, {CALLERS} callers", once.wallet, tenfold.wallet),
    ):
        yield _ratio_row(
            f"{measure}, tenfold history", after, before, "of the first", _HISTORY_RATIO_MIN
        )
