"""The migrations of reports build exactly the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chassis.database import chassis_metadata
from chassis.migrations import _config, check_revision
from services.reports.storage.tables import metadata
from tests.fixtures.servers import Servers, migrated_database


class TestMigrations:
    async def test_build_what_the_tables_say(self, servers: Servers) -> None:
        def differences(connection: Connection) -> list[object]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, [metadata, chassis_metadata]))

        async with migrated_database(servers, "reports") as database:
            await check_revision("reports", database)
            async with database.engine.connect() as connection:
                assert await connection.run_sync(differences) == []

    def test_have_one_head(self) -> None:
        assert len(ScriptDirectory.from_config(_config("reports")).get_heads()) == 1
