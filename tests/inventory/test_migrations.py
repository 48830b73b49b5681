"""The migrations build what tables.py says, and there is one way to the newest revision."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select

from chassis.database import Database, chassis_metadata
from chassis.migrations import ROOT
from services.inventory.storage.tables import catalogue_revision, metadata


class TestMigrations:
    async def test_agree_with_the_tables(self, inventory_database: Database) -> None:
        def differences(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, [metadata, chassis_metadata]))

        async with inventory_database.read() as connection:
            assert await connection.run_sync(differences) == []

    async def test_start_the_list_of_changes(self, inventory_database: Database) -> None:
        async with inventory_database.read() as connection:
            rows = (await connection.execute(select(catalogue_revision.c.only_row))).all()
        assert rows == [(True,)]

    def test_have_one_head(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(ROOT / "services/inventory/migrations"))
        assert len(ScriptDirectory.from_config(config).get_heads()) == 1
