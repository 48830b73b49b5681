"""tools/migration.py against a real PostgreSQL."""

import shutil
from pathlib import Path

from sqlalchemy import text

from tests.fixtures.servers import Servers, create_database, migrated_database
from tools.migration import ROOT, draft, next_revision


class TestDraft:
    async def test_writes_what_the_tables_have_and_the_database_lacks(
        self, servers: Servers, tmp_path: Path
    ) -> None:
        copy = tmp_path / "services" / "messaging" / "migrations"
        shutil.copytree(ROOT / "services" / "messaging" / "migrations", copy)
        async with migrated_database(servers, "messaging") as database:
            async with database.transaction() as tx:
                await tx.connection.execute(text("ALTER TABLE dead_letters DROP COLUMN error"))
            url = database.engine.url.set(drivername="postgresql")
            path = await draft(
                "messaging", "add error", url.render_as_string(hide_password=False), tmp_path
            )
        assert path.name == "0002_add_error.py"
        written = path.read_text()
        assert "op.add_column('dead_letters'" in written
        assert "down_revision = '0001'" in written

    async def test_starts_from_an_empty_database(self, servers: Servers, tmp_path: Path) -> None:
        copy = tmp_path / "services" / "members" / "migrations"
        shutil.copytree(ROOT / "services" / "members" / "migrations", copy)
        async with create_database(servers) as url:
            path = await draft("members", "nothing", url, tmp_path)
        assert "add_column" not in path.read_text()


class TestNextRevision:
    def test_counts_on_from_the_highest(self, tmp_path: Path) -> None:
        assert next_revision(tmp_path) == "0001"
        (tmp_path / "0009_nine.py").touch()
        (tmp_path / "0010_ten.py").touch()
        assert next_revision(tmp_path) == "0011"
