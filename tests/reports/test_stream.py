"""Reports on a real stream: events arrive, bad messages are put aside, the stream goes on."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from chassis.clock import utc_now
from chassis.database import Database, dead_letters_table, inbox_table
from chassis.events import EventBus, EventHeaders, subject_of
from chassis.ids import new_id
from chassis.inbox import Consumer
from services.reports.event_handlers import SUBSCRIPTIONS
from services.reports.storage.tables import applied_sales, stores
from tests.fixtures.builders_reports import (
    build_query,
    build_sale,
    build_sales_posted,
    build_sales_returned,
    build_stores_upserted,
    build_whole_return,
)
from tests.fixtures.nats import own_nats
from tests.fixtures.polling import eventually

STORE = 1


@pytest.fixture
async def bus(tmp_path: Path, database: Database) -> AsyncIterator[EventBus]:
    """Streams of points and inventory, followed by reports."""
    with own_nats(tmp_path) as server:
        bus = EventBus(server.url, service="reports")
        consumer = Consumer(database, bus, service="reports", subscriptions=SUBSCRIPTIONS)
        for producer in ("points", "inventory"):
            await bus.ensure_stream(producer)
        running = asyncio.create_task(consumer.run())
        yield bus
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await bus.close()


async def publish(
    bus: EventBus,
    event: Any,
    *,
    event_type: str = "",
    event_id: str = "",
    body: bytes | None = None,
) -> None:
    """Publishes on the event's own subject, whatever type and body it claims to have."""
    name = event.DESCRIPTOR.full_name
    headers = EventHeaders(
        event_id=event_id or new_id(),
        event_type=name,
        source="/yika/points",
        occurred_at=utc_now(),
        member_id="",
        traceparent="",
    ).encode()
    jetstream = await bus.jetstream()
    await jetstream.publish(
        subject_of(name),
        event.SerializeToString() if body is None else body,
        headers={**headers, "ce-type": event_type or name, "Nats-Msg-Id": new_id()},
    )


async def errors_of_dead_letters(database: Database) -> list[str]:
    async with database.read() as connection:
        rows = await connection.scalars(
            select(dead_letters_table.c.error).order_by(dead_letters_table.c.failed_at)
        )
        return list(rows)


async def wait_for_events(database: Database, count: int) -> None:
    async def arrived() -> bool:
        async with database.read() as connection:
            found = await connection.scalar(select(func.count()).select_from(inbox_table))
        return bool(found == count)

    await eventually(arrived)


async def wait_for_sales(database: Database, count: int) -> None:
    async def arrived() -> bool:
        async with database.read() as connection:
            found = await connection.scalar(select(func.count()).select_from(applied_sales))
        return bool(found == count)

    await eventually(arrived)


class TestStream:
    async def test_brings_sales_and_names_to_the_answer(
        self, bus: EventBus, database: Database, reports: Any
    ) -> None:
        store_id = new_id()
        await publish(bus, build_sales_posted(build_sale(store_id=store_id)))
        await publish(bus, build_stores_upserted({store_id: "人民路店"}))
        await wait_for_sales(database, 1)

        async def named() -> bool:
            async with database.read() as connection:
                return await connection.scalar(select(stores.c.name)) is not None

        await eventually(named)
        rows = (await reports.QuerySales(build_query(STORE))).rows
        assert [(row.key, row.label, row.revenue_fen) for row in rows] == [
            (store_id, "人民路店", 1000)
        ]

    async def test_counts_an_event_once_that_is_published_twice(
        self, bus: EventBus, database: Database, reports: Any
    ) -> None:
        event, event_id = build_sales_posted(build_sale()), new_id()
        for _ in range(2):
            await publish(bus, event, event_id=event_id)
        await publish(bus, event)  # the same sale in an event of another id
        await publish(bus, build_sales_posted(build_sale()))
        await wait_for_sales(database, 2)
        rows = (await reports.QuerySales(build_query(STORE))).rows
        assert sorted(row.revenue_fen for row in rows) == [1000, 1000]

    async def test_takes_a_return_off_once_that_is_published_before_its_sale_and_again(
        self, bus: EventBus, database: Database, reports: Any
    ) -> None:
        sale = build_sale()
        event, event_id = build_sales_returned(build_whole_return(sale)), new_id()
        for _ in range(2):
            await publish(bus, event, event_id=event_id)
        await publish(bus, event)  # the same return in an event of another id
        await wait_for_events(database, 2)  # one type, in order: the repetition was before
        await publish(bus, build_sales_posted(sale))
        await wait_for_sales(database, 1)
        rows = (await reports.QuerySales(build_query(STORE))).rows
        assert [(row.revenue_fen, row.sold_fen, row.returned_fen) for row in rows] == [
            (0, 1000, 1000)
        ]
        assert await errors_of_dead_letters(database) == []

    async def test_puts_a_message_of_the_wrong_type_aside_and_goes_on(
        self, bus: EventBus, database: Database
    ) -> None:
        event = build_sales_posted(build_sale())
        await publish(bus, event, event_type="yika.inventory.v1.StoresUpserted")
        await publish(bus, event, body=b"\xff no protobuf")
        await publish(bus, build_sales_posted(build_sale(store_id="no id")))
        jetstream = await bus.jetstream()
        await jetstream.publish(subject_of("yika.points.v1.SalesPosted"), b"no headers at all")
        await publish(bus, build_sales_posted(build_sale()))
        await wait_for_sales(database, 1)
        wrong_type, no_protobuf, bad_sale, no_event = await errors_of_dead_letters(database)
        assert "yika.inventory.v1.StoresUpserted" in wrong_type
        assert "the body is no yika.points.v1.SalesPosted" in no_protobuf
        assert "invalid input syntax for type uuid" in bad_sale
        assert "not a CloudEvent" in no_event
