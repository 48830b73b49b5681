"""The spool: a job appears whole, once, whatever happened in between."""

from pathlib import Path

import pytest

from services.devices.storage.journal_repository import JournalRepository, PrintJob
from services.devices.storage.spool import Spool
from services.devices.usecases.spool_receipts import spool_receipts
from tests.devices.test_local_database import sell_milk
from tests.fixtures.builders_devices import NOW, fill_catalogue, open_local_database

JOB = PrintJob("job-1", "sale-1", 0, "小票\n")


class TestPut:
    def test_writes_the_text_as_utf_8(self, tmp_path: Path) -> None:
        Spool(tmp_path).put(JOB)
        assert (tmp_path / "job-1.txt").read_bytes() == "小票\n".encode()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["job-1.txt", "printed"]

    def test_does_not_write_again_what_waits_for_the_printer(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        spool.put(JOB)
        before = (tmp_path / "job-1.txt").stat()
        spool.put(JOB)
        assert (tmp_path / "job-1.txt").stat().st_ino == before.st_ino

    def test_does_not_bring_back_what_was_printed(self, tmp_path: Path) -> None:
        spool = Spool(tmp_path)
        spool.put(JOB)
        (tmp_path / "job-1.txt").rename(tmp_path / "printed" / "job-1.txt")
        spool.put(JOB)
        assert not (tmp_path / "job-1.txt").exists()

    def test_clears_what_a_crash_left_half_written(self, tmp_path: Path) -> None:
        (tmp_path / "job-1.txt.tmp").write_text("小")
        Spool(tmp_path).put(JOB)
        assert (tmp_path / "job-1.txt").read_text() == "小票\n"
        assert not list(tmp_path.glob("*.tmp"))


class TestSpoolReceipts:
    async def test_spools_what_waits_and_notes_it(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path / "data") as database:
            await fill_catalogue(database)
            sold = await sell_milk(database, "sale-1")
            spool = Spool(tmp_path / "spool")
            assert await spool_receipts(database, spool, now=NOW) == 1
            assert await spool_receipts(database, spool, now=NOW) == 0
            text = (tmp_path / "spool" / "sale-1.txt").read_text()
            assert text == sold.row.entry.receipt_text

    async def test_prints_once_when_killed_before_it_was_noted(self, tmp_path: Path) -> None:
        """The printer took the file, then the process died before the commit."""
        async with open_local_database(tmp_path / "data") as database:
            await fill_catalogue(database)
            await sell_milk(database, "sale-1")
            spool = Spool(tmp_path / "spool")
            spool.put((await database.read(lambda c: JournalRepository(c).print_jobs("sale-1")))[0])
            (spool.folder / "sale-1.txt").rename(spool.folder / "printed" / "sale-1.txt")
        async with open_local_database(tmp_path / "data") as database:
            assert await spool_receipts(database, Spool(spool.folder), now=NOW) == 1
            jobs = await database.read(lambda c: JournalRepository(c).print_jobs("sale-1"))
            assert [job.is_spooled for job in jobs] == [True]
            assert not list(spool.folder.glob("*.txt"))

    async def test_keeps_the_job_while_the_spool_fails(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path / "data") as database:
            await fill_catalogue(database)
            await sell_milk(database, "sale-1")
            spool = Spool(tmp_path / "spool")
            (spool.folder / "printed").rmdir()
            spool.folder.rmdir()
            with pytest.raises(OSError, match="sale-1"):
                await spool_receipts(database, spool, now=NOW)
            spool = Spool(tmp_path / "spool")
            assert await spool_receipts(database, spool, now=NOW) == 1
            assert (spool.folder / "sale-1.txt").exists()
