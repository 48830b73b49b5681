"""make replay: sends the year of a real grocery chain through the running platform."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import uvloop
from rich.console import Console

from chassis.errors import DomainError
from tools.local_stack.__main__ import ConsoleProgress
from tools.local_stack.launch import running_stack
from tools.local_stack.stack import Stack, find_running_stack
from tools.local_stack.state import StackError
from tools.replay.calls import ReplayError
from tools.replay.replay import replay

BATCH_MAX = 500


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options; exits with a usage line when they make no sense."""
    parser = argparse.ArgumentParser(prog="python -m tools.replay", description=__doc__)
    parser.add_argument(
        "--baskets", type=_positive, metavar="N", help="only the first N of the chosen baskets"
    )
    parser.add_argument(
        "--from", dest="first", type=_day, metavar="DATE", help="first business date, 2017-01-01"
    )
    parser.add_argument(
        "--to", dest="last", type=_day, metavar="DATE", help="last business date, 2018-01-01"
    )
    parser.add_argument(
        "--batch", type=_positive, default=250, metavar="N", help="sales a call, 250 if not given"
    )
    parser.add_argument(
        "--rate", type=_positive, metavar="N", help="at most N baskets a second, to watch"
    )
    parser.add_argument(
        "--verify", action="store_true", help="compare the books with the data, to the fen"
    )
    parser.add_argument(
        "--patience",
        type=_positive,
        default=180,
        metavar="SECONDS",
        help="how long a service may be away or stand still, 180 if not given",
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="DIR",
        help="use the stack of this directory: the running one, or one of its own that it keeps",
    )
    options = parser.parse_args(argv)
    if options.batch > BATCH_MAX:
        parser.error(f"--batch is at most {BATCH_MAX}")
    if options.first and options.last and options.first > options.last:
        parser.error("--from is after --to")
    return options


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of at least 1")
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date like 2017-03-31") from None


def run(stack: Stack, options: argparse.Namespace, console: Console) -> int:
    """One run; what keeps it from going on is one line, not a stack trace."""
    started = time.monotonic()
    try:
        status = uvloop.run(replay(stack, options, console))
    except* (DomainError, ReplayError) as group:
        first: BaseException = group
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        console.print(f"[red]the replay stopped: {first}[/red]")
        console.print("run it again to go on from here")
        status = 1
    console.print(f"{time.monotonic() - started:.1f} s in all")
    return status


def run_with_own_stack(options: argparse.Namespace, console: Console) -> int:
    """Starts a stack for this run; a directory it made itself goes when all went well."""
    state = (options.state or Path(tempfile.mkdtemp(prefix="yika-replay-"))).absolute()
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(0o711)  # the system user of PostgreSQL must get in
    console.print(f"no stack is running: starting one in {state}")
    status = 1
    try:
        with running_stack(state, progress=ConsoleProgress(console)) as stack:
            status = run(stack, options, console)
    finally:
        if options.state is None and status == 0:
            shutil.rmtree(state, ignore_errors=True)
        else:
            console.print(f"its data stay in {state}; go on with --state {state}")
    return status


def main() -> int:
    """Entry point; 130 when interrupted."""
    options = parse(sys.argv[1:])
    console = Console(highlight=False, soft_wrap=True)
    try:
        stack = find_running_stack(options.state and options.state.absolute())
        if stack is None:
            return run_with_own_stack(options, console)
        return run(stack, options, console)
    except StackError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    except KeyboardInterrupt:
        console.print("interrupted; run it again to go on from here")
        return 130


if __name__ == "__main__":
    sys.exit(main())
