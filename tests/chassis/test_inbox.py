"""The consumer: once in effect, dead letters for poison, patience with a lost database."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from sqlalchemy import text

from chassis.clock import utc_now
from chassis.database import Database, Transaction, dead_letters_table
from chassis.events import EventBus
from chassis.ids import new_id
from tests.chassis.numbers import (
    EVENT_TYPE,
    PRODUCER,
    consumer_of,
    dead_letters,
    headers_of,
    number_event,
    publish_raw,
    record_number,
    recorded_numbers,
    running,
    url_of,
)
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually


@pytest.fixture
async def bus(nats: OwnNats) -> AsyncIterator[EventBus]:
    """A connection to the test's NATS."""
    bus = EventBus(nats.url, service=PRODUCER)
    yield bus
    await bus.close()


async def publish(bus: EventBus, number: int, event_id: str = "") -> None:
    await publish_raw(bus, headers_of(event_id), number_event(number).SerializeToString())


async def wait_for(database: Database, *numbers: int) -> None:
    async def recorded() -> bool:
        return await recorded_numbers(database) == list(numbers)

    await eventually(recorded)


class TestPoison:
    @pytest.mark.parametrize(
        ("headers", "payload", "error"),
        [
            (None, b"", "not a CloudEvent"),
            ({"ce-id": new_id()}, b"", "not a CloudEvent"),
            (headers_of("not-a-uuid"), b"", "badly formed hexadecimal UUID"),
            (headers_of(**{"ce-time": "yesterday"}), b"", "Invalid isoformat"),
            (headers_of(**{"ce-type": "yika.inventory.v1.PricesSet"}), b"", "PricesSet on subject"),
            (headers_of(), b"\xff\xff\xff", f"the body is no {EVENT_TYPE}"),
            (headers_of(**{"ce-memberid": "nobody"}), b"", "invalid input for query argument"),
        ],
    )
    async def test_becomes_a_dead_letter_and_the_stream_goes_on(
        self,
        database: Database,
        bus: EventBus,
        headers: dict[str, str] | None,
        payload: bytes,
        error: str,
    ) -> None:
        async with running(consumer_of(database, bus).run()):
            await publish_raw(bus, headers, payload)
            await publish(bus, 1)
            await wait_for(database, 1)
        [letter] = await dead_letters(database)
        assert error in letter.error
        assert letter.subject == "yika.inventory.stores_upserted.v1"
        assert letter.payload == payload
        assert letter.redriven_at is None
        assert {k: v for k, v in letter.headers.items() if k in (headers or {})} == (headers or {})

    async def test_may_hold_what_the_database_cannot_store(
        self, database: Database, bus: EventBus
    ) -> None:
        headers = headers_of(**{"ce-time": "nul \x00 inside"})
        async with running(consumer_of(database, bus).run()):
            await publish_raw(bus, headers, b"\x00")
            await publish(bus, 1)
            await wait_for(database, 1)
        [letter] = await dead_letters(database)
        assert letter.payload == b"\x00"

    async def test_of_the_handler_becomes_a_dead_letter_with_nothing_written(
        self, database: Database, bus: EventBus
    ) -> None:
        async def refuse_two(tx: Transaction, event: Any) -> None:
            await record_number(tx, event)
            if event.revision == 2:
                raise LookupError("two is not known here")

        async with running(consumer_of(database, bus, refuse_two).run()):
            for number in (1, 2, 3):
                await publish(bus, number)
            await wait_for(database, 1, 3)
        [letter] = await dead_letters(database)
        assert letter.error == "LookupError: two is not known here"

    async def test_that_fails_a_rule_of_the_schema_becomes_a_dead_letter(
        self, database: Database, bus: EventBus
    ) -> None:
        async def divide(tx: Transaction, event: Any) -> None:
            await tx.connection.execute(text("SELECT 1 / :n"), {"n": event.revision})
            await record_number(tx, event)

        async with running(consumer_of(database, bus, divide).run()):
            await publish(bus, 0)
            await publish(bus, 1)
            await wait_for(database, 1)
        [letter] = await dead_letters(database)
        assert "division by zero" in letter.error


