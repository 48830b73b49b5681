"""The composition root of inventory: the only file that knows every part."""

from functools import partial

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.inbox import Subscription
from chassis.service import Parts
from services.inventory.event_handlers import (
    on_gifts_redeemed,
    on_gifts_returned,
    on_sales_posted,
    on_sales_returned,
)
from services.inventory.grpc_api import InventoryServicer
from services.inventory.settings import Settings
from services.inventory.usecases.watch_stock import watch_stock
from yika.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc
from yika.points.v1 import events_pb2, reward_events_pb2


async def build(settings: Settings, database: Database | None) -> Parts:
    """The parts of the service; Unavailable with NO_DATABASE without a database."""
    if database is None:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    service = inventory_service_pb2.DESCRIPTOR.services_by_name["InventoryService"]
    return Parts(
        servicers=[
            (
                service.full_name,
                inventory_service_pb2_grpc.add_InventoryServiceServicer_to_server,
                InventoryServicer(database),
            )
        ],
        subscriptions=[
            Subscription(events_pb2.SalesPosted, on_sales_posted),
            Subscription(events_pb2.SalesReturned, on_sales_returned),
            Subscription(reward_events_pb2.GiftsRedeemed, on_gifts_redeemed),
            Subscription(reward_events_pb2.GiftsReturned, on_gifts_returned),
        ],
        background=[partial(watch_stock, database, settings.stock_check_seconds)],
    )
