"""The gateway's file: durable, exclusive, append-only, and honest about a full disk."""

import sqlite3
from pathlib import Path

import pytest

from chassis.errors import DomainError, Unavailable
from services.devices.storage.journal_repository import JournalRepository
from services.devices.storage.local_database import FILE_NAME, LocalDatabase
from services.devices.storage.schema import STEPS
from services.devices.usecases.price_basket import AskedBasket, AskedLine
from services.devices.usecases.sell import Sell, Sold, sell
from tests.fixtures.builders_devices import (
    MILK,
    NOW,
    Tender,
    build_store,
    fill_catalogue,
    open_local_database,
)


async def sell_milk(database: LocalDatabase, sale_id: str) -> Sold:
    basket = AskedBasket([AskedLine(MILK.barcodes[0], "", 1000)])
    command = Sell(sale_id, "01", "", basket, [Tender("cash", 650)])
    return await sell(database, build_store(), command, now=NOW)


async def rows(database: LocalDatabase, table: str) -> int:
    def count(connection: sqlite3.Connection) -> int:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    return await database.read(count)


class TestOpen:
    async def test_syncs_every_commit_to_the_disk(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path) as database:

            def settings(connection: sqlite3.Connection) -> list[object]:
                names = ("journal_mode", "synchronous", "foreign_keys")
                return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

            assert await database.write(settings) == ["wal", 2, 1]

    async def test_keeps_the_directory_to_one_gateway(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path):
            with pytest.raises(Unavailable) as refusal:
                LocalDatabase(tmp_path)
            assert refusal.value.reason == "DATA_DIR_IN_USE"
        async with open_local_database(tmp_path) as database:
            assert await rows(database, "journal") == 0

    async def test_refuses_a_file_of_newer_code(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path):
            pass
        connection = sqlite3.connect(tmp_path / FILE_NAME)
        connection.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
        connection.close()
        with pytest.raises(Unavailable) as refusal:
            LocalDatabase(tmp_path)
        assert refusal.value.reason == "SCHEMA_REVISION"

    def test_refuses_a_file_that_is_none(self, tmp_path: Path) -> None:
        (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 100)
        with pytest.raises(Unavailable) as refusal:
            LocalDatabase(tmp_path)
        assert refusal.value.reason == "JOURNAL_UNAVAILABLE"

    def test_names_the_setting_of_a_directory_it_cannot_use(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable, match="YIKA_DATA_DIR") as refusal:
            LocalDatabase(tmp_path / "file")
        assert refusal.value.reason == "DATA_DIR_UNUSABLE"


class TestWrite:
    async def test_undoes_everything_when_the_work_fails(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path) as database:

            def work(connection: sqlite3.Connection) -> None:
                JournalRepository(connection).prove_writable(NOW)
                raise RuntimeError("defect")

            with pytest.raises(RuntimeError):
                await database.write(work)
            assert await rows(database, "liveness") == 0

    async def test_refuses_a_sale_that_does_not_fit_on_the_disk(self, tmp_path: Path) -> None:
        async with open_local_database(tmp_path) as database:
            await fill_catalogue(database)
            await sell_milk(database, "sale-before")
            # SQLite's own limit stands in for the disk's: the same error on the same path.
            await database.write(
                lambda c: c.execute(
                    f"PRAGMA max_page_count = {c.execute('PRAGMA page_count').fetchone()[0]}"
                ).fetchone()
            )
            sold, refusal = 1, None
            while refusal is None:
                try:
                    await sell_milk(database, f"sale-{sold}")
                    sold += 1
                except DomainError as error:
                    refusal = error
            assert isinstance(refusal, Unavailable)
            assert refusal.reason == "DISK_FULL"
            assert await rows(database, "journal") == sold
            assert await rows(database, "print_jobs") == sold
            await database.write(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
            again = await sell_milk(database, f"sale-{sold}")
            assert (again.replayed, again.row.entry.sequence) == (False, sold + 1)


class TestJournal:
    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM journal",
            "UPDATE journal SET payload = '{}'",
            "UPDATE journal SET sequence = sequence + 1",
            "UPDATE journal SET entry_hash = ''",
            "UPDATE journal SET receipt_text = ''",
        ],
    )
    async def test_is_append_only(self, tmp_path: Path, statement: str) -> None:
        async with open_local_database(tmp_path) as database:
            await fill_catalogue(database)
            before = (await sell_milk(database, "sale-1")).row
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                await database.write(lambda connection: connection.execute(statement))
            after = await database.read(lambda c: JournalRepository(c).get("sale-1"))
            assert after == before
