"""The engine and the unit of work: one transaction that holds rows and events together.

The only file that commits. Use cases write `async with database.transaction() as tx:`; leaving
the block commits, an exception rolls back.
"""

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
from google.protobuf.message import Message
from sqlalchemy import Column, DateTime, Identity, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import BIGINT, BYTEA, JSONB
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chassis.errors import Unavailable
from chassis.events import EVENT_BYTES_MAX, subject_of
from chassis.ids import new_id
from chassis.tracing import current_traceparent

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

# In the driver's own words: it runs in every commit of every service.
_INSERT_EVENTS = """
    INSERT INTO outbox (event_id, member_id, event_type, occurred_at, traceparent, payload)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[],
                         $6::bytea[])
    """


class Transaction:
    """An open transaction: a connection for storage/, and the events that commit with it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._events: list[tuple[object, ...]] = []
        self._after_commit: list[Callable[[], None]] = []

    def publish(self, event: Message, *, member_id: str | None = None) -> None:
        """Adds an event to the commit. An event is at most 512 KiB; split larger ones."""
        payload = event.SerializeToString()
        if len(payload) > EVENT_BYTES_MAX:
            raise ValueError(
                f"{event.DESCRIPTOR.full_name} has {len(payload)} bytes; at most {EVENT_BYTES_MAX}"
            )
        subject_of(event.DESCRIPTOR.full_name)  # a type that has no subject fails here, not later
        self._events.append(
            (
                new_id(),
                member_id,
                event.DESCRIPTOR.full_name,
                datetime.now(UTC),
                current_traceparent(),
                payload,
            )
        )

    def _event_columns(self) -> tuple[list[object], ...]:
        return tuple(list(column) for column in zip(*self._events, strict=True))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Runs `callback` once the transaction is durable; for caches only, it must not fail."""
        self._after_commit.append(callback)


class DriverTransaction(Transaction):
    """An open transaction of the driver's own."""

    def __init__(self, connection: AsyncConnection, driver: "asyncpg.Connection[Any]") -> None:
        super().__init__(connection)
        self.driver = driver


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
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            hide_parameters=True,  # an error ends up in logs, where no person's data belongs
            connect_args={
                "timeout": 10,
                "command_timeout": command_timeout_seconds,
                "server_settings": {
                    "application_name": f"yika-{service}",
                    "idle_in_transaction_session_timeout": "60s",
                    # A machine that is lost says no goodbye. By default the server would keep its
                    # sessions for two hours, and with them the lock of the relay that leads.
                    "tcp_keepalives_idle": "15",
                    "tcp_keepalives_interval": "5",
                    "tcp_keepalives_count": "3",
                    # Plans for short statements gain nothing from it and compiling costs 100 ms.
                    "jit": "off",
                },
            },
        )
        self.outbox_changed = asyncio.Event()  # wakes the relay of this process

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A unit of work: commits rows and events together on a clean exit."""
        with translate_driver_errors():
            async with self.engine.begin() as connection:
                tx = Transaction(connection)
                yield tx
                if tx._events:
                    await connection.exec_driver_sql(_INSERT_EVENTS, tx._event_columns())
        self._committed(tx)

    @asynccontextmanager
    async def driver_transaction(self) -> AsyncIterator["DriverTransaction"]:
        """The same unit of work on the driver itself, for the hottest path of a service.

        SQLAlchemy's part of a statement costs half a millisecond; here only `connection` has it,
        for what is not hot. Both are inside the transaction.
        """
        with translate_driver_errors():
            async with self.engine.connect() as pooled:
                connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
                raw = await connection.get_raw_connection()
                driver: asyncpg.Connection[Any] = raw.driver_connection  # type: ignore[assignment]
                tx = DriverTransaction(connection, driver)
                began = False
                try:
                    async with driver.transaction():
                        began = True
                        yield tx
                        if tx._events:
                            await driver.execute(_INSERT_EVENTS, *tx._event_columns())
                finally:
                    # The pool sees nothing of it. When a caller gives up during the begin, the
                    # next user would only nest a transaction in one that nobody ever commits.
                    if not began or driver.is_closed() or driver.is_in_transaction():
                        await connection.invalidate()
        self._committed(tx)

    def _committed(self, tx: Transaction) -> None:
        for callback in tx._after_commit:
            callback()
        if tx._events:
            self.outbox_changed.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that cannot write, in one snapshot."""
        with translate_driver_errors():
            async with self.engine.connect() as connection:
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                yield await connection.execution_options(**options)

    @asynccontextmanager
    async def peek(self) -> AsyncIterator[AsyncConnection]:
        """A connection for statements that read and need no common snapshot.

        Without a transaction a statement takes one round trip and not three.
        """
        with translate_driver_errors():
            async with self.engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def ping(self) -> None:
        """Unavailable unless the server answers."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


# SQLSTATE classes: connection, serialization and deadlock, resources, stopping or starting.
_TRANSIENT_STATES = ("08", "40", "53", "57")
_SERIALIZATION_FAILURE, _DEADLOCK = "40001", "40P01"


class GaveWay(Unavailable):
    """The server ended the transaction for another one's sake; it may be done again at once."""


def is_database_failure(error: BaseException) -> bool:
    """True for a failure of the server or the connection, which another try may not meet."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
            return True
        error = error.orig or error
        if isinstance(error.__cause__, asyncpg.InvalidCachedStatementError):
            return True  # a migration ran while this service did; it is prepared anew
    # While connecting, and for a command that takes too long, the driver's own errors come through.
    return (
        _state_of(error).startswith(_TRANSIENT_STATES)
        or isinstance(error, (asyncpg.InterfaceError, PoolTimeoutError))
        or (isinstance(error, OSError) and _passed_through_driver(error))
    )


def _state_of(error: object) -> str:
    if isinstance(error, DBAPIError):
        error = error.orig
    return str(getattr(error, "sqlstate", None) or "")


def _passed_through_driver(error: BaseException) -> bool:
    """False for an OSError that was raised beside the database, in the block of a transaction."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_globals.get("__name__", "").startswith("asyncpg.") for frame, _ in frames)


@contextmanager
def translate_driver_errors() -> Iterator[None]:
    """Makes a lost or busy database Unavailable; a broken rule of the schema stays a defect.

    A connection lost during the commit leaves the outcome unknown; every write carries the id
    that makes it safe to send again.
    """
    try:
        yield
    except Exception as error:
        if is_database_failure(error):
            another_won = _state_of(error) in (_SERIALIZATION_FAILURE, _DEADLOCK)
            refusal = GaveWay if another_won else Unavailable
            raise refusal(
                "DATABASE_UNAVAILABLE", "the database cannot be reached; send it again"
            ) from error
        raise
