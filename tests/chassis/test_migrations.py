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

    async def test_without_a_server_says_so(self, shop: Path) -> None:
        lost = Database("postgresql://nobody:x@127.0.0.1:1/nothing", service="shop")
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            await migrate("shop", lost)
        await lost.dispose()


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
