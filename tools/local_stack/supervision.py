"""The process supervisor: writes supervisord's configuration, runs it and talks to it."""

import contextlib
import ctypes
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.local_stack.state import StackError, write_private

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
# A process that dies at once is tried again after 1, 2, 3... seconds, without an end: in a stack
# of many parts one may have to wait for another.
_RETRIES = 1_000_000
# In the environment of everything that the supervisor runs: whose it is.
STACK_VARIABLE = "YIKA_STACK"
_LEFTOVER_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Process:
    """A process to keep running. Lower priorities start first and stop last."""

    name: str
    argv: Sequence[str]
    priority: int
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path = Path("/")
    user: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 20


def _quoted(text: str) -> str:
    """A value as supervisord reads it: % starts an expansion, and quotes cannot be escaped."""
    if '"' in text or "\n" in text or text != text.strip("'"):
        raise StackError(f"a path or setting must not hold quotes or line breaks: {text!r}")
    return '"' + text.replace("%", "%%") + '"'


def write_configuration(
    state: Path, port: int, password: str, groups: Mapping[str, Iterable[Process]]
) -> Path:
    """Writes supervisord.conf; the processes of a group stop together."""
    lines = [
        "[supervisord]",
        "nodaemon=true",
        f"logfile={state}/logs/supervisor.log".replace("%", "%%"),
        f"pidfile={state}/supervisor.pid".replace("%", "%%"),
        f"directory={state}".replace("%", "%%"),
        *(["user=root"] if os.geteuid() == 0 else []),
        "[inet_http_server]",
        f"port=127.0.0.1:{port}",
        "username=yika",
        f"password={password}",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for group, processes in groups.items():
        members = list(processes)
        lines += [
            f"[group:{group}]",
            f"programs={','.join(process.name for process in members)}",
            f"priority={max(process.priority for process in members)}",
        ]
        for process in members:
            environment = ",".join(
                f"{name}={_quoted(value)}" for name, value in process.environment.items()
            )
            log = f"{state}/logs/{process.name}.log".replace("%", "%%")
            lines += [
                f"[program:{process.name}]",
                f"command={shlex.join(process.argv).replace('%', '%%')}",
                f"priority={process.priority}",
                f"environment={environment}",
                f"directory={process.directory}".replace("%", "%%"),
                "autostart=false",
                "autorestart=true",
                "startsecs=1",
                f"startretries={_RETRIES}",
                f"stopsignal={process.stop_signal}",
                f"stopwaitsecs={process.stop_seconds}",
                "redirect_stderr=true",
                f"stdout_logfile={log}",
                "stdout_logfile_maxbytes=20MB",
                "stdout_logfile_backups=1",
                *([f"user={process.user}"] if process.user else []),
            ]
    path = state / "supervisord.conf"
    write_private(path, "\n".join(lines) + "\n")
    return path


def _end_with_parent() -> None:
    """In the child: a launcher that dies by SIGKILL takes the supervisor down in good order."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start_supervisor(
    state: Path, configuration: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    """Runs supervisord below the present process, in a session of its own."""
    with (state / "logs" / "supervisor.out").open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # Ctrl-C reaches the launcher alone
            preexec_fn=_end_with_parent,
        )


class SupervisorClient:
    """supervisord's XML-RPC interface."""

    def __init__(self, url: str) -> None:
        self._url = url

    def _call(self, method: str, *arguments: Any) -> Any:
        # A proxy keeps its connection and must not be shared by threads; making one is cheap.
        try:
            with xmlrpc.client.ServerProxy(f"{self._url}/RPC2") as proxy:
                return getattr(proxy.supervisor, method)(*arguments)
        except (OSError, http.client.HTTPException, xmlrpc.client.Error) as error:
            raise StackError(f"the process supervisor does not serve: {error}") from error

    def wait_until_up(self, process: "subprocess.Popen[bytes]", timeout_seconds: float) -> None:
        """Waits until supervisord answers; StackError when it ends instead."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                self._call("getState")
                return
            except StackError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def start(self, name: str) -> None:
        """Starts one process or, as "group:*", a group, without waiting."""
        if name.endswith(":*"):
            self._call("startProcessGroup", name[:-2], False)
        else:
            self._call("startProcess", name, False)

    def processes(self) -> list[dict[str, Any]]:
        """name, group, statename, pid, exitstatus and more of each process."""
        answer: list[dict[str, Any]] = self._call("getAllProcessInfo")
        return answer

    def pids(self) -> dict[str, int]:
        """Name -> pid of what runs now."""
        return {info["name"]: info["pid"] for info in self.processes() if info["pid"]}


def wait_for_port(port: int, timeout_seconds: float) -> bool:
    """True as soon as something on loopback accepts connections."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


def processes_of(state: Path) -> list[int]:
    """Pids of everything that a supervisor of this state directory ever started and still runs."""
    mark = f"{STACK_VARIABLE}={state}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue  # ended meanwhile, or somebody else's
    return found


def end_leftovers(state: Path) -> None:
    """Ends what a supervisor that was killed itself has left running."""
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    signal_number = signal.SIGINT  # for PostgreSQL the fast shutdown; the others obey it as well
    while pids := processes_of(state):
        late = time.monotonic() > deadline
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal_number)
        time.sleep(0.2)
