"""State directories that PostgreSQL's system user can reach, unlike pytest's own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.local_stack.supervision import end_leftovers, processes_of


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every system user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="yika-stack-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def stack_state(open_folder: Path) -> Iterator[Path]:
    """A state directory; fails the test when something of it still runs afterwards."""
    state = open_folder / "state"
    yield state
    left = processes_of(state)
    end_leftovers(state)
    assert left == []
