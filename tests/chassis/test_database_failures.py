"""A lost, busy or demoted database is no defect, and a defect is not taken for one."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from chassis.database import Database
from chassis.database_failures import GaveWay
from chassis.errors import Unavailable
from tests.chassis.numbers import recorded_numbers, url_of
from tests.fixtures.servers import Servers


async def record(connection: Any, number: int) -> None:
    await connection.execute(text("INSERT INTO numbers (number) VALUES (:n)"), {"n": number})


class TestFailures:
    async def test_a_server_that_is_not_there_is_unavailable(self) -> None:
        database = Database("postgresql://nobody:x@127.0.0.1:1/nothing", service="lost")
        for attempt in (database.ping(), write_nothing(database)):
            with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
                await attempt
        await database.dispose()

    async def test_a_connection_cut_in_the_middle_is_unavailable(self, database: Database) -> None:
        async def cut() -> None:
            async with database.transaction() as tx:
                await record(tx.connection, 1)
                await tx.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            await cut()
        assert await recorded_numbers(database) == []

    async def test_a_deadlock_is_unavailable(self, database: Database) -> None:
        # Raised by the server's own code for it, without waiting for two sessions to meet.
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            async with database.transaction() as tx:
                await tx.connection.execute(
                    text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
                )

    async def test_a_command_that_takes_too_long_is_unavailable(self, servers: Servers) -> None:
        database = Database(servers.postgres_url, service="slow", command_timeout_seconds=0.2)
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            async with database.read() as connection:
                await connection.execute(text("SELECT pg_sleep(20)"))
        await database.dispose()

    async def test_a_pool_with_nothing_left_is_unavailable(self, servers: Servers) -> None:
        database = Database(servers.postgres_url, service="one", pool_size=1)
        database.engine.pool._timeout = 0.1  # type: ignore[attr-defined]

        async def read() -> None:
            async with database.read() as connection:
                await connection.execute(text("SELECT 1"))

        async with database.read() as connection:
            await connection.execute(text("SELECT 1"))
            with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
                await read()
            await database.ping()  # the server answers all the same
        await read()
        await database.dispose()

    async def test_a_line_that_does_not_answer_is_not_asked_again(
        self, servers: Servers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As of a machine that was lost: whoever probes gives up, and comes again."""
        database = Database(servers.postgres_url, service="silent", pool_size=1)
        async with database.line() as line:
            silent = line.driver

        async def wait(*_: object) -> None:
            await asyncio.sleep(60)

        monkeypatch.setattr(type(silent), "execute", wait)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await database.ping()
        monkeypatch.undo()
        await database.ping()
        assert silent.is_closed()
        await database.dispose()

    async def test_a_statement_that_a_migration_made_stale_is_unavailable_once(
        self, database: Database
    ) -> None:
        one_connection = Database(url_of(database), service="reader", pool_size=1)

        async def read() -> int | None:
            async with one_connection.read() as connection:
                return await connection.scalar(text("SELECT number FROM changing"))

        async def change(*statements: str) -> None:
            migration = Database(url_of(database), service="migration")
            async with migration.transaction() as tx:
                for statement in statements:
                    await tx.connection.execute(text(statement))
            await migration.dispose()

        await change("CREATE TABLE changing (number int)", "INSERT INTO changing VALUES (1)")
        try:
            assert await read() == 1
            await change("ALTER TABLE changing ALTER number TYPE bigint")
            with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
                await read()
            assert await read() == 1
        finally:
            await one_connection.dispose()
            await change("DROP TABLE changing")

    async def test_a_stale_statement_of_a_driver_transaction_gave_way(
        self, database: Database
    ) -> None:
        async def read() -> int | None:
            async with database.driver_transaction() as tx:
                found: int | None = await tx.driver.fetchval("SELECT number FROM altered")
                return found

        async def change(statement: str) -> None:
            async with database.transaction() as tx:
                await tx.connection.execute(text(statement))

        await change("CREATE TABLE altered AS SELECT 1 AS number")
        try:
            assert await read() == 1
            await change("ALTER TABLE altered ALTER number TYPE bigint")
            with pytest.raises(GaveWay):
                await read()
            assert await read() == 1
        finally:
            await change("DROP TABLE altered")

    @pytest.mark.parametrize("kind", ["transaction", "driver_transaction"])
    async def test_a_server_that_was_demoted_is_left(self, database: Database, kind: str) -> None:
        one = Database(url_of(database), service="one", pool_size=1)
        open_transaction = getattr(one, kind)
        # As a standby speaks to those who were connected while it was the primary.
        async with open_transaction() as tx:
            await tx.connection.execute(text("SET default_transaction_read_only = on"))
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            async with open_transaction() as tx:
                await record(tx.connection, 1)
        async with open_transaction() as tx:
            await record(tx.connection, 2)
        assert await recorded_numbers(database) == [2]
        await one.dispose()

    async def test_leaves_a_demoted_server_beside_a_line_that_was_cut(
        self, database: Database
    ) -> None:
        async with database.line() as cut, database.line() as demoted:
            await demoted.driver.execute("SET default_transaction_read_only = on")
            with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
                await cut.driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        database._idle_lines.sort(key=lambda line: line is demoted)  # which is taken next
        with pytest.raises(Unavailable, match="DATABASE_UNAVAILABLE"):
            async with database.driver_transaction() as tx:
                await tx.driver.execute("INSERT INTO numbers (number) VALUES (1)")
        async with database.driver_transaction() as tx:
            await tx.driver.execute("INSERT INTO numbers (number) VALUES (2)")
        assert await recorded_numbers(database) == [2]

    async def test_a_broken_rule_of_the_schema_is_a_defect(self, database: Database) -> None:
        with pytest.raises(IntegrityError):
            async with database.transaction() as tx:
                await tx.connection.execute(text("INSERT INTO numbers (number) VALUES (NULL)"))
        with pytest.raises(DBAPIError, match="no_such_table"):
            async with database.read() as connection:
                await connection.execute(text("SELECT * FROM no_such_table"))

    @pytest.mark.parametrize("error", [FileNotFoundError, TimeoutError, ConnectionRefusedError])
    async def test_what_fails_beside_the_database_keeps_its_name(
        self, database: Database, error: type[OSError], tmp_path: Path
    ) -> None:
        async def fail() -> None:
            async with database.transaction() as tx:
                await record(tx.connection, 1)
                raise error(tmp_path)

        with pytest.raises(error):
            await fail()
        with pytest.raises(error):
            async with database.read():
                raise error(tmp_path)
        assert await recorded_numbers(database) == []

    async def test_an_error_does_not_tell_what_was_written(self, database: Database) -> None:
        with pytest.raises(DBAPIError) as failure:
            async with database.transaction() as tx:
                await tx.connection.execute(
                    text("INSERT INTO no_such_table VALUES (:phone)"), {"phone": "13800000000"}
                )
        assert "13800000000" not in str(failure.value)


async def write_nothing(database: Database) -> None:
    async with database.transaction():
        pass
