"""Migrations: one at a time, whole or not at all, and readiness that knows the revision."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

import chassis.migrations
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.migrations import ROOT, check_revision, migrate
from chassis.ops import failing_checks
from chassis.service import SchemaCheck
from tests.fixtures.polling import eventually
from tests.fixtures.servers import Servers, create_database

FIRST = """
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.execute("CREATE TABLE shelves (shelf_id int PRIMARY KEY)")
    op.execute("INSERT INTO shelves VALUES (1)")
"""
SECOND = """
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.execute("CREATE TABLE boxes (box_id int)")
    op.execute("ALTER TABLE shelves ADD COLUMN width_mm int")
"""
# A second migration that builds an index while others write.
INDEXED = """
from alembic import op
from chassis.migrations import create_index_concurrently
revision, down_revision = "0002", "0001"
def upgrade():
    create_index_concurrently(op, "ix_shelves", "shelves (shelf_id)")
"""
READY = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_shelves')"
# How many sessions have waited for another one's transaction for longer than the limit of locks.
WAITERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event = 'virtualxid' AND datname = current_database()
    AND clock_timestamp() - query_start > interval '400ms'
    """


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The versions folder of a service named shop, with its first migration."""
    folder = tmp_path / "services" / "shop" / "migrations"
    shutil.copytree(
        ROOT / "services" / "reports" / "migrations",
        folder,
        ignore=shutil.ignore_patterns("versions", "__pycache__"),
    )
    versions = folder / "versions"
    versions.mkdir()
    (versions / "0001_first.py").write_text(FIRST)
    monkeypatch.setattr(chassis.migrations, "ROOT", tmp_path)
    return versions


@pytest.fixture
async def databases(servers: Servers) -> AsyncIterator[list[Database]]:
    """Two replicas' ways into one empty database."""
    async with create_database(servers) as url:
        opened = [Database(url, service=f"shop-{n}") for n in range(2)]
        yield opened
        for database in opened:
            await database.dispose()


async def query(database: Database, sql: str) -> object:
    async with database.read() as connection:
        return await connection.scalar(text(sql))


class TestMigrate:
    async def test_by_two_replicas_at_once_happens_once(
        self, shop: Path, databases: list[Database]
    ) -> None:
        await asyncio.gather(*(migrate("shop", database) for database in databases))
        assert await query(databases[0], "SELECT count(*) FROM shelves") == 1
        assert await query(databases[0], "SELECT version_num FROM alembic_version") == "0001"

    async def test_again_changes_nothing(self, shop: Path, databases: list[Database]) -> None:
        for _ in range(2):
            await migrate("shop", databases[0])
        assert await query(databases[0], "SELECT count(*) FROM shelves") == 1

    async def test_leaves_nothing_behind_when_it_fails(
        self, shop: Path, databases: list[Database]
    ) -> None:
        await migrate("shop", databases[0])
        broken = SECOND + "    raise ZeroDivisionError\n"
        (shop / "0002_second.py").write_text(broken)
        with pytest.raises(ZeroDivisionError):
            await migrate("shop", databases[0])
        assert await query(databases[0], "SELECT to_regclass('boxes')") is None
        assert await query(databases[0], "SELECT version_num FROM alembic_version") == "0001"

    async def test_gives_up_behind_a_lock_rather_than_queue_the_service(
        self, shop: Path, databases: list[Database], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chassis.migrations, "_LOCK_TIMEOUT", "200ms")
        first, second = databases
        await migrate("shop", first)
        (shop / "0002_second.py").write_text(SECOND)
        async with first.transaction() as reader:
            await reader.connection.execute(text("SELECT * FROM shelves"))
            with pytest.raises(Unavailable, match="MIGRATION_LOCKED_OUT"):
                await migrate("shop", second)
        assert await query(first, "SELECT to_regclass('boxes')") is None
        await migrate("shop", second)
        assert await query(first, "SELECT version_num FROM alembic_version") == "0002"

    async def test_keeps_the_migrations_before_one_that_fails(
        self, shop: Path, databases: list[Database]
    ) -> None:
        (shop / "0002_second.py").write_text(SECOND + "    raise ZeroDivisionError\n")
        with pytest.raises(ZeroDivisionError):
            await migrate("shop", databases[0])
        assert await query(databases[0], "SELECT version_num FROM alembic_version") == "0001"
        assert await query(databases[0], "SELECT to_regclass('boxes')") is None

    async def test_leaves_neither_lock_nor_limit_on_a_connection_that_goes_on(
        self, shop: Path, databases: list[Database]
    ) -> None:
        await migrate("shop", databases[0])
        assert await query(databases[0], "SHOW lock_timeout") == "0"
        await migrate("shop", databases[1])

    async def test_without_a_server_says_so(self, shop: Path) -> None:
        lost = Database("postgresql://nobody:x@127.0.0.1:1/nothing", service="shop")
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            await migrate("shop", lost)
        await lost.dispose()


