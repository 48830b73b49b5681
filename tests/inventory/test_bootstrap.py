"""How the parts of the service hang together."""

import pytest

from chassis.clock import utc_now
from chassis.database import Database, inbox_table
from chassis.errors import Unavailable
from chassis.events import EventBus, EventHeaders, subject_of
from chassis.ids import new_id
from chassis.inbox import Consumer
from chassis.service import Parts
from services.inventory.bootstrap import build
from services.inventory.settings import Settings
from services.inventory.storage.tables import movements
from tests.fixtures.builders_inventory import build_sale
from tests.inventory.catalogue import levels, row_counts
from yika.points.v1 import events_pb2


class TestBuild:
    async def test_refuses_to_run_without_a_database(self) -> None:
        with pytest.raises(Unavailable) as refused:
            await build(Settings(), None)
        assert refused.value.reason == "NO_DATABASE"

    async def test_takes_sales_from_the_stream_once(
        self, database: Database, parts: Parts, nats_url: str
    ) -> None:
        consumer = Consumer(
            database,
            EventBus(nats_url, service="inventory"),
            service="inventory",
            subscriptions=parts.subscriptions,
        )
        key = (new_id(), new_id())
        sale = build_sale(key[0], (key[1], 1000))
        event = events_pb2.SalesPosted(sales=[events_pb2.PostedSale(sale=sale)])
        event_type = "yika.points.v1.SalesPosted"
        headers = EventHeaders(new_id(), event_type, "/yika/points", utc_now(), "", "").encode()
        for _ in range(2):
            await consumer.apply(subject_of(event_type), headers, event.SerializeToString())
        assert await levels(database) == {key: (-1000, 1000)}
        assert await row_counts(database, [movements, inbox_table]) == {
            "movements": 1,
            "inbox": 1,
            "outbox": 0,
        }

    async def test_listens_to_what_moves_stock(self, parts: Parts) -> None:
        taken = {each.event.DESCRIPTOR.full_name for each in parts.subscriptions}
        assert taken == {
            f"yika.points.v1.{name}"
            for name in ("SalesPosted", "SalesReturned", "GiftsRedeemed", "GiftsReturned")
        }
