"""tools/local_stack/supervision.py with the real supervisord and small processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.local_stack.servers import free_port
from tools.local_stack.state import StackError, create_state
from tools.local_stack.supervision import (
    STACK_VARIABLE,
    Process,
    SupervisorClient,
    end_leftovers,
    processes_of,
    start_supervisor,
    write_configuration,
)

# Writes its name on the way out, slowly, so that the order of stopping shows.
_SLEEPER = """
import os, pathlib, signal, sys, time
trail, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def stop(*_):
    time.sleep(0.3)
    with trail.open("a") as file:
        file.write(name + "\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
(trail.parent / f"environment-{name}").write_text(os.environ.get("YIKA_TEST", ""))
while True:
    time.sleep(1)
"""


def _wait(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class _Supervised:
    """Two groups of sleepers below a supervisor."""

    def __init__(self, state: Path, value: str = "") -> None:
        create_state(state)
        self.state = state
        self.trail = state / "trail"
        script = state / "sleeper.py"
        script.write_text(_SLEEPER)
        port = free_port()

        def sleeper(name: str, priority: int) -> Process:
            argv = [sys.executable, str(script), str(self.trail), name]
            return Process(name, argv, priority, environment={"YIKA_TEST": value})

        groups = {"low": [sleeper("first", 10)], "high": [sleeper("second", 20)]}
        configuration = write_configuration(state, port, "secret", groups)
        environment = {**os.environ, STACK_VARIABLE: str(state)}
        self.process = start_supervisor(state, configuration, environment)
        self.client = SupervisorClient(f"http://yika:secret@127.0.0.1:{port}")
        self.client.wait_until_up(self.process, 30)
        for group in groups:
            self.client.start(f"{group}:*")
        _wait(lambda: len(self.client.pids()) == 2, "both run")
        _wait(lambda: all((state / f"environment-{n}").exists() for n in ("first", "second")), "up")


@pytest.fixture
def supervised(stack_state: Path) -> _Supervised:
    return _Supervised(stack_state)


class TestSupervisor:
    def test_brings_back_what_was_killed(self, supervised: _Supervised) -> None:
        before = supervised.client.pids()
        os.kill(before["second"], signal.SIGKILL)
        _wait(
            lambda: supervised.client.pids().get("second", before["second"]) != before["second"],
            "another second",
        )
        assert supervised.client.pids()["first"] == before["first"]
        supervised.process.terminate()
        supervised.process.wait(30)

    def test_stops_in_reverse_order(self, supervised: _Supervised) -> None:
        supervised.process.terminate()
        supervised.process.wait(30)
        assert supervised.trail.read_text().split() == ["second", "first"]
        assert processes_of(supervised.state) == []

    def test_hands_values_on_as_they_are(self, stack_state: Path) -> None:
        value = "nats://a:p%40ss,word@host:1/x y;z#q='1'&r=%"
        supervised = _Supervised(stack_state, value)
        assert (stack_state / "environment-first").read_text() == value
        supervised.process.terminate()
        supervised.process.wait(30)

    @pytest.mark.parametrize("value", ['a "quoted" path', "ends with '", "two\nlines"])
    def test_refuses_a_value_that_cannot_be_quoted(self, stack_state: Path, value: str) -> None:
        create_state(stack_state)
        process = Process("one", ["true"], 1, environment={"YIKA_TEST": value})
        with pytest.raises(StackError, match="quotes"):
            write_configuration(stack_state, 1, "secret", {"all": [process]})

    def test_ends_with_a_launcher_that_was_killed(self, stack_state: Path) -> None:
        code = (
            "import os, signal, sys\n"
            "from pathlib import Path\n"
            "from tests.local_stack.test_supervision import _Supervised\n"
            "_Supervised(Path(sys.argv[1]))\n"
            "os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        done = subprocess.run([sys.executable, "-c", code, str(stack_state)], cwd=Path.cwd())
        assert done.returncode == -signal.SIGKILL
        _wait(lambda: processes_of(stack_state) == [], "everything ended")
        assert (stack_state / "trail").read_text().split() == ["second", "first"]

    def test_says_when_it_does_not_serve(self) -> None:
        with pytest.raises(StackError, match="does not serve"):
            SupervisorClient(f"http://yika:x@127.0.0.1:{free_port()}").pids()


class TestLeftovers:
    def test_ends_what_a_killed_supervisor_left(self, supervised: _Supervised) -> None:
        supervised.process.kill()
        supervised.process.wait(30)
        assert len(processes_of(supervised.state)) == 2
        end_leftovers(supervised.state)
        assert processes_of(supervised.state) == []

    def test_leaves_the_processes_of_others_alone(self, stack_state: Path) -> None:
        other = subprocess.Popen(
            ["sleep", "60"], env={**os.environ, STACK_VARIABLE: f"{stack_state}-other"}
        )
        try:
            end_leftovers(stack_state)
            assert other.poll() is None
        finally:
            other.kill()
            other.wait()
