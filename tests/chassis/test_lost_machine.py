"""The database's machine was lost and another one serves: who gave no answer is not asked again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from chassis.database import Database
from chassis.errors import Invalid, Unavailable
from tests.fixtures.servers import Servers

pytestmark = pytest.mark.timeout(60)

_ANSWER_SECONDS = 1.0  # for which a service waits


class Wire:
    """Between a service and PostgreSQL; who was connected before `lose` hears nothing any more."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._machine = 0

    def lose(self) -> None:
        """The machine goes down without a word; a new one takes its address."""
        self._machine += 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries the bytes of one connection both ways."""
        machine = self._machine
        there, back = await asyncio.open_connection(*self._target)

        async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                if machine == self._machine:
                    target.write(data)
                    await target.drain()
            if machine == self._machine:
                target.close()

        await asyncio.gather(carry(reader, back), carry(there, writer), return_exceptions=True)


@asynccontextmanager
async def wired(servers: Servers) -> AsyncIterator[tuple[Wire, Database]]:
    """A database behind a wire."""
    login, address = servers.postgres_url.rsplit("@", 1)
    host_and_port, _, name = address.partition("/")
    host, _, port = host_and_port.partition(":")
    wire = Wire(host, int(port))
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    url = f"{login}@127.0.0.1:{server.sockets[0].getsockname()[1]}/{name}"
    database = Database(url, service="wired", command_timeout_seconds=_ANSWER_SECONDS)
    try:
        yield wire, database
    finally:
        await database.dispose()
        server.close()


async def ask_on_a_line(database: Database) -> Any:
    async with database.line() as line:
        return await line.driver.fetchval("SELECT 1")


async def ask_in_one_statement(database: Database) -> Any:
    async with database.one_statement() as tx:
        return await tx.driver.fetchval("SELECT 1")


async def ask_in_a_driver_transaction(database: Database) -> Any:
    async with database.driver_transaction() as tx:
        return await tx.driver.fetchval("SELECT 1")


async def lose_in_a_driver_transaction(wire: Wire, database: Database) -> None:
    async with database.driver_transaction() as tx:
        wire.lose()
        await tx.driver.fetchval("SELECT 1")


async def idle_lines(database: Database, count: int) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(database.line())


@pytest.mark.parametrize("ask", [ask_on_a_line, ask_in_one_statement, ask_in_a_driver_transaction])
async def test_one_question_without_an_answer_is_enough(servers: Servers, ask: Any) -> None:
    async with wired(servers) as (wire, database):
        await idle_lines(database, 3)
        wire.lose()
        with pytest.raises(Unavailable):
            await ask(database)  # nobody could know before
        async with asyncio.timeout(_ANSWER_SECONDS / 2):
            assert await ask(database) == 1  # nor are the others to the lost machine asked


async def test_it_is_not_asked_to_roll_back(servers: Servers) -> None:
    async with wired(servers) as (wire, database):
        await idle_lines(database, 1)
        with pytest.raises(Unavailable):
            async with asyncio.timeout(1.5 * _ANSWER_SECONDS):
                await lose_in_a_driver_transaction(wire, database)
        assert await ask_in_a_driver_transaction(database) == 1


async def test_a_caller_who_gives_up_leaves_no_line_that_is_busy(servers: Servers) -> None:
    async with wired(servers) as (wire, database):
        await idle_lines(database, 1)
        wire.lose()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS / 4):
                await ask_on_a_line(database)
        async with asyncio.timeout(_ANSWER_SECONDS / 2):
            assert await ask_on_a_line(database) == 1


@pytest.mark.parametrize("kind", ["line", "one_statement", "driver_transaction"])
async def test_what_the_server_refuses_keeps_the_line(servers: Servers, kind: str) -> None:
    async def fail(ends: bool) -> None:
        async with getattr(database, kind)() as unit:
            if ends:
                raise Invalid("NO_GOOD", "not this one")
            await unit.driver.execute("SELECT 1 / 0")

    async with wired(servers) as (_, database):
        async with database.line() as line:
            driver = line.driver
        with pytest.raises(asyncpg.DivisionByZeroError):
            await fail(ends=False)
        with pytest.raises(Invalid, match="NO_GOOD"):
            await fail(ends=True)
        async with database.line() as line:
            assert line.driver is driver
            assert not driver.is_in_transaction()
