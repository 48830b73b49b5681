"""The composition root of the members service."""

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.service import Parts
from services.members.grpc_api import MemberServicer
from services.members.settings import Settings
from yika.members.v1 import member_service_pb2_grpc


async def build(settings: Settings, database: Database | None) -> Parts:
    """The parts of the service; Unavailable without a database."""
    if database is None:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    return Parts(
        servicers=[
            (
                "yika.members.v1.MemberService",
                member_service_pb2_grpc.add_MemberServiceServicer_to_server,
                MemberServicer(settings, database),
            )
        ]
    )
