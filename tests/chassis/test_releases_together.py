"""Consumers of two releases on one stream: what only one of them follows waits for that one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.clock import utc_now
from chassis.database import Database, Transaction, dead_letters_table
from chassis.events import EventBus, subject_of
from chassis.ids import new_id
from chassis.inbox import Consumer, Subscription
from tests.chassis.numbers import (
    PRODUCER,
    consumer_of,
    dead_letters,
    headers_of,
    number_event,
    publish_raw,
    record_number,
    recorded_numbers,
    running,
)
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually
from yika.inventory.v1 import events_pb2

PRICES = "yika.inventory.v1.PricesSet"


@pytest.fixture
async def bus(nats: OwnNats) -> AsyncIterator[EventBus]:
    """A connection to the test's NATS."""
    bus = EventBus(nats.url, service=PRODUCER)
    yield bus
    await bus.close()


class Sighting:
    """A handler of what both releases follow, which tells that its replica takes events."""

    def __init__(self) -> None:
        self.seen = False

    async def __call__(self, tx: Transaction, event: Any) -> None:
        self.seen = True


def consumer_after(database: Database, bus: EventBus, handler: Any = record_number) -> Consumer:
    """The consumer of the release that follows one event type more than `consumer_of`."""
    subscriptions = [
        Subscription(events_pb2.StoresUpserted, handler),
        Subscription(events_pb2.PricesSet, record_number),
    ]
    return Consumer(database, bus, service="reports", subscriptions=subscriptions)


async def publish_prices(bus: EventBus, *numbers: int) -> None:
    """Publishes numbers as the event type that only the newer release follows."""
    await bus.ensure_stream(PRODUCER)
    jetstream = await bus.jetstream()
    for number in numbers:
        payload = events_pb2.PricesSet(revision=number).SerializeToString()
        headers = headers_of(**{"ce-type": PRICES})
        await jetstream.publish(subject_of(PRICES), payload, headers=headers)


async def wait_until_seen(bus: EventBus, *sightings: Sighting) -> None:
    """Publishes what both releases follow until each replica has taken some of it."""

    async def seen() -> bool:
        await publish_raw(bus, headers_of(), number_event(0).SerializeToString())
        return all(sighting.seen for sighting in sightings)

    await eventually(seen)


async def wait_for(database: Database, *numbers: int) -> None:
    async def recorded() -> bool:
        return sorted(await recorded_numbers(database)) == sorted(numbers)

    await eventually(recorded)


class TestReleasesTogether:
    async def test_a_replica_of_the_release_before_takes_nothing_of_a_new_type(
        self, database: Database, bus: EventBus
    ) -> None:
        before, after = Sighting(), Sighting()
        async with running(
            consumer_of(database, bus, before).run(), consumer_after(database, bus, after).run()
        ):
            await wait_until_seen(bus, before, after)
            await publish_prices(bus, *range(1, 101))
            await wait_for(database, *range(1, 101))

    async def test_a_replica_of_the_release_before_that_starts_later_narrows_nothing(
        self, database: Database, bus: EventBus
    ) -> None:
        before, after = Sighting(), Sighting()
        async with running(consumer_after(database, bus, after).run()):
            await publish_prices(bus, 1)
            await wait_for(database, 1)
            async with running(consumer_of(database, bus, before).run()):
                await wait_until_seen(bus, before)
            await publish_prices(bus, 2)
            await wait_for(database, 1, 2)

    async def test_a_new_type_is_followed_from_what_the_stream_still_holds(
        self, database: Database, bus: EventBus
    ) -> None:
        before = Sighting()
        async with running(consumer_of(database, bus, before).run()):
            await publish_prices(bus, 1)
            await wait_until_seen(bus, before)
        assert await recorded_numbers(database) == []
        async with running(consumer_after(database, bus, Sighting()).run()):
            await wait_for(database, 1)

    async def test_what_came_while_a_release_was_rolled_back_waits_for_it(
        self, database: Database, bus: EventBus
    ) -> None:
        before = Sighting()
        async with running(consumer_after(database, bus, Sighting()).run()):
            await publish_prices(bus, 1)
            await wait_for(database, 1)
        async with running(consumer_of(database, bus, before).run()):
            await publish_prices(bus, 2)
            await wait_until_seen(bus, before)
        async with running(consumer_after(database, bus, Sighting()).run()):
            await wait_for(database, 1, 2)

    async def test_a_dead_letter_that_nobody_follows_stays_dead_for_the_release_that_does(
        self, database: Database, bus: EventBus
    ) -> None:
        async with database.transaction() as tx:
            await tx.connection.execute(
                dead_letters_table.insert().values(
                    dead_letter_id=new_id(),
                    subject=subject_of(PRICES),
                    headers=headers_of(**{"ce-type": PRICES}),
                    payload=events_pb2.PricesSet(revision=1).SerializeToString(),
                    error="RuntimeError: of the release that was rolled back",
                    failed_at=utc_now(),
                )
            )
        assert await consumer_of(database, bus).redrive() == (0, 1)
        [letter] = await dead_letters(database)
        assert letter.redriven_at is None
        assert "this release of reports does not follow" in letter.error
        assert await consumer_after(database, bus).redrive() == (1, 0)
        assert await recorded_numbers(database) == [1]
