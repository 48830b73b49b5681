"""The whole stack as a person meets it: make run, Ctrl-C, make run again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chassis.clock import to_proto_date
from chassis.grpc_client import open_channel
from tests.fixtures.servers import Servers
from tools.local_stack.demo_chain import STORES
from tools.local_stack.demo_seed import seed
from tools.local_stack.launch import running_stack
from tools.local_stack.ports import SERVERS, SERVICES, free_ports
from tools.local_stack.stack import Stack, find_running_stack
from tools.local_stack.state import ROOT, is_locked
from tools.local_stack.supervision import end_leftovers, processes_of
from yika.inventory.v1.inventory_service_pb2 import ListCategoriesRequest, ListStockRequest
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from yika.points.v1.points_service_pb2 import SummarizeBillsRequest
from yika.points.v1.points_service_pb2_grpc import PointsServiceStub

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
_SECONDS = 180.0


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tools.local_stack", *arguments]


class _Terminal:
    """A terminal in which somebody typed make run."""

    def __init__(self, state: Path, base: int) -> None:
        self.state = state
        self.environment = {
            **os.environ,
            "YIKA_STATE_DIR": str(state),
            "YIKA_PORT_BASE": str(base),
            "COLUMNS": "200",
        }
        self.output = state.with_name(f"output-{time.monotonic_ns()}")
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(
                _command("run"), cwd=ROOT, env=self.environment, stdout=file, stderr=file
            )

    def text(self) -> str:
        """What stands on the screen."""
        return self.output.read_text()

    def wait_for(self, words: str) -> None:
        """Waits until the screen says so."""
        deadline = time.monotonic() + _SECONDS
        while words not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.1)

    def stack(self) -> Stack:
        """The stack that runs here."""
        stack = find_running_stack(self.state)
        assert stack is not None
        return stack

    def type_command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs another command for the same state directory, to its end."""
        return subprocess.run(
            _command(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True
        )


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def _get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        return answer.status, answer.read().decode()


async def _ask(stack: Stack, service: str, stub: Any, method: str, request: Any) -> Any:
    async with open_channel(
        stack.address(service), token=lambda: stack.service_token("seed")
    ) as channel:
        return await getattr(stub(channel), method)(request)


async def _sales_per_store(stack: Stack) -> dict[str, int]:
    today = datetime.now(UTC).date()
    request = SummarizeBillsRequest(
        from_date=to_proto_date(today - timedelta(days=300)),
        to_date=to_proto_date(today + timedelta(days=2)),
    )
    answer = await _ask(stack, "points", PointsServiceStub, "SummarizeBills", request)
    return {row.store_id: row.bill_count for row in answer.rows}


@pytest.fixture(scope="module")
def terminal() -> Iterator[_Terminal]:
    """make run in a fresh state directory, up. The last test that uses it ends it."""
    folder = Path(tempfile.mkdtemp(prefix="yika-stack-"))
    folder.chmod(0o755)
    terminal = _Terminal(folder / "state", free_ports().base)
    try:
        terminal.wait_for("Ctrl-C stops everything")
        yield terminal
    finally:
        terminal.process.terminate()
        terminal.process.wait(_SECONDS)
        end_leftovers(terminal.state)
        shutil.rmtree(folder)


class TestRun:
    def test_prints_where_to_go_and_how_to_sign_in(self, terminal: _Terminal) -> None:
        stack = terminal.stack()
        for words in (
            stack.url("portal"),
            "hq / yika-demo",
            stack.address("points"),
            "make replay",
        ):
            assert words in terminal.text()
        assert _get(f"{stack.url('issuer')}/jwks.json")[0] == 200
        assert STORES[0].store_id in _get(f"{stack.url('devices')}/status")[1]
        assert _get(stack.url("portal"))[0] == 200

    def test_runs_every_part_and_each_is_ready(self, terminal: _Terminal) -> None:
        stack = terminal.stack()
        assert stack.pids().keys() == {*SERVERS, *SERVICES, "issuer"}
        assert all(stack.is_ready(service) for service in SERVICES)

    async def test_seeds_the_demo_chain(self, terminal: _Terminal) -> None:
        stack = terminal.stack()
        assert (await _sales_per_store(stack)).keys() == {store.store_id for store in STORES}
        tree = await _ask(
            stack, "inventory", InventoryServiceStub, "ListCategories", ListCategoriesRequest()
        )
        assert {len(category.path_names) for category in tree.categories} == {1, 2, 3}
        stock = await _ask(
            stack,
            "inventory",
            InventoryServiceStub,
            "ListStock",
            ListStockRequest(store_id=STORES[0].store_id),
        )
        assert len(stock.levels) == 200
        assert all(level.on_hand_milli > 0 for level in stock.levels)

    async def test_seeding_again_posts_nothing_twice(self, terminal: _Terminal) -> None:
        stack = terminal.stack()
        now = datetime.now(UTC)
        await seed(stack, now)
        before = await _sales_per_store(stack)
        await seed(stack, now)
        assert await _sales_per_store(stack) == before

    @pytest.mark.parametrize("process", ["members", "postgres", "nats", "valkey", "issuer"])
    def test_brings_back_what_was_killed(self, terminal: _Terminal, process: str) -> None:
        stack = terminal.stack()
        pid = stack.kill(process)
        assert stack.wait_restarted(process, pid) != pid
        stack.wait_ready()

    def test_refuses_to_run_twice_in_one_line(self, terminal: _Terminal) -> None:
        second = terminal.type_command("run")
        assert second.returncode == 1
        said = second.stderr.strip().splitlines()
        assert len(said) == 1
        assert "already runs" in said[0]
        assert str(terminal.process.pid) in said[0]


class TestEnd:
    async def test_ctrl_c_leaves_nothing_and_the_next_run_finds_its_data(
        self, terminal: _Terminal
    ) -> None:
        state, ports = terminal.state, terminal.stack().ports
        sold = await _sales_per_store(terminal.stack())
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(_SECONDS) == 0, terminal.text()
        assert "nothing is left running" in terminal.text()
        assert processes_of(state) == []
        assert ports.busy() == {}
        assert find_running_stack(state) is None

        second = _Terminal(state, ports.base)
        second.wait_for("Ctrl-C stops everything")
        assert "demo chain" not in second.text()
        assert await _sales_per_store(second.stack()) == sold
        second.process.kill()
        second.process.wait(_SECONDS)
        _wait(lambda: processes_of(state) == [], "everything ends with the launcher")
        assert not is_locked(state)

        assert second.type_command("reset").returncode == 0
        assert state.name not in os.listdir(state.parent)

    def test_ctrl_c_while_starting_leaves_nothing(self, stack_state: Path) -> None:
        terminal = _Terminal(stack_state, free_ports().base)
        _wait(lambda: (stack_state / "stack.json").exists(), "the supervisor runs")
        terminal.process.send_signal(signal.SIGINT)
        terminal.process.wait(_SECONDS)
        assert processes_of(stack_state) == []
        assert "Traceback" not in terminal.text()

    def test_stop_ends_a_stack_from_elsewhere(self, stack_state: Path) -> None:
        terminal = _Terminal(stack_state, free_ports().base)
        _wait(lambda: (stack_state / "stack.json").exists(), "the supervisor runs")
        stopped = terminal.type_command("stop")
        assert stopped.returncode == 0, stopped.stderr
        terminal.process.wait(_SECONDS)
        assert processes_of(stack_state) == []
        assert "nothing runs" in terminal.type_command("stop").stdout


class TestServersElsewhere:
    async def test_are_used(
        self, stack_state: Path, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("YIKA_DATABASE_URL", servers.postgres_url)
        monkeypatch.setenv("YIKA_NATS_URL", servers.nats_url)
        monkeypatch.setenv("YIKA_REDIS_URL", servers.redis_url)
        with running_stack(stack_state) as stack:
            assert stack.pids().keys() == {*SERVICES, "issuer"}
            assert not (stack_state / "postgres").exists()
            admin = await asyncpg.connect(servers.postgres_url)
            try:
                names = await admin.fetch(
                    "SELECT datname FROM pg_database WHERE datname LIKE 'yika_%'"
                )
            finally:
                await admin.close()
            assert {row["datname"] for row in names} == {
                f"yika_{service}" for service in stack.database_urls
            }
