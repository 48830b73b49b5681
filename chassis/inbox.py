"""The consumer: applies other services' events, each once in effect.

An event's inbox row commits with what it did. An event that cannot be applied goes to the
dead-letter table with its error and the stream goes on; `redrive` applies it again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from opentelemetry.trace import SpanKind
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.clock import utc_now
from chassis.database import Database, Transaction, dead_letters_table, inbox_table
from chassis.errors import Unavailable
from chassis.events import (
    STREAM_MAX_AGE_SECONDS,
    EventBus,
    EventHeaders,
    decode_event,
    producer_of,
    subject_of,
)
from chassis.ids import canonical_id, new_id
from chassis.logs import get_logger
from chassis.metrics import CONSUMER_PENDING, DEAD_LETTERS, EVENTS_CONSUMED
from chassis.tracing import span_below

log = get_logger(__name__)

_FETCH_MAX = 32
_FETCH_WAIT_SECONDS = 2.0
_ACK_WAIT_SECONDS = 60.0
_RETRY_SECONDS = 1.0
_ATTEMPTS_MAX = 3  # of an event that fails for a reason of its own
_HOUSEKEEPING_SECONDS = 15.0
_INBOX_KEPT = timedelta(seconds=STREAM_MAX_AGE_SECONDS + 86_400)

Handler = Callable[[Transaction, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """An event type and what this service does with it.

    `handler(tx, event)` writes through `tx` only. It must be commutative: events of different
    types, and retried ones, arrive in any order.
    """

    event: type[Message]
    handler: Handler

    @property
    def event_type(self) -> str:
        """Full proto name of the event."""
        return str(self.event.DESCRIPTOR.full_name)


def _told(error: Exception) -> str:
    """An error as its dead letter keeps it."""
    return _storable(f"{type(error).__name__}: {error}"[:2000])


def _storable(text: str) -> str:
    """Text as PostgreSQL takes it; poison may hold NUL and bytes that are no Unicode."""
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _is_cancelled() -> bool:
    """Whether this task shall end: its cancellation may have got lost on the way here.

    Until Python 3.12 `asyncio.wait_for`, by which the client of NATS waits, swallows one that comes
    in the moment of what it waits for (https://github.com/python/cpython/issues/86296).
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def durable_of(service: str, subject: str) -> str:
    """The durable of a service for a subject: reports-sales_posted-v1 on the stream of points."""
    return f"{service}-{subject.split('.', 2)[2].replace('.', '-')}"


class Consumer:
    """One service's durable subscriptions, one for each event type, shared by its replicas.

    While two releases run, and after one was rolled back, a replica takes nothing of a type that
    only the other release follows: such events wait for it. The name of a durable says its filter,
    so no release changes what another one asked for.
    """

    def __init__(
        self,
        database: Database,
        bus: EventBus,
        *,
        service: str,
        subscriptions: Sequence[Subscription],
    ) -> None:
        self._database = database
        self._bus = bus
        self._service = service
        self._by_subject = {subject_of(s.event_type): s for s in subscriptions}

    async def run(self) -> None:
        """Runs until cancelled; survives a lost database and a lost NATS."""
        async with asyncio.TaskGroup() as group:
            for subject in self._by_subject:
                group.create_task(self._follow(subject))
            group.create_task(self._keep_house())

    async def _follow(self, subject: str) -> None:
        while not _is_cancelled():
            try:
                await self._consume(subject)
            except (NatsError, OSError) as error:
                log.warning("consumer_waits_for_nats", subject=subject, error=repr(error))
                self._bus.forget_streams()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _consume(self, subject: str) -> None:
        event_type = self._by_subject[subject].event_type
        stream = await self._bus.ensure_stream(producer_of(event_type))
        jetstream = await self._bus.jetstream()
        durable = durable_of(self._service, subject)
        config = ConsumerConfig(
            durable_name=durable,
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=_ACK_WAIT_SECONDS,
            filter_subject=subject,
            max_ack_pending=4 * _FETCH_MAX,
        )
        await jetstream.add_consumer(stream, config)  # or finds it
        subscription = await jetstream.pull_subscribe_bind(durable=durable, stream=stream)
        pending = CONSUMER_PENDING.labels(event_type)
        try:
            while not _is_cancelled():
                messages: list[Msg] = []
                with suppress(TimeoutError):
                    messages = await subscription.fetch(_FETCH_MAX, timeout=_FETCH_WAIT_SECONDS)
                if messages:
                    pending.set(messages[-1].metadata.num_pending + len(messages))
                    if await self._settle_in_order(messages):
                        continue
                # Silence and a lost consumer look alike; asking tells them apart. It also counts
                # what replicas have fetched and what waits in them for its database or a peer.
                info = await subscription.consumer_info()
                pending.set((info.num_pending or 0) + (info.num_ack_pending or 0))
        finally:
            await subscription.unsubscribe()

    async def _settle_in_order(self, messages: Sequence[Msg]) -> bool:
        """Settles messages; gives back the first that must wait, and all after it."""
        for position, message in enumerate(messages):
            if not await self._settle(message):
                for unsettled in messages[position:]:
                    await unsettled.nak(delay=_RETRY_SECONDS)
                await asyncio.sleep(_RETRY_SECONDS)
                return False
        return True

    async def _settle(self, message: Msg) -> bool:
        """Applies or buries one message; False when the database cannot be reached just now."""
        for attempt in range(1, _ATTEMPTS_MAX + 1):
            try:
                await self.apply(message.subject, message.headers, message.data)
                break
            except Unavailable as error:
                log.warning("event_waits", subject=message.subject, error=str(error))
                return False
            except Exception as error:  # whatever it is, the stream must go on
                if attempt == _ATTEMPTS_MAX or isinstance(error, ValueError):
                    try:
                        await self._bury(message, error)
                    except Unavailable:
                        return False
                    break
                await asyncio.sleep(0.05 * attempt)
        await message.ack()
        return True

    async def apply(
        self, subject: str, raw_headers: Mapping[str, str] | None, payload: bytes
    ) -> None:
        """Applies one event in one transaction; does nothing when it was applied before.

        ValueError for one that is malformed or that nobody here follows: who took such an event for
        done would lose it.
        """
        headers = EventHeaders.decode(raw_headers)
        UUID(headers.event_id)  # ValueError: an event without a proper id cannot be deduplicated
        subscription = self._by_subject.get(subject)
        if subscription is None:
            raise ValueError(f"this release of {self._service} does not follow {subject}")
        event = decode_event(subject, headers, payload, subscription.event)
        carrier = {"traceparent": headers.traceparent}
        with span_below(carrier, f"consume {headers.event_type}", SpanKind.CONSUMER):
            async with self._database.transaction() as tx:
                ids = {"event_id": headers.event_id, "member_id": headers.member_id or None}
                claim = insert(inbox_table).values(**ids, received_at=utc_now())
                claimed = await tx.connection.execute(claim.on_conflict_do_nothing())
                if claimed.rowcount:
                    await subscription.handler(tx, event)
        outcome = "applied" if claimed.rowcount else "duplicate"
        EVENTS_CONSUMED.labels(headers.event_type, outcome).inc()

    async def _bury(self, message: Msg, error: Exception) -> None:
        log.error("event_dead", subject=message.subject, exc_info=error)
        headers = message.headers or {}
        async with self._database.transaction() as tx:
            await tx.connection.execute(
                dead_letters_table.insert().values(
                    dead_letter_id=new_id(),
                    subject=message.subject,
                    headers={_storable(k): _storable(v) for k, v in headers.items()},
                    payload=message.data,
                    error=_told(error),
                    failed_at=utc_now(),
                )
            )
        EVENTS_CONSUMED.labels(headers.get("ce-type", "unknown"), "dead").inc()

    async def redrive(self, dead_letter_id: str | None = None) -> tuple[int, int]:
        """Applies dead letters again, oldest first; returns how many were and were not applied."""
        table = dead_letters_table
        query = select(table).where(table.c.redriven_at.is_(None)).order_by(table.c.failed_at)
        if dead_letter_id:
            query = query.where(table.c.dead_letter_id == canonical_id(dead_letter_id, "id"))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        applied = failed = 0
        for row in rows:
            change: dict[str, object] = {"redriven_at": utc_now()}
            try:
                await self.apply(row.subject, row.headers, row.payload)
                applied += 1
            except Unavailable:
                raise
            except Exception as error:  # it stays dead, with the newest error
                log.error("redrive_failed", dead_letter_id=row.dead_letter_id, exc_info=error)
                change = {"error": _told(error)}
                failed += 1
            async with self._database.transaction() as tx:
                this = table.c.dead_letter_id == row.dead_letter_id
                await tx.connection.execute(update(table).where(this).values(change))
        return applied, failed

    async def _keep_house(self) -> None:
        """Counts dead letters, and forgets inbox rows that no stream can deliver again."""
        while True:
            try:
                forgotten = inbox_table.c.received_at < utc_now() - _INBOX_KEPT
                async with self._database.transaction() as tx:
                    await tx.connection.execute(delete(inbox_table).where(forgotten))
                    dead = await tx.connection.scalar(
                        select(func.count()).where(dead_letters_table.c.redriven_at.is_(None))
                    )
                DEAD_LETTERS.set(dead or 0)
            except Unavailable as error:
                log.warning("housekeeping_waits", error=str(error))
            await asyncio.sleep(_HOUSEKEEPING_SECONDS)
