"""Every service's migrations: one head, an empty database can be built, tables and code agree."""

import importlib
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chassis.database import chassis_metadata
from chassis.migrations import head_revision
from tests.architecture.sources import ROOT, SERVICES
from tests.fixtures.servers import Servers, migrated_database

WITH_DATABASE = [name for name in SERVICES if (ROOT / "services" / name / "migrations").is_dir()]


def scripts(service: str) -> ScriptDirectory:
    """The migrations of a service."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    return ScriptDirectory.from_config(config)


@pytest.mark.parametrize("service", WITH_DATABASE)
class TestMigrations:
    def test_have_one_head(self, service: str) -> None:
        assert scripts(service).get_heads() == [head_revision(service)]

    async def test_build_from_empty_what_the_tables_say(
        self, service: str, servers: Servers
    ) -> None:
        metadata = importlib.import_module(f"services.{service}.storage.tables").metadata

        def compare(connection: Connection) -> list[Any]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, [metadata, chassis_metadata]))

        async with migrated_database(servers, service) as database, database.read() as connection:
            assert await connection.run_sync(compare) == []
