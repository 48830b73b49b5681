"""The record of what is posted survives being cut anywhere."""

from pathlib import Path

import numpy as np

from tools.replay.checkpoint import Checkpoint

KEYS = np.asarray([31198437603, 31198437604, 31198437605], dtype=np.int64)


class TestCheckpoint:
    def test_starts_empty(self, tmp_path: Path) -> None:
        assert Checkpoint(tmp_path / "posted", KEYS).posted.tolist() == [False, False, False]

    def test_remembers_between_runs(self, tmp_path: Path) -> None:
        Checkpoint(tmp_path / "posted", KEYS).add(np.asarray([2]))
        Checkpoint(tmp_path / "posted", KEYS).add(np.asarray([0]))
        assert Checkpoint(tmp_path / "posted", KEYS).posted.tolist() == [True, False, True]

    def test_forgets_a_torn_entry(self, tmp_path: Path) -> None:
        path = tmp_path / "posted"
        Checkpoint(path, KEYS).add(np.asarray([0, 1]))
        path.write_bytes(path.read_bytes()[:-3])
        torn = Checkpoint(path, KEYS)
        assert torn.posted.tolist() == [True, False, False]
        torn.add(np.asarray([2]))
        assert Checkpoint(path, KEYS).posted.tolist() == [True, False, True]

    def test_can_start_over(self, tmp_path: Path) -> None:
        checkpoint = Checkpoint(tmp_path / "posted", KEYS)
        checkpoint.add(np.asarray([0, 1]))
        checkpoint.replace(np.asarray([False, False, True]))
        assert Checkpoint(tmp_path / "posted", KEYS).posted.tolist() == [False, False, True]
