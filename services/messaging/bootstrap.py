"""The composition root of the messaging service."""

from chassis.auth import OwnToken
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.grpc_client import open_channel
from chassis.service import Parts
from services.messaging.event_handlers import subscriptions
from services.messaging.grpc_api import MessagingServicer
from services.messaging.member_contacts import MemberContacts
from services.messaging.providers.log_provider import LogProvider
from services.messaging.providers.provider import SmsProvider
from services.messaging.sender import Sender
from services.messaging.settings import Settings
from yika.messaging.v1 import messaging_service_pb2_grpc


async def build(settings: Settings, database: Database | None) -> Parts:
    """The parts of the service; Unavailable without a database."""
    if database is None:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    members = open_channel(settings.members_address, token=OwnToken(settings.token_file).get)
    sender = Sender(settings, database, MemberContacts(members), _provider(settings, database))
    return Parts(
        servicers=[
            (
                "yika.messaging.v1.MessagingService",
                messaging_service_pb2_grpc.add_MessagingServiceServicer_to_server,
                MessagingServicer(database),
            )
        ],
        subscriptions=subscriptions(settings),
        background=[sender.run],
        closers=[members.close],
    )


def _provider(settings: Settings, database: Database) -> SmsProvider:
    match settings.sms_provider:
        case "log":
            return LogProvider(database)
