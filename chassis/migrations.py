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
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import Database, chassis_metadata
from chassis.database_failures import translate_driver_errors
from chassis.errors import Unavailable

ROOT = Path(__file__).resolve().parent.parent
_LOCK_TIMEOUT = "5s"
_LOCK_NOT_AVAILABLE = "55P03"
_ASK_AGAIN_SECONDS = 0.2


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "services" / service / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def head_revision(service: str) -> str:
    """The newest revision this code knows; ValueError-like CommandError when there are two."""
    return str(ScriptDirectory.from_config(_config(service)).get_current_head())


async def migrate(service: str, database: Database, revision: str = "head") -> None:
    """Brings the database to a revision, each migration in a transaction of its own.

    Safe to run from every replica at once: an advisory lock lets one migrate while others wait.
    lock_timeout makes a migration give up rather than queue the whole service behind a long
    transaction.
    """

    def upgrade(connection: Connection) -> None:
        config = _config(service)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    try:
        async with translate_driver_errors(), database.engine.connect() as connection:
            try:
                await _lead(service, connection)
                await connection.run_sync(upgrade)
            finally:
                # The pool would hand the session on, lock, limit and all.
                await connection.invalidate()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
            raise
        raise Unavailable(
            "MIGRATION_LOCKED_OUT",
            f"others held a table for {_LOCK_TIMEOUT}; what came before is done: run it again",
        ) from error


async def _lead(service: str, connection: AsyncConnection) -> None:
    """Waits until this session alone migrates; it does as long as it lives.

    By asking again: a session that waits for a lock keeps a snapshot, for which an index that is
    built CONCURRENTLY by the one that leads would wait in turn.
    """
    key = zlib.crc32(f"yika-migrate-{service}".encode())
    while True:
        async with connection.begin():
            if await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                await connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
                return
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


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
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def create_index_concurrently(op: ModuleType, name: str, definition: str) -> None:
    """Builds an index on a large table while others write to it; `definition` follows ON.

    `op` is alembic's module of that name. It has to be alone in its migration: what was done before
    it is committed, and it cannot be undone. It waits for open transactions as long as they take,
    for nobody queues behind it, and replaces what a try that was interrupted has left.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {definition}")
        op.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")


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
