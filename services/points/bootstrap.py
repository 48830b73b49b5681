"""The composition root of the points service: the only file that knows every part."""

from chassis.auth import OwnToken
from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.grpc_client import open_channel
from chassis.service import Parts
from services.points.directory import Directory
from services.points.door import Door
from services.points.event_handlers import SUBSCRIPTIONS
from services.points.grpc_api.points import PointsServicer
from services.points.ledger import Ledger
from services.points.programmes import ProgrammeSource
from services.points.settings import Settings
from services.points.usecases.post_bills import post_bills
from services.points.usecases.publish_bills import publish_bills
from yika.points.v1 import points_service_pb2_grpc


async def build(settings: Settings, database: Database | None) -> Parts:
    """Wires the service."""
    if database is None:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    token = OwnToken(settings.token_file)
    members_channel = open_channel(settings.members_address, token=token.get)
    inventory_channel = open_channel(settings.inventory_address, token=token.get)
    directory = Directory(database, members_channel, inventory_channel)
    programmes = ProgrammeSource(database)
    door = Door(
        lambda commands: post_bills(
            database,
            commands,
            programmes=programmes.current,
            publish=publish_bills,
            now=utc_now(),
        ),
        batch_max=settings.door_batch_max,
        writers=settings.door_writers,
        queue_max=settings.door_queue_max,
    )
    ledger = Ledger(database, door, directory, programmes, frozenset(settings.tender_kinds))
    return Parts(
        servicers=[
            (
                "yika.points.v1.PointsService",
                points_service_pb2_grpc.add_PointsServiceServicer_to_server,
                PointsServicer(ledger),
            ),
        ],
        subscriptions=SUBSCRIPTIONS,
        background=[door.run],
        closers=[members_channel.close, inventory_channel.close],
    )
