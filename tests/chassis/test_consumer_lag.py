"""What a consumer has still to handle is told, whatever it waits for."""

from typing import Any

from prometheus_client import REGISTRY

from chassis.database import Database, Transaction
from chassis.errors import Unavailable
from chassis.events import EventBus
from tests.chassis.numbers import (
    EVENT_TYPE,
    PRODUCER,
    consumer_of,
    headers_of,
    number_event,
    publish_raw,
    record_number,
    recorded_numbers,
    running,
)
from tests.fixtures.nats import OwnNats
from tests.fixtures.polling import eventually


async def wait_for_lag(events: int) -> None:
    """Waits until the gauge says so many events."""

    async def told() -> bool:
        value = REGISTRY.get_sample_value("yika_consumer_pending_events", {"type": EVENT_TYPE})
        return value == events

    await eventually(told)


class TestConsumerLag:
    async def test_counts_what_waits_for_the_database_and_goes_down_again(
        self, database: Database, nats: OwnNats
    ) -> None:
        away = True

        async def handler(tx: Transaction, event: Any) -> None:
            if away:
                raise Unavailable("DATABASE_UNAVAILABLE", "the database cannot be reached")
            await record_number(tx, event)

        bus = EventBus(nats.url, service=PRODUCER)
        for number in range(200):  # more than may be fetched and not acknowledged
            await publish_raw(bus, headers_of(), number_event(number).SerializeToString())
        async with running(consumer_of(database, bus, handler).run()):
            await wait_for_lag(200)
            away = False
            await wait_for_lag(0)
        assert sorted(await recorded_numbers(database)) == list(range(200))
        await bus.close()
