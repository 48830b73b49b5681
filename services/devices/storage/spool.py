"""The spool: one text file a print job, there in full or not at all, and never twice.

Whoever prints a file moves it from spool/ to spool/printed/ under the same name. A job whose file
is in either place is spooled, whatever a crash kept the gateway from noting.
"""

import contextlib
import os
from pathlib import Path

from services.devices.storage.journal_repository import PrintJob


class Spool:
    """The directory that printers take receipts from."""

    def __init__(self, folder: Path) -> None:
        """Makes the directories; OSError when it cannot."""
        self.folder = folder
        self._printed = folder / "printed"
        self._printed.mkdir(parents=True, exist_ok=True, mode=0o700)
        for unfinished in folder.glob("*.tmp"):
            unfinished.unlink()

    def put(self, job: PrintJob) -> None:
        """Spools a job once; returns when the file is on the disk. OSError when it cannot."""
        name = f"{job.job_id}.txt"
        if not ((self._printed / name).exists() or (self.folder / name).exists()):
            self._write(name, job.text)
        self._sync_folder()

    def _write(self, name: str, text: str) -> None:
        unfinished = self.folder / f"{name}.tmp"
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(self.folder / name)
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise

    def _sync_folder(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
