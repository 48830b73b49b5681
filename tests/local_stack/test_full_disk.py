"""A disk without room: one line that names the setting to change."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.local_stack.launch import running_stack, starting_stack
from tools.local_stack.state import StackError


@pytest.fixture
def tiny_disk(open_folder: Path) -> Iterator[Path]:
    """A file system of 8 MB; only root can mount one."""
    disk = open_folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


class TestFullDisk:
    def test_too_small_a_disk_is_one_line_before_anything_starts(self, tiny_disk: Path) -> None:
        with pytest.raises(StackError) as caught, running_stack(tiny_disk / "state"):
            pytest.fail("started on a full disk")
        assert "is full" in str(caught.value)
        assert "YIKA_STATE_DIR" in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_disk_that_fills_up_later_is_the_same_line(self, stack_state: Path) -> None:
        with pytest.raises(StackError, match="YIKA_STATE_DIR"), starting_stack(stack_state):
            raise OSError(errno.ENOSPC, "No space left on device")

    def test_another_failure_stays_what_it_is(self, stack_state: Path) -> None:
        with pytest.raises(PermissionError), starting_stack(stack_state):
            raise PermissionError(errno.EACCES, "Permission denied")
