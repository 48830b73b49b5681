"""Starts the whole stack for the length of a block.

    with running_stack(state) as stack: ...

Without a port base it takes a free range. The processes end with the block, in reverse order.
"""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from tools.local_stack.launcher import Launcher, Progress
from tools.local_stack.ports import SERVERS, Ports, free_ports
from tools.local_stack.processes import embedded_servers
from tools.local_stack.stack import Stack
from tools.local_stack.state import (
    StackError,
    choose_state,
    create_state,
    disk_full,
    holding_lock,
)


@contextlib.contextmanager
def running_stack(
    state: Path | None = None,
    port_base: int | None = None,
    *,
    demo: bool = False,
    progress: Progress | None = None,
) -> Iterator[Stack]:
    """A stack with every service ready; StackError, in one line, when it cannot be.

    `state` is the directory of `make run` by default. `demo` seeds the demo chain, once.
    """
    with starting_stack(state, port_base, progress=progress) as launcher:
        stack = launcher.start()
        if demo:
            launcher.seed()
        yield stack


@contextlib.contextmanager
def starting_stack(
    state: Path | None = None,
    port_base: int | None = None,
    *,
    progress: Progress | None = None,
) -> Iterator[Launcher]:
    """A launcher that holds the state directory and free ports; stops what it started."""
    folder = state or choose_state()
    create_state(folder)
    with holding_lock(folder):
        ports = _checked_ports(port_base)
        launcher = Launcher(folder, ports, progress or Progress())
        try:
            yield launcher
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise disk_full(folder) from None
            raise
        finally:
            launcher.stop()


def _checked_ports(port_base: int | None) -> Ports:
    if port_base is None:
        return free_ports()
    ports = Ports(port_base)
    absent = frozenset(SERVERS) - embedded_servers()
    for name, port in ports.busy(absent).items():
        raise StackError(
            f"port {port} ({name}) is busy; set YIKA_PORT_BASE to the first of 30 free ports, "
            f"for example YIKA_PORT_BASE={free_ports().base}"
        )
    return ports
