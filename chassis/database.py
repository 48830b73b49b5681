"""The engine and the unit of work: one transaction that holds rows and events together.

The only file that commits. Use cases write `async with database.transaction() as tx:`; leaving
the block commits, an exception rolls back.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import asyncpg
from google.protobuf.message import Message
from sqlalchemy import Column, DateTime, Identity, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import BIGINT, BYTEA, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from chassis.database_failures import translate_driver_errors
from chassis.events import EVENT_BYTES_MAX, subject_of
from chassis.ids import new_id
from chassis.tracing import current_traceparent
from chassis.turns import turn

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# The tables through which events leave and enter; every service's migrations create them.
chassis_metadata = MetaData(naming_convention=NAMING_CONVENTION)
outbox_table = Table(
    "outbox",
    chassis_metadata,
    Column("position", BIGINT, Identity(always=True), primary_key=True),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    # Member whose lane the event belongs to: where the row lives when the database is sharded.
    Column("member_id", Uuid(as_uuid=False)),
    Column("event_type", Text, nullable=False),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("payload", BYTEA, nullable=False),
)
inbox_table = Table(
    "inbox",
    chassis_metadata,
    Column("event_id", Uuid(as_uuid=False), primary_key=True),
    Column("member_id", Uuid(as_uuid=False)),
    Column("received_at", DateTime(timezone=True), nullable=False, index=True),
)
dead_letters_table = Table(
    "dead_letters",
    chassis_metadata,
    Column("dead_letter_id", Uuid(as_uuid=False), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("payload", BYTEA, nullable=False),
    Column("error", Text, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
    Column("redriven_at", DateTime(timezone=True)),
)

_WAIT_SECONDS = 10  # for a connection
# Raised while a statement may still wait for its answer; what the server says is none of them.
_UNANSWERED = (asyncio.CancelledError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_SNAPSHOT: Any = {"isolation": "repeatable_read", "readonly": True}
_EVENT_TYPES = ("uuid", "uuid", "text", "timestamptz", "text", "bytea")  # of its columns


def insert_events(first: int = 1) -> str:
    """SQL that adds the events of a unit of work, whose first parameter has number `first`.

    In the driver's own words: it runs in every commit of every service.
    """
    columns = ", ".join(f"${first + n}::{kind}[]" for n, kind in enumerate(_EVENT_TYPES))
    return f"""
        INSERT INTO outbox (event_id, member_id, event_type, occurred_at, traceparent, payload)
        SELECT * FROM unnest({columns})
        """  # noqa: S608 - numbers and constants of this file


_INSERT_EVENTS = insert_events()


class Transaction:
    """An open transaction: a connection for storage/, and the events that commit with it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._events: list[tuple[object, ...]] = []
        self.has_events = False
        self._after_commit: list[Callable[[], None]] = []

    def publish(self, event: Message, *, member_id: str | None = None) -> None:
        """Adds an event to the commit. An event is at most 512 KiB; split larger ones."""
        name, payload = event.DESCRIPTOR.full_name, event.SerializeToString()
        if len(payload) > EVENT_BYTES_MAX:
            raise ValueError(f"{name} has {len(payload)} bytes; at most {EVENT_BYTES_MAX}")
        subject_of(name)  # a type that has no subject fails here, not later
        self.has_events = True
        now = datetime.now(UTC)
        self._events.append((new_id(), member_id, name, now, current_traceparent(), payload))

    def take_events(self) -> tuple[list[object], ...]:
        """The parameters of `insert_events`; whoever takes them writes them."""
        events, self._events = self._events, []
        columns = tuple(list(column) for column in zip(*events, strict=True))
        return columns or tuple([] for _ in _EVENT_TYPES)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Runs `callback` once the transaction is durable; for caches only, it must not fail."""
        self._after_commit.append(callback)


class DriverTransaction(Transaction):
    """A unit of work on the driver itself."""

    def __init__(self, connection: AsyncConnection, driver: "asyncpg.Connection[Any]") -> None:
        super().__init__(connection)
        self.driver = driver


class DriverLine(NamedTuple):
    """A connection in autocommit, and the driver's own under it."""

    connection: AsyncConnection
    driver: "asyncpg.Connection[Any]"


