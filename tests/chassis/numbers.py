"""Events that are numbers: written with a row, applied to a table, read back from a stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from chassis.clock import utc_now
from chassis.database import Database, Transaction, dead_letters_table, outbox_table
from chassis.events import EventBus, EventHeaders, subject_of
from chassis.ids import new_id
from chassis.inbox import Consumer, Subscription
from chassis.outbox import Relay
from yika.inventory.v1 import events_pb2

PRODUCER = "inventory"
STREAM = "YIKA_INVENTORY"
EVENT_TYPE = "yika.inventory.v1.StoresUpserted"


def number_event(number: int) -> Any:
    """An event that is a number."""
    return events_pb2.StoresUpserted(revision=number)


async def write_numbers(database: Database, *numbers: int) -> None:
    """Commits some numbers as events, in one transaction."""
    async with database.transaction() as tx:
        for number in numbers:
            tx.publish(number_event(number))


async def record_number(tx: Transaction, event: Any) -> None:
    """Handler: writes the number to the table, again if it were called again."""
    await tx.connection.execute(
        text("INSERT INTO numbers (number) VALUES (:number)"), {"number": event.revision}
    )


async def recorded_numbers(database: Database) -> list[int]:
    """The numbers that the handler wrote, in that order."""
    async with database.read() as connection:
        rows = await connection.scalars(text("SELECT number FROM numbers ORDER BY position"))
        return list(rows)


async def outbox_count(database: Database) -> int:
    """How many events wait in the outbox."""
    async with database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(outbox_table)) or 0


async def dead_letters(database: Database) -> list[Any]:
    """The dead letters, oldest first."""
    table = dead_letters_table
    async with database.read() as connection:
        return list(await connection.execute(select(table).order_by(table.c.failed_at)))


def headers_of(event_id: str = "", **changes: str) -> dict[str, str]:
    """The headers of a number's event, as the relay writes them, with changes."""
    headers = EventHeaders(
        event_id=event_id or new_id(),
        event_type=EVENT_TYPE,
        source=f"/yika/{PRODUCER}",
        occurred_at=utc_now(),
        member_id="",
        traceparent="",
    ).encode()
    return {**headers, "Nats-Msg-Id": new_id(), **changes}


async def publish_raw(bus: EventBus, headers: dict[str, str] | None, payload: bytes) -> None:
    """Puts anything on the stream, past the outbox."""
    await bus.ensure_stream(PRODUCER)
    jetstream = await bus.jetstream()
    await jetstream.publish(subject_of(EVENT_TYPE), payload, headers=headers)


async def stream_numbers(bus: EventBus) -> list[int]:
    """Every number on the stream, in its order, repetitions included."""
    jetstream = await bus.jetstream()
    state = (await jetstream.stream_info(STREAM)).state
    numbers = []
    for sequence in range(state.first_seq, state.last_seq + 1):
        message = await jetstream.get_msg(STREAM, sequence)
        numbers.append(events_pb2.StoresUpserted.FromString(message.data or b"").revision)
    return numbers


@asynccontextmanager
async def running(*loops: Any) -> AsyncIterator[None]:
    """Runs loops for the length of the block; fails when one of them fails."""
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if not isinstance(outcome, asyncio.CancelledError):
            raise AssertionError(f"a loop ended by itself: {outcome!r}")


def relay_of(database: Database, bus: EventBus) -> Relay:
    """The relay of the numbers' producer."""
    return Relay(database, bus, service=PRODUCER, poll_seconds=0.05)


def consumer_of(database: Database, bus: EventBus, handler: Any = record_number) -> Consumer:
    """A consumer of numbers."""
    subscription = Subscription(events_pb2.StoresUpserted, handler)
    return Consumer(database, bus, service="reports", subscriptions=[subscription])


def url_of(database: Database) -> str:
    """The database's address, as a setting of another process."""
    url = make_url(database.engine.url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
