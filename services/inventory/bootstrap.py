"""The composition root of inventory: the only file that knows every part."""

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.service import Parts
from services.inventory.grpc_api import InventoryServicer
from services.inventory.settings import Settings
from yika.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc


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
    )
