"""Alembic for every service: one env, one lock, and the check that readiness asks."""

import asyncio
import zlib
from pathlib import Path
from types import ModuleType

from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError

from chassis.database import Database, chassis_metadata
from chassis.database_failures import translate_driver_errors
from chassis.errors import Unavailable

ROOT = Path(__file__).resolve().parent.parent
_LOCK_TIMEOUT = "5s"
_LOCK_NOT_AVAILABLE = "55P03"


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def head_revision(service: str) -> str:
    """The newest revision this code knows; ValueError-like CommandError when there are two."""
    return str(ScriptDirectory.from_config(_config(service)).get_current_head())


async def migrate(service: str, database: Database, revision: str = "head") -> None:
    """Brings the database to a revision. Safe to run from every replica at once.

    An advisory lock lets one migrate while others wait; lock_timeout makes a migration give up
    rather than queue the whole service behind a long transaction.
    """

    def upgrade(connection: Connection) -> None:
        key = zlib.crc32(f"yika-migrate-{service}".encode())
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
        config = _config(service)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    try:
        async with translate_driver_errors(), database.engine.begin() as connection:
            await connection.run_sync(upgrade)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
            raise
        raise Unavailable(
            "MIGRATION_LOCKED_OUT",
            f"nothing is migrated: others held a table for {_LOCK_TIMEOUT}; run it again",
        ) from error


async def check_revision(service: str, database: Database) -> None:
    """Unavailable with SCHEMA_REVISION unless the database is at this code's revision."""
    expected = await asyncio.to_thread(head_revision, service)

    def current(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    async with database.read() as connection:
        found = await connection.run_sync(current)
    if found != expected:
        raise Unavailable(
            "SCHEMA_REVISION",
            f"the database is at revision {found}, this code needs {expected}; "
            f"run python -m services.{service} migrate",
            {"found": found, "expected": expected},
        )


def run_env(target_metadata: MetaData) -> None:
    """What every service's migrations/env.py calls."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=[target_metadata, chassis_metadata],
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def create_event_tables_v1(op: ModuleType) -> None:
    """Creates outbox, inbox and dead_letters as every first migration needs them.

    `op` is alembic's module of that name. Frozen: a change to these tables is a new function and
    a new migration in every service.
    """
    for statement in _EVENT_TABLES_V1:
        op.execute(statement)


_EVENT_TABLES_V1 = (
    """
    CREATE TABLE outbox (
        position bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_outbox PRIMARY KEY,
        event_id uuid NOT NULL, member_id uuid, event_type text NOT NULL,
        occurred_at timestamptz NOT NULL, traceparent text NOT NULL, payload bytea NOT NULL
    )""",
    """
    CREATE TABLE inbox (
        event_id uuid CONSTRAINT pk_inbox PRIMARY KEY, member_id uuid,
        received_at timestamptz NOT NULL
    )""",
    "CREATE INDEX ix_inbox_received_at ON inbox (received_at)",
    """
    CREATE TABLE dead_letters (
        dead_letter_id uuid CONSTRAINT pk_dead_letters PRIMARY KEY, subject text NOT NULL,
        headers jsonb NOT NULL, payload bytea NOT NULL, error text NOT NULL,
        failed_at timestamptz NOT NULL, redriven_at timestamptz
    )""",
)
