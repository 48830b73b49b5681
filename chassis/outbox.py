"""The relay: publishes committed events, in order, at least once, one replica at a time."""

import asyncio
import contextlib
import zlib
from typing import Any

from nats.errors import Error as NatsError
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import utc_now
from chassis.database import Database, outbox_table
from chassis.database_failures import is_database_failure
from chassis.events import EventBus, EventHeaders, subject_of
from chassis.logs import get_logger
from chassis.metrics import EVENTS_PUBLISHED, OUTBOX_AGE_SECONDS, OUTBOX_PENDING

# Enough to keep the stream busy, few enough that a failed batch is cheap to send again.
_BATCH_MAX = 128
_RETRY_SECONDS = 1.0
_GAUGES_EVERY_SECONDS = 5.0
# Who cannot reach NATS gives the lead up: another replica may reach it, and the gauges go on.
_CONNECT_SECONDS = 5.0

log = get_logger(__name__)

# Commits come in bursts: those of so long go out together, in one look at the table.
_GATHER_SECONDS = 0.05
# In the driver's own words, because they run some twenty times a second.
_NEXT = """
    SELECT position, event_id::text AS event_id, member_id::text AS member_id, event_type,
           occurred_at, traceparent, payload
    FROM outbox ORDER BY position LIMIT $1
    """
_DELETE = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"


class Relay:
    """Moves rows from the outbox to the service's stream while it holds the leader's lock.

    Rows that are not yet published are selected, never "rows after a cursor": a transaction that
    took a lower position may commit later. A row is deleted once the stream has acknowledged it;
    dying in between publishes it again under the same id, which the stream's duplicate window
    and the consumers' inbox absorb.
    """

    def __init__(
        self, database: Database, bus: EventBus, *, service: str, poll_seconds: float
    ) -> None:
        self._database = database
        self._bus = bus
        self._service = service
        self._poll_seconds = poll_seconds
        self._lock_key = zlib.crc32(f"yika-relay-{service}".encode())

    async def run(self) -> None:
        """Runs until cancelled; survives a lost database and a lost NATS."""
        while True:
            try:
                await self._lead()
            except Exception as error:
                if is_database_failure(error):
                    log.warning("relay_waits_for_database", error=repr(error))
                elif isinstance(error, (NatsError, OSError)):
                    log.warning("relay_waits_for_nats", error=repr(error))
                    self._bus.forget_streams()
                else:
                    raise
            await asyncio.sleep(_RETRY_SECONDS)

    async def _lead(self) -> None:
        async with self._database.engine.connect() as plain:
            # Autocommit: the lock lives as long as this connection, and so does the leadership;
            # deletes go through the same connection, so a leader that lost it deletes nothing.
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            lock = text("SELECT pg_try_advisory_lock(:key)")
            if not await connection.scalar(lock, {"key": self._lock_key}):
                # Another replica counts. Without NATS nobody leads for long, so the figures of the
                # last try stay until then: an alert must not see 0 in between.
                OUTBOX_PENDING.set(0)
                OUTBOX_AGE_SECONDS.set(0)
                return
            try:
                await self._drain_forever(connection)
            finally:
                # The pool would hand the connection on, lock and all.
                await connection.invalidate()

    async def _drain_forever(self, connection: AsyncConnection) -> None:
        next_gauges = 0.0
        while True:
            self._database.outbox_changed.clear()
            rows = (await connection.exec_driver_sql(_NEXT, (_BATCH_MAX,))).all()
            now = asyncio.get_running_loop().time()
            if now >= next_gauges:
                await self._set_gauges(connection)
                next_gauges = now + _GAUGES_EVERY_SECONDS
            if rows:
                published = await self._publish(rows)
                await connection.exec_driver_sql(_DELETE, (published,))
            if len(rows) < _BATCH_MAX:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await self._database.outbox_changed.wait()
                        await asyncio.sleep(_GATHER_SECONDS)

    async def _publish(self, rows: Any) -> list[int]:
        """Publishes rows in order; returns the positions before the first one that failed."""
        async with asyncio.timeout(_CONNECT_SECONDS):
            await self._bus.ensure_stream(self._service)
            jetstream = await self._bus.jetstream()
        # Sent in order and acknowledged together: a round trip per event would cost 10 times.
        answers = await asyncio.gather(
            *(
                jetstream.publish(
                    subject_of(row.event_type),
                    row.payload,
                    headers=EventHeaders(
                        event_id=row.event_id,
                        event_type=row.event_type,
                        source=f"/yika/{self._service}",
                        occurred_at=row.occurred_at,
                        member_id=row.member_id or "",
                        traceparent=row.traceparent,
                    ).encode(),
                )
                for row in rows
            ),
            return_exceptions=True,
        )
        done: list[int] = []
        for row, answer in zip(rows, answers, strict=True):
            if isinstance(answer, BaseException):
                if not done:
                    raise answer
                break
            EVENTS_PUBLISHED.labels(row.event_type).inc()
            done.append(row.position)
        return done

    async def _set_gauges(self, connection: AsyncConnection) -> None:
        figures = select(func.count(), func.min(outbox_table.c.occurred_at))
        count, oldest = (await connection.execute(figures)).one()
        OUTBOX_PENDING.set(count)
        OUTBOX_AGE_SECONDS.set((utc_now() - oldest).total_seconds() if oldest else 0)