class TestApply:
    async def test_applies_an_event_once_that_comes_twice(
        self, database: Database, bus: EventBus
    ) -> None:
        event_id = new_id()
        async with running(consumer_of(database, bus).run()):
            await publish(bus, 1, event_id)
            await publish(bus, 1, event_id)
            await publish(bus, 2)
            await wait_for(database, 1, 2)
        assert await dead_letters(database) == []

    async def test_applies_an_event_once_among_two_replicas(
        self, database: Database, bus: EventBus
    ) -> None:
        event_ids = [new_id() for _ in range(20)]
        async with running(consumer_of(database, bus).run(), consumer_of(database, bus).run()):
            for _ in range(2):
                for number, event_id in enumerate(event_ids):
                    await publish(bus, number, event_id)

            async def recorded() -> bool:
                return len(await recorded_numbers(database)) >= 20

            await eventually(recorded)
            await publish(bus, 20)
            await eventually(recorded)

            async def last() -> bool:
                return 20 in await recorded_numbers(database)

            await eventually(last)
        assert sorted(await recorded_numbers(database)) == list(range(21))

    async def test_takes_an_event_up_again_after_a_database_failure(
        self, database: Database, bus: EventBus
    ) -> None:
        failures = 0

        async def lose_connection(tx: Transaction, event: Any) -> None:
            nonlocal failures
            await record_number(tx, event)
            if failures < 5:  # more often than a poisonous event is tried
                failures += 1
                await tx.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        async with running(consumer_of(database, bus, lose_connection).run()):
            await publish(bus, 1)
            await publish(bus, 2)

            async def recorded() -> bool:
                return len(await recorded_numbers(database)) == 2

            await eventually(recorded)
        assert sorted(await recorded_numbers(database)) == [1, 2]
        assert failures == 5
        assert await dead_letters(database) == []


class TestRun:
    async def test_ends_though_the_client_has_lost_the_cancellation(
        self, database: Database, bus: EventBus, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = asyncio.Event()

        async def fetch(*_: object, **__: object) -> list[Msg]:
            waiting.set()
            with suppress(asyncio.CancelledError):  # as when a message comes in that moment
                await asyncio.Event().wait()
            return []

        monkeypatch.setattr(JetStreamContext.PullSubscription, "fetch", fetch)
        running_consumer = asyncio.ensure_future(consumer_of(database, bus).run())
        await waiting.wait()
        running_consumer.cancel()
        done, _ = await asyncio.wait([running_consumer], timeout=10)
        assert done


class TestRedrive:
    async def test_applies_dead_letters_whose_cause_is_gone(
        self, database: Database, bus: EventBus
    ) -> None:
        broken = True

        async def fail_for_a_while(tx: Transaction, event: Any) -> None:
            if broken:
                raise RuntimeError("not yet")
            await record_number(tx, event)

        consumer = consumer_of(database, bus, fail_for_a_while)
        async with running(consumer.run()):
            for number in (1, 2):
                await publish(bus, number)

            async def dead() -> bool:
                return len(await dead_letters(database)) == 2

            await eventually(dead)
        assert await consumer.redrive() == (0, 2)
        broken = False
        first = (await dead_letters(database))[0]
        assert await consumer.redrive(first.dead_letter_id) == (1, 0)
        assert await recorded_numbers(database) == [1]
        assert await consumer.redrive() == (1, 0)
        assert await consumer.redrive() == (0, 0)
        assert await recorded_numbers(database) == [1, 2]
        assert all(letter.redriven_at for letter in await dead_letters(database))

    async def test_does_not_apply_again_what_came_by_another_way(
        self, database: Database, bus: EventBus
    ) -> None:
        event_id = new_id()
        await bury(database, headers_of(event_id), number_event(1).SerializeToString())
        async with running(consumer_of(database, bus).run()):
            await publish(bus, 1, event_id)
            await wait_for(database, 1)
        assert await consumer_of(database, bus).redrive() == (1, 0)
        assert await recorded_numbers(database) == [1]

    async def test_is_a_command_of_a_service(self, database: Database, nats: OwnNats) -> None:
        event = number_event(3)
        store = event.stores.add(store_id=new_id(), name="人民路店")
        await bury(database, headers_of(), event.SerializeToString())
        await bury(database, headers_of(), b"\xff still poison")
        done = await redrive(database, nats)
        assert done.returncode == 1, done.stderr
        assert done.stdout == "1 applied, 1 still dead\n"
        async with database.read() as connection:
            name = await connection.scalar(
                text("SELECT name FROM stores WHERE store_id = :id"), {"id": store.store_id}
            )
        assert name == "人民路店"
        applied, dead = await dead_letters(database)
        assert applied.redriven_at is not None
        assert dead.redriven_at is None

    async def test_refuses_an_id_that_is_none(self, database: Database, nats: OwnNats) -> None:
        done = await redrive(database, nats, "--id", "seven")
        assert done.returncode == 1
        assert "INVALID_ID" in done.stderr
        assert "Traceback" not in done.stderr


async def bury(database: Database, headers: dict[str, str], payload: bytes) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            dead_letters_table.insert().values(
                dead_letter_id=new_id(),
                subject="yika.inventory.stores_upserted.v1",
                headers=headers,
                payload=payload,
                error="RuntimeError: it was not the event's fault",
                failed_at=utc_now(),
            )
        )


async def redrive(
    database: Database, nats: OwnNats, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services.reports", "redrive", *arguments],
        env={**os.environ, "YIKA_DATABASE_URL": url_of(database), "YIKA_NATS_URL": nats.url},
        capture_output=True,
        text=True,
    )
