"""The composition root of the reports service."""

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.service import Parts
from services.reports.event_handlers import SUBSCRIPTIONS
from services.reports.grpc_api import SERVICE_NAME, ReportServicer
from services.reports.settings import Settings
from yika.reports.v1 import report_service_pb2_grpc


async def build(settings: Settings, database: Database | None) -> Parts:
    """The parts of the service; Unavailable without a database."""
    if database is None:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    add_servicer = report_service_pb2_grpc.add_ReportServiceServicer_to_server
    return Parts(
        servicers=[(SERVICE_NAME, add_servicer, ReportServicer(database))],
        subscriptions=SUBSCRIPTIONS,
    )
