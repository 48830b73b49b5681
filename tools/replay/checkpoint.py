"""Which baskets are posted, remembered between runs; a hint that saves work, never the truth.

The truth is what the points service holds: where the two disagree at the start of a run, this
file gives way (see reconcile.py).
"""

import os
from pathlib import Path
from typing import Any

import numpy as np

FILE_NAME = "replay-posted.bin"


class Checkpoint:
    """The posted baskets of a stack: a flag for each position, kept in an append-only file of
    basket_ids (int64)."""

    def __init__(self, path: Path, basket_key: Any) -> None:
        self._path = path
        self._basket_key = basket_key
        self.posted = np.zeros(len(basket_key), dtype=bool)
        if path.exists():
            whole = path.stat().st_size // 8 * 8
            os.truncate(path, whole)  # a torn last entry would shift all that follow
            self.posted = np.isin(basket_key, np.fromfile(path, dtype="<i8"))

    def add(self, positions: Any) -> None:
        """Remembers baskets that the points service has acknowledged."""
        self.posted[positions] = True
        with self._path.open("ab") as file:
            file.write(self._basket_key[positions].astype("<i8").tobytes())

    def replace(self, posted: Any) -> None:
        """Starts over with these flags."""
        self.posted = posted.copy()
        self._path.write_bytes(self._basket_key[posted].astype("<i8").tobytes())
