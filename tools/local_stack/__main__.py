"""`python -m tools.local_stack run | stop | reset | status | token`: what make run etc. call."""

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from tools.dev_issuer.people import PEOPLE
from tools.local_stack.demo_chain import members, read_products
from tools.local_stack.identities import EVERY_PERMISSION
from tools.local_stack.launch import starting_stack
from tools.local_stack.launcher import Progress
from tools.local_stack.ports import DEFAULT_PORT_BASE
from tools.local_stack.stack import Stack, find_running_stack
from tools.local_stack.state import ROOT, StackError, choose_state, is_locked
from tools.local_stack.supervision import end_leftovers, processes_of

_STOP_SECONDS = 150.0
_WHY_ELSEWHERE = " (PostgreSQL's system user cannot enter this checkout, which stays as it is)"


class ConsoleProgress(Progress):
    """Steps on the screen: one that turns, and a line with its seconds when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")
        self._what = ""
        self._notes: list[str] = []
        self._began_at = 0.0

    def begin(self, what: str) -> None:
        """Shows a step as running."""
        self._what, self._notes, self._began_at = what, [], time.monotonic()
        self._status.update(f"{what} ...")
        self._status.start()

    def note(self, what: str) -> None:
        """Adds a finished part to the running step."""
        self._notes.append(what)
        self._status.update(f"{self._what}: {' '.join(self._notes)} ...")

    def end(self) -> None:
        """Turns the running step into a finished line."""
        self._status.stop()
        seconds = time.monotonic() - self._began_at
        self._console.print(f"[green]✓[/] {self._what} [dim]{seconds:.1f} s[/]")

    def close(self) -> None:
        """Leaves the screen as it is."""
        self._status.stop()


def port_base() -> int:
    """YIKA_PORT_BASE as a number."""
    given = os.environ.get("YIKA_PORT_BASE") or str(DEFAULT_PORT_BASE)
    if not given.isdigit():
        raise StackError(f"YIKA_PORT_BASE must be a number, not {given}")
    return int(given)


def run(console: Console, *, demo: bool) -> None:
    """Starts the stack and keeps it until Ctrl-C or SIGTERM."""
    stopping = threading.Event()
    starting = True

    def on_signal(number: int, frame: object) -> None:
        if starting and not stopping.is_set():
            stopping.set()
            raise KeyboardInterrupt
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    state = choose_state()
    if state != ROOT / ".yika":
        why = "" if os.environ.get("YIKA_STATE_DIR") else _WHY_ELSEWHERE
        console.print(f"state: {state}{why}", highlight=False, soft_wrap=True)
    progress = ConsoleProgress(console)
    began_at = time.monotonic()
    try:
        with starting_stack(state, port_base(), progress=progress) as launcher:
            try:
                stack = launcher.start()
                if demo:
                    launcher.seed()
                starting = False
                _print_welcome(console, stack, time.monotonic() - began_at)
                launcher.watch(stopping)
            finally:
                stopping.set()
                progress.close()
                console.print("stopping ...")
        console.print("stopped; nothing is left running")
    except KeyboardInterrupt:
        console.print("stopped; nothing is left running")
    finally:
        progress.close()


def _print_welcome(console: Console, stack: Stack, seconds: float) -> None:
    person = PEOPLE[0]
    grpc = "  ".join(f"{name} {stack.address(name)}" for name in stack.database_urls)
    basket = '{"lines": [{"barcode": "%s"}], "card_number": "%s"}'
    basket %= (read_products()[0].barcode, members()[0].card_number)
    console.print(
        f"""
[bold green]Yika runs[/] (started in {seconds:.1f} s)

  HQ console   [bold]{stack.url("portal")}[/]   sign in as [bold]{person.login}[/] / \
[bold]{person.password}[/]
  gateway      {stack.url("devices")}   of the first demo store
  gRPC         {grpc}
  logs         {stack.log("*")}

Try in a second terminal:
  [bold]make replay[/]   send the year of a real chain through it and watch the figures arrive
  curl {stack.url("devices")}/status
  curl {stack.url("devices")}/quotes --json '{escape(basket)}'

Ctrl-C stops everything; [bold]make reset[/] deletes its data.
""",
        highlight=False,
        soft_wrap=True,
    )


def stop(console: Console) -> None:
    """Stops the stack of this state directory, wherever it was started."""
    state = choose_state()
    stack = find_running_stack(state)
    if stack is not None:
        console.print(f"stopping the stack of pid {stack.launcher_pid} ...")
        os.kill(stack.launcher_pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while is_locked(state):
            if time.monotonic() > deadline:
                raise StackError(f"pid {stack.launcher_pid} does not stop")
            time.sleep(0.1)
    elif is_locked(state):
        raise StackError("the stack is just starting; press Ctrl-C where it does")
    elif processes_of(state):
        end_leftovers(state)
    else:
        console.print("nothing runs")
        return
    console.print("stopped")


def reset(console: Console) -> None:
    """Stops the stack and deletes everything it has stored here."""
    state = choose_state()
    if not state.exists():
        console.print(f"{state} is not there; nothing to delete")
        return
    stop(console)
    what = "the databases, events, tokens and logs of this stack"
    console.print(f"deleting {state}: {what}", soft_wrap=True, highlight=False)
    if os.environ.get("YIKA_DATABASE_URL"):
        console.print("the databases yika_* at YIKA_DATABASE_URL stay; drop them there")
    shutil.rmtree(state)


def status(console: Console) -> None:
    """Says what runs."""
    stack = find_running_stack()
    if stack is None:
        console.print("nothing runs")
        return
    for name, pid in stack.pids().items():
        console.print(f"{name:12} pid {pid}")


def token(permissions: Sequence[str], stores: Sequence[str]) -> None:
    """Prints a token for the stack that runs, and nothing else: a script may read it."""
    unknown = sorted(set(permissions) - EVERY_PERMISSION)
    if unknown:
        raise StackError(f"no such permission: {', '.join(unknown)}; protos/yika declares them")
    stack = find_running_stack()
    if stack is None:
        raise StackError("nothing runs; start it with make run")
    print(stack.token("developer", permissions or EVERY_PERMISSION, stores=list(stores) or "*"))


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tools.local_stack")
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("run", help="start everything; Ctrl-C stops it")
    starting.add_argument("--no-demo", action="store_true", help="leave the databases empty")
    commands.add_parser("stop", help="stop the stack, wherever it was started")
    commands.add_parser("reset", help="stop the stack and delete its data")
    commands.add_parser("status", help="list the processes")
    signing = commands.add_parser("token", help="print a token for the running stack")
    signing.add_argument("permissions", nargs="*", help="as protos/yika declares them; none: all")
    signing.add_argument("--store", action="append", default=[], help="an id; none: all stores")
    arguments = parser.parse_args()
    console = Console()
    try:
        if arguments.command == "run":
            run(console, demo=not arguments.no_demo)
        elif arguments.command == "token":
            token(arguments.permissions, arguments.store)
        else:
            {"stop": stop, "reset": reset, "status": status}[arguments.command](console)
    except (StackError, ValueError) as error:
        sys.exit(f"yika: {error}")


if __name__ == "__main__":
    main()