class TestCreateIndexConcurrently:
    async def test_builds_it_once_when_two_replicas_migrate(
        self, shop: Path, databases: list[Database]
    ) -> None:
        await migrate("shop", databases[0])
        (shop / "0002_second.py").write_text(INDEXED)
        # Neither waits for the other in a circle: who waits for its turn keeps no snapshot.
        await asyncio.gather(*(migrate("shop", database) for database in databases))
        assert await query(databases[0], READY) is True
        assert await query(databases[0], "SELECT version_num FROM alembic_version") == "0002"

    async def test_waits_longer_for_open_transactions_than_for_locks(
        self, shop: Path, databases: list[Database], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chassis.migrations, "_LOCK_TIMEOUT", "200ms")
        first, second = databases
        await migrate("shop", first)
        (shop / "0002_second.py").write_text(INDEXED)

        async def waits() -> bool:
            return await query(first, WAITERS) == 1

        async with first.transaction() as writer:
            await writer.connection.execute(text("INSERT INTO shelves VALUES (2)"))
            migrating = asyncio.create_task(migrate("shop", second))
            await eventually(waits)
            assert not migrating.done()
        await migrating
        assert await query(first, READY) is True

    async def test_replaces_what_an_interrupted_try_has_left(
        self, shop: Path, databases: list[Database]
    ) -> None:
        await migrate("shop", databases[0])
        async with databases[0].transaction() as tx:
            await tx.connection.execute(text("CREATE INDEX ix_shelves ON shelves ((shelf_id + 1))"))
        (shop / "0002_second.py").write_text(INDEXED)
        await migrate("shop", databases[0])
        definition = await query(databases[0], "SELECT pg_get_indexdef('ix_shelves'::regclass)")
        assert str(definition).endswith("(shelf_id)")


class TestCheckRevision:
    async def test_takes_this_codes_revision(self, shop: Path, databases: list[Database]) -> None:
        await migrate("shop", databases[0])
        await check_revision("shop", databases[0])

    async def test_refuses_an_empty_database(self, shop: Path, databases: list[Database]) -> None:
        with pytest.raises(Unavailable) as refusal:
            await check_revision("shop", databases[0])
        assert refusal.value.reason == "SCHEMA_REVISION"
        assert "python -m services.shop migrate" in refusal.value.message

    async def test_refuses_another_revision_until_it_is_migrated(
        self, shop: Path, databases: list[Database]
    ) -> None:
        await migrate("shop", databases[0])
        (shop / "0002_second.py").write_text(SECOND)
        checks = {"schema": SchemaCheck("shop", databases[0])}
        failures = await failing_checks(checks)
        assert failures["schema"].startswith(
            "SCHEMA_REVISION: the database is at revision 0001, this code needs 0002"
        )
        await migrate("shop", databases[0])
        assert await failing_checks(checks) == {}
