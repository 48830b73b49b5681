"""The steps of a start, in order: servers, databases, services, demo chain; and the way back."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from tools.local_stack.databases import migrations_digest
from tools.local_stack.demo_ids import GATEWAY_STORE_CODE, store_id
from tools.local_stack.identities import TOKEN_RENEWAL_SECONDS, identities, write_tokens
from tools.local_stack.ports import SERVICES, Ports
from tools.local_stack.processes import (
    SERVER_SETTINGS,
    ServerPlan,
    database_urls,
    issuer_process,
    issuer_url,
    plan_servers,
    service_processes,
)
from tools.local_stack.stack import READY_TIMEOUT_SECONDS, Stack
from tools.local_stack.state import ROOT, StackError, disk_full, secret, write_private
from tools.local_stack.supervision import (
    STACK_VARIABLE,
    SupervisorClient,
    end_leftovers,
    start_supervisor,
    wait_for_port,
    write_configuration,
)

_SERVER_TIMEOUT_SECONDS = 60.0
_STOP_TIMEOUT_SECONDS = 120.0
_STARTS_MAX = 3
_READINESS_SECONDS = 0.25  # each question costs the services time that they start with


class Progress:
    """Is told what the launcher does; this one keeps silent."""

    def begin(self, what: str) -> None:
        """A step begins."""

    def note(self, what: str) -> None:
        """A part of the step is done."""

    def end(self) -> None:
        """The step is done."""


class Launcher:
    """One start and one stop of a stack, in a state directory that the caller holds."""

    def __init__(self, state: Path, ports: Ports, progress: Progress) -> None:
        self._state = state
        self._ports = ports
        self._progress = progress
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._client: SupervisorClient | None = None
        self._tokens_renewed_at = 0.0

    def start(self) -> Stack:
        """Starts everything; returns when every service is ready."""
        end_leftovers(self._state)
        self._progress.begin("PostgreSQL, NATS, Valkey")
        try:
            plan = plan_servers(self._state, self._ports)
        except RuntimeError as error:
            raise StackError(self._explained(str(error))) from error
        urls = database_urls(plan, self._state)
        self.renew_tokens()
        stack = self._start_supervisor(plan, urls)
        self._start_servers(plan)
        self._progress.end()
        self._prepare_databases(plan, urls)
        self._start_services(stack)
        return stack

    def _start_supervisor(self, plan: ServerPlan, urls: Mapping[str, str]) -> Stack:
        password = secret(self._state, "supervisor")
        configuration = write_configuration(
            self._state,
            self._ports["supervisor"],
            password,
            {
                **({"servers": plan.processes} if plan.processes else {}),
                "signin": [issuer_process(self._state, self._ports)],
                "services": service_processes(self._state, self._ports, plan, urls),
            },
        )
        stack = Stack(
            state=str(self._state),
            port_base=self._ports.base,
            launcher_pid=os.getpid(),
            supervisor_url=f"http://yika:{password}@127.0.0.1:{self._ports['supervisor']}",
            nats_url=plan.nats_url,
            redis_url=plan.redis_url,
            database_urls=dict(urls),
        )
        environment = {k: v for k, v in os.environ.items() if k not in SERVER_SETTINGS}
        environment[STACK_VARIABLE] = str(self._state)
        self._supervisor = start_supervisor(self._state, configuration, environment)
        self._client = SupervisorClient(stack.supervisor_url)
        self._client.wait_until_up(self._supervisor, _SERVER_TIMEOUT_SECONDS)
        write_private(self._state / "stack.json", json.dumps(asdict(stack), indent=2))
        return stack

    def _start_servers(self, plan: ServerPlan) -> None:
        assert self._client is not None
        if plan.processes:
            self._client.start("servers:*")
        for name, port in plan.ports:
            deadline = time.monotonic() + _SERVER_TIMEOUT_SECONDS
            while not wait_for_port(port, 1.0):
                self._give_up_on_crashes([name])
                if time.monotonic() > deadline:
                    raise StackError(f"{name} does not answer: {self._last_words(name)}")
        self._client.start("signin:*")

    def _prepare_databases(self, plan: ServerPlan, urls: Mapping[str, str]) -> None:
        stamp = self._state / "migrated"
        digest = migrations_digest()
        if plan.database_is_embedded and stamp.exists() and stamp.read_text() == digest:
            return  # each service's readiness still compares its database with its code
        self._progress.begin("databases")
        request = json.dumps({"admin_url": plan.admin_url, "urls": dict(urls)})
        if failure := self._run_step("databases", request):
            raise StackError(f"the databases could not be prepared: {failure}")
        stamp.write_text(digest)
        self._progress.end()

    def _start_services(self, stack: Stack) -> None:
        assert self._client is not None
        self._progress.begin("services")
        self._client.start("services:*")
        waiting = set(SERVICES)
        started: dict[str, set[int]] = {}
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while waiting:
            for service in sorted(waiting):
                if stack.is_ready(service):
                    waiting.discard(service)
                    self._progress.note(service)
            self._give_up_on_crashes(waiting, started)
            if waiting and time.monotonic() > deadline:
                service = min(waiting)
                raise StackError(f"{service} does not get ready: {self._last_words(service)}")
            if waiting:
                time.sleep(_READINESS_SECONDS)
        self._progress.end()

    def seed(self) -> None:
        """Seeds the demo chain unless that was done here before."""
        mark = self._state / "demo-seeded"
        if mark.exists():
            return
        self._progress.begin("demo chain")
        if failure := self._run_step("demo_seed"):
            raise StackError(f"the demo chain could not be seeded: {failure}")
        mark.touch()
        self._progress.end()

    def watch(self, stopping: threading.Event) -> None:
        """Keeps tokens fresh until told to stop; StackError when the supervisor dies."""
        assert self._supervisor is not None
        while not stopping.wait(1.0):
            if self._supervisor.poll() is not None:
                raise StackError("the process supervisor died; everything is stopped")
            if time.monotonic() - self._tokens_renewed_at > TOKEN_RENEWAL_SECONDS:
                self.renew_tokens()

    def renew_tokens(self) -> None:
        """Writes fresh tokens for every part."""
        known = identities(store_id(GATEWAY_STORE_CODE))
        write_tokens(self._state, issuer_url(self._ports), known)
        self._tokens_renewed_at = time.monotonic()

    def stop(self) -> None:
        """Stops services, then servers, then the supervisor. Does nothing when nothing runs."""
        if self._supervisor is None:
            return
        if self._supervisor.poll() is None:
            self._supervisor.terminate()
            try:
                self._supervisor.wait(_STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait()
        # Only a supervisor that was killed itself leaves processes behind.
        end_leftovers(self._state)
        (self._state / "stack.json").unlink(missing_ok=True)

    def _run_step(self, module: str, given: str = "") -> str:
        """Runs a step in a process of its own; its lines are progress. Returns why it failed."""
        environment = {**os.environ, "YIKA_STATE_DIR": str(self._state)}
        with (self._state / "logs" / f"{module}.log").open("w+") as log:
            with subprocess.Popen(
                [sys.executable, "-m", f"tools.local_stack.{module}"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            ) as step:
                assert step.stdin is not None
                assert step.stdout is not None
                try:
                    with step.stdin:
                        step.stdin.write(given)
                    for line in step.stdout:
                        self._progress.note(line.strip())
                except BaseException:
                    step.kill()
                    raise
            if step.returncode == 0:
                return ""
            log.seek(0)
            return self._explained(log.read()) or f"exit status {step.returncode}"

    def _give_up_on_crashes(
        self, names: Iterable[str], started: dict[str, set[int]] | None = None
    ) -> None:
        """StackError when a process ended several times, or once in a full disk."""
        assert self._client is not None
        for info in self._client.processes():
            name = info["name"]
            if name not in names:
                continue
            seen = (started if started is not None else {}).setdefault(name, set())
            if info["pid"]:
                seen.add(info["pid"])
            if len(seen) >= _STARTS_MAX or info["statename"] in {"BACKOFF", "FATAL"}:
                raise StackError(f"{name} does not stay up: {self._last_words(name)}")

    def _last_words(self, name: str) -> str:
        log = self._state / "logs" / f"{name}.log"
        try:
            text = log.read_text(errors="replace")
        except FileNotFoundError:
            text = ""
        return f"{self._explained(text) or 'it said nothing'} (log: {log})"

    def _explained(self, text: str) -> str:
        """The last line that a process wrote; a full disk is named as such."""
        if "No space left on device" in text[-20_000:]:
            raise disk_full(self._state)
        lines = [line for line in text.splitlines() if line.strip()]
        return lines[-1].strip()[-500:] if lines else ""
