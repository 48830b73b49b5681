"""Without a running stack the replay brings one of its own, and leaves nothing behind."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.stories import ROOT
from tools.local_stack.supervision import processes_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A directory that PostgreSQL's system user may enter, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="yika-e2e-alone-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_it_starts_a_stack_and_removes_it(scratch: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.replay", "--baskets", "40", "--verify"],
        cwd=ROOT,
        env={**os.environ, "YIKA_STATE_DIR": str(scratch / "none"), "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"no stack is running: starting one in {scratch}" in done.stdout
    assert "verified: zero differences" in done.stdout
    assert list(scratch.iterdir()) == []
    state = done.stdout.split("starting one in ")[1].splitlines()[0]
    assert processes_of(Path(state)) == []
