"""Processor time of the processes of the bench, by what they are; Linux only."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def processor_seconds(pids: Mapping[str, Sequence[int]]) -> dict[str, float]:
    """Seconds used so far by processes and their children, and by the clients in this one."""
    parents = _children()
    seconds = {
        name: sum(_seconds_of(pid, parents) for pid in of_that_name)
        for name, of_that_name in pids.items()
    }
    return {**seconds, "clients": time.process_time()}


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    return children


def _seconds_of(pid: int, children: Mapping[int, Sequence[int]]) -> float:
    fields = _stat(pid)
    if fields is None:
        return 0.0
    # Of the process itself, and of children that have ended.
    ticks = sum(int(field) for field in fields[11:15])
    return ticks / _TICKS_A_SECOND + sum(
        _seconds_of(each, children) for each in children.get(pid, ())
    )


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, which may hold spaces; None without such one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