class Database:
    """One service's database."""

    def __init__(
        self,
        url: str,
        *,
        service: str,
        pool_size: int = 8,
        command_timeout_seconds: float | None = 60,
    ) -> None:
        server_settings = {
            "application_name": f"yika-{service}",
            "idle_in_transaction_session_timeout": "60s",
            # A machine that is lost says no goodbye. By default the server would keep its
            # sessions for two hours, and with them the lock of the relay that leads.
            "tcp_keepalives_idle": "15",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
            # Plans for short statements gain nothing from it and compiling costs 100 ms.
            "jit": "off",
        }

        def engine(server_settings: dict[str, str], **pool: Any) -> AsyncEngine:
            timeouts = {"timeout": _WAIT_SECONDS, "command_timeout": command_timeout_seconds}
            return create_async_engine(
                url.replace("postgresql://", "postgresql+asyncpg://", 1),
                hide_parameters=True,  # an error ends up in logs, where no person's data belongs
                connect_args={**timeouts, "server_settings": server_settings},
                **pool,
            )

        self.engine = engine(
            server_settings, pool_size=pool_size, max_overflow=0, pool_timeout=_WAIT_SECONDS
        )
        # Statements of the hottest path have one good plan; making it anew costs more than they do.
        generic = {"plan_cache_mode": "force_generic_plan"}
        self._lines = engine(server_settings | generic, poolclass=NullPool)
        self._idle_lines: list[DriverLine] = []
        self._lines_left = asyncio.Semaphore(pool_size)
        # A quarter of the pool: the relay and the jobs of a service may keep half of it.
        self._slow_turns_left = asyncio.Semaphore(max(1, pool_size // 4))
        self.outbox_changed = asyncio.Event()  # wakes the relay of this process

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A unit of work: commits rows and events together on a clean exit."""
        async with translate_driver_errors(self.dispose), self.engine.begin() as connection:
            tx = Transaction(connection)
            yield tx
            if tx._events:
                await connection.exec_driver_sql(_INSERT_EVENTS, tx.take_events())
        self._committed(tx)

    @asynccontextmanager
    async def line(self) -> AsyncIterator["DriverLine"]:
        """A connection without a transaction, kept open for the next who asks.

        For the hottest paths of a service: SQLAlchemy's part of a statement costs half a
        millisecond, and taking a connection from its pool as much again.
        """
        async with translate_driver_errors(self.dispose), turn(self._lines_left, _WAIT_SECONDS):
            line = await self._idle_line() or await self._open_line()
            try:
                yield line
            except _UNANSWERED as error:
                # The next one would wait for this answer too, perhaps of a machine that was lost;
                # then no other line to it will have one.
                suspects = self._idle_lines if isinstance(error, TimeoutError) else ()
                for each in (line, *suspects):
                    each.driver.terminate()
                raise
            finally:
                self._idle_lines.append(line)

    async def _idle_line(self) -> "DriverLine | None":
        while self._idle_lines:
            line = self._idle_lines.pop()
            if not line.driver.is_closed():
                return line
            await line.connection.invalidate()
            await line.connection.close()
        return None

    async def _open_line(self) -> "DriverLine":
        plain = await self._lines.connect()
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        raw = await connection.get_raw_connection()
        return DriverLine(connection, raw.driver_connection)  # type: ignore[arg-type]

    @asynccontextmanager
    async def driver_transaction(
        self, *, snapshot: bool = False
    ) -> AsyncIterator[DriverTransaction]:
        """The same unit of work on a line; what goes through its `connection` belongs to it too.

        As a `snapshot` it sees one moment, and can neither write nor lock.
        """
        async with self.line() as line:
            tx = DriverTransaction(*line)
            unit = line.driver.transaction(**(_SNAPSHOT if snapshot else {}))
            try:
                await unit.start()
                yield tx
                if tx._events:
                    await line.driver.execute(_INSERT_EVENTS, *tx.take_events())
                await unit.commit()
            except BaseException as error:
                open_still = not line.driver.is_closed() and line.driver.is_in_transaction()
                if open_still and not isinstance(error, _UNANSWERED):
                    await unit.rollback()
                else:  # perhaps it has begun all the same: the next one would only nest in it
                    line.driver.terminate()
                raise
        self._committed(tx)

    @asynccontextmanager
    async def one_statement(self) -> AsyncIterator[DriverTransaction]:
        """A unit of work whose one writing statement commits by itself, with its events in it.

        Two round trips less than a transaction. Nothing is rolled back but by the statement.
        """
        async with self.line() as line:
            tx = DriverTransaction(*line)
            yield tx
            if tx._events:
                raise RuntimeError("the events of one statement must be written by it")
        self._committed(tx)

    def _committed(self, tx: Transaction) -> None:
        for callback in tx._after_commit:
            callback()
        if tx.has_events:
            self.outbox_changed.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that cannot write, in one snapshot."""
        async with translate_driver_errors(), self.engine.connect() as connection:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            yield await connection.execution_options(**options)

    @asynccontextmanager
    async def slow_turn(self) -> AsyncIterator[None]:
        """For what may read many rows, around it: most of the pool stays with everybody else.

        Waits as long as for a connection, and is refused as then.
        """
        async with translate_driver_errors(), turn(self._slow_turns_left, _WAIT_SECONDS):
            yield

    async def ping(self) -> None:
        """Unavailable unless the server answers; slow readers do not keep it waiting."""
        async with self.driver_transaction() as tx:  # a line that does not answer is closed
            await tx.driver.execute("SELECT 1")

    async def dispose(self) -> None:
        """Closes every connection that nobody uses; who asks next gets a new one."""
        while self._idle_lines:
            await self._idle_lines.pop().connection.close()
        await self._lines.dispose()
        await self.engine.dispose()
