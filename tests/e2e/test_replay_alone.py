"""Without a running stack the replay brings one of its own, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.stories import ROOT
from tools.local_stack.supervision import processes_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_it_starts_a_stack_and_removes_it(tmp_path: Path) -> None:
    # The path of pytest is closed to others, and PostgreSQL's system user must get in.
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o011)
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o711)
    done = subprocess.run(
        [sys.executable, "-m", "tools.replay", "--baskets", "40", "--verify"],
        cwd=ROOT,
        env={**os.environ, "YIKA_STATE_DIR": str(tmp_path / "none"), "TMPDIR": str(scratch)},
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
