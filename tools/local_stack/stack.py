"""The local stack as Python: start one, find the running one, talk to it, kill parts of it.

    from tools.local_stack.launch import running_stack
    from tools.local_stack.stack import Stack, find_running_stack

    with running_stack(state) as stack:                 # free ports, all seven services ready
        stack.address("points")                         # "127.0.0.1:21412", gRPC
        stack.url("portal"), stack.url("devices")       # "http://127.0.0.1:..." of the web faces
        stack.ops_url("points")                         # .../metrics, /readyz
        stack.token("somebody", ["points.sales.post"])  # a signed token, stores="*" by default
        stack.service_token("replay")                   # token of tools/local_stack/identities.py
        stack.database_url("points"), stack.nats_url    # what the service itself uses
        pid = stack.pid("points")                       # "postgres", "nats", "valkey", "issuer" too
        stack.kill("points")                            # SIGKILL
        stack.wait_restarted("points", pid)             # another process, and ready again
        stack.wait_ready()                              # every service answers /readyz with 200

    stack = find_running_stack()                        # what `make run` started, or None

A state directory belongs to one stack at a time. Everything here is synchronous; from a test's
event loop call it through asyncio.to_thread where it waits.
"""

import http.client
import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.dev_issuer.keys import load_or_create
from tools.local_stack.ports import SERVICES, Ports
from tools.local_stack.state import StackError, choose_state, is_locked, read_json
from tools.local_stack.supervision import SupervisorClient, wait_for_port

READY_TIMEOUT_SECONDS = 120.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack. Its fields are what stack.json in the state directory holds."""

    state: str
    port_base: int
    launcher_pid: int
    supervisor_url: str
    nats_url: str
    redis_url: str
    database_urls: dict[str, str]

    @property
    def ports(self) -> Ports:
        """Every port of this stack."""
        return Ports(self.port_base)

    def address(self, service: str) -> str:
        """host:port of a service's gRPC API."""
        return f"127.0.0.1:{self.ports[f'{service} grpc']}"

    def url(self, service: str) -> str:
        """Base URL of a web face: portal, devices or issuer."""
        name = service if service == "issuer" else f"{service} http"
        return f"http://127.0.0.1:{self.ports[name]}"

    def ops_url(self, service: str) -> str:
        """Base URL of a service's ops port."""
        return f"http://127.0.0.1:{self.ports[f'{service} ops']}"

    def database_url(self, service: str) -> str:
        """URL of a service's own database, with the service's role."""
        return self.database_urls[service]

    def token(
        self,
        subject: str,
        permissions: Iterable[str],
        *,
        stores: str | list[str] = "*",
        lifetime_seconds: int = 8 * 3600,
    ) -> str:
        """A token signed by the key of this stack."""
        key = load_or_create(Path(self.state))
        return key.sign(subject, permissions, stores=stores, lifetime_seconds=lifetime_seconds)

    def service_token(self, identity: str) -> str:
        """The token of one of identities.IDENTITIES, as its process reads it."""
        return (Path(self.state) / "tokens" / identity).read_text().strip()

    def log(self, process: str) -> Path:
        """Where a process writes its log."""
        return Path(self.state) / "logs" / f"{process}.log"

    def pids(self) -> dict[str, int]:
        """Process name -> pid of everything that runs now."""
        return self._supervisor().pids()

    def pid(self, process: str) -> int:
        """The pid of one process; waits for it when it is just being restarted."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if pid := self.pids().get(process):
                return pid
            time.sleep(_POLL_SECONDS)
        raise StackError(f"{process} does not run; its log is {self.log(process)}")

    def kill(self, process: str, signal_number: int = signal.SIGKILL) -> int:
        """Signals one process (SIGKILL by default); returns the pid that got it."""
        pid = self.pid(process)
        os.kill(pid, signal_number)
        return pid

    def wait_restarted(
        self, process: str, old_pid: int, timeout_seconds: float = READY_TIMEOUT_SECONDS
    ) -> int:
        """Waits until another process took over and, for a service, is ready; returns its pid."""
        deadline = time.monotonic() + timeout_seconds
        while (pid := self.pids().get(process, old_pid)) == old_pid:
            if time.monotonic() > deadline:
                raise StackError(f"{process} did not come back; its log is {self.log(process)}")
            time.sleep(_POLL_SECONDS)
        if process in SERVICES:
            self.wait_ready([process], timeout_seconds=deadline - time.monotonic())
        else:
            wait_for_port(self.ports[process], deadline - time.monotonic())
        return pid

    def is_ready(self, service: str) -> bool:
        """True when a service's /readyz says so now."""
        try:
            with urllib.request.urlopen(  # noqa: S310 - a fixed http address on loopback
                f"{self.ops_url(service)}/readyz", timeout=5
            ) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False

    def wait_ready(
        self,
        services: Iterable[str] = SERVICES,
        *,
        timeout_seconds: float = READY_TIMEOUT_SECONDS,
        on_ready: Callable[[str], None] = lambda service: None,
    ) -> None:
        """Waits until the services are ready; StackError names those that are not in time."""
        waiting = list(services)
        deadline = time.monotonic() + timeout_seconds
        while waiting:
            for service in list(waiting):
                if self.is_ready(service):
                    waiting.remove(service)
                    on_ready(service)
            if waiting and time.monotonic() > deadline:
                logs = ", ".join(str(self.log(service)) for service in waiting)
                raise StackError(f"{', '.join(waiting)} not ready in time; see {logs}")
            if waiting:
                time.sleep(_POLL_SECONDS)

    def _supervisor(self) -> SupervisorClient:
        return SupervisorClient(self.supervisor_url)


def find_running_stack(state: Path | None = None) -> Stack | None:
    """The stack that runs in a state directory (the one of `make run` by default), or None."""
    folder = state or choose_state()
    if not is_locked(folder):
        return None
    record = read_json(folder / "stack.json")
    return Stack(**record) if record else None
