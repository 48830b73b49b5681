"""The composition root of the points service: the only file that knows every part."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from chassis.auth import OwnToken
from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.grpc_client import open_channel
from chassis.service import Parts
from services.points.commands import Command
from services.points.coupon_desk import CouponDesk, load_keys
from services.points.coupon_issuer import CouponIssuer
from services.points.directory import Directory
from services.points.domain.holds.hold_request import HoldLimits
from services.points.door import Door
from services.points.event_handlers import SUBSCRIPTIONS
from services.points.expiry_jobs import ExpiryJobs
from services.points.grpc_api.audit import AuditServicer
from services.points.grpc_api.coupons import CouponServicer
from services.points.grpc_api.holds import HoldServicer
from services.points.grpc_api.passes import PassServicer
from services.points.grpc_api.points import PointsServicer
from services.points.grpc_api.programmes import ProgrammeServicer
from services.points.grpc_api.queries import LedgerQueryServicer
from services.points.grpc_api.returns import ReturnServicer
from services.points.grpc_api.rewards import RewardServicer
from services.points.grpc_api.stored_value import StoredValueServicer
from services.points.grpc_api.wallets import WalletServicer
from services.points.hold_gauge import HoldGauge
from services.points.ledger import Ledger
from services.points.programmes import ProgrammeSource
from services.points.settings import Settings
from services.points.usecases.post_bills import Outcome, post_bills
from services.points.usecases.publish_bills import publish_bills
from services.points.verifier import Verifier
from yika.points.v1 import (
    audit_service_pb2_grpc,
    coupon_service_pb2_grpc,
    hold_service_pb2_grpc,
    pass_service_pb2_grpc,
    points_service_pb2_grpc,
    programme_service_pb2_grpc,
    query_service_pb2_grpc,
    return_service_pb2_grpc,
    reward_service_pb2_grpc,
    stored_value_service_pb2_grpc,
    wallet_service_pb2_grpc,
)

# Name of the gRPC service, what adds it to a server, and what answers.
Servicer = tuple[str, Callable[[Any, Any], None], Any]


async def build(settings: Settings, database: Database | None) -> Parts:
    """Wires the service."""
    if database is None:
        raise Unavailable("NO_DATABASE", "YIKA_DATABASE_URL is not set")
    token = OwnToken(settings.token_file)
    members_channel = open_channel(settings.members_address, token=token.get)
    inventory_channel = open_channel(settings.inventory_address, token=token.get)
    directory = Directory(database, members_channel, inventory_channel)
    programmes = ProgrammeSource(
        database,
        settings.tender_kinds,
        refresh_seconds=settings.programme_refresh_seconds,
        late_max=timedelta(days=settings.late_days_max),
    )

    async def post_batch(commands: Sequence[Command]) -> list[Outcome]:
        return await post_bills(
            database,
            commands,
            programmes=await programmes.current(),
            publish=publish_bills,
            now=utc_now(),
            coupon_give_back=settings.coupon_give_back,
        )

    door = Door(
        post_batch,
        batch_max=settings.door_batch_max,
        writers=settings.door_writers,
        queue_max=settings.door_queue_max,
    )
    ledger = Ledger(database, door, directory, programmes, frozenset(settings.tender_kinds))
    desk = build_coupon_desk(settings, database, directory)
    issuer = CouponIssuer(
        desk, batch_max=settings.coupon_batch_max, poll_seconds=settings.coupon_poll_seconds
    )
    gauge = HoldGauge(database, refresh_seconds=settings.hold_gauge_seconds)
    interval = timedelta(seconds=settings.verify_interval_seconds)
    verifier = Verifier(database, interval=interval, rest=settings.verify_rest)
    return Parts(
        servicers=build_servicers(settings, ledger, desk),
        subscriptions=SUBSCRIPTIONS,
        background=[
            *(door.run, issuer.run, gauge.run, verifier.run if interval else verifier.watch),
            *expiry_loops(settings, database, door),
        ],
        closers=[members_channel.close, inventory_channel.close],
    )


def build_servicers(settings: Settings, ledger: Ledger, desk: CouponDesk) -> list[Servicer]:
    """Every gRPC service of the ledger."""
    return [
        (
            "yika.points.v1.PointsService",
            points_service_pb2_grpc.add_PointsServiceServicer_to_server,
            PointsServicer(ledger),
        ),
        (
            "yika.points.v1.LedgerQueryService",
            query_service_pb2_grpc.add_LedgerQueryServiceServicer_to_server,
            LedgerQueryServicer(ledger),
        ),
        (
            "yika.points.v1.HoldService",
            hold_service_pb2_grpc.add_HoldServiceServicer_to_server,
            HoldServicer(ledger, HoldLimits(settings.hold_seconds, settings.hold_seconds_max)),
        ),
        (
            "yika.points.v1.ProgrammeService",
            programme_service_pb2_grpc.add_ProgrammeServiceServicer_to_server,
            ProgrammeServicer(ledger, settings.programme_notice_seconds),
        ),
        (
            "yika.points.v1.ReturnService",
            return_service_pb2_grpc.add_ReturnServiceServicer_to_server,
            ReturnServicer(ledger, settings.refund_as_paid_kinds),
        ),
        (
            "yika.points.v1.RewardService",
            reward_service_pb2_grpc.add_RewardServiceServicer_to_server,
            RewardServicer(ledger),
        ),
        (
            "yika.points.v1.StoredValueService",
            stored_value_service_pb2_grpc.add_StoredValueServiceServicer_to_server,
            StoredValueServicer(ledger),
        ),
        (
            "yika.points.v1.AuditService",
            audit_service_pb2_grpc.add_AuditServiceServicer_to_server,
            AuditServicer(ledger),
        ),
        (
            "yika.points.v1.CouponService",
            coupon_service_pb2_grpc.add_CouponServiceServicer_to_server,
            CouponServicer(desk),
        ),
        (
            "yika.points.v1.PassService",
            pass_service_pb2_grpc.add_PassServiceServicer_to_server,
            PassServicer(ledger),
        ),
        (
            "yika.points.v1.WalletService",
            wallet_service_pb2_grpc.add_WalletServiceServicer_to_server,
            WalletServicer(ledger),
        ),
    ]


def expiry_loops(
    settings: Settings, database: Database, door: Door
) -> list[Callable[[], Awaitable[None]]]:
    """The jobs that book expired lots and tell of expiring ones; none when they are turned off."""
    if not settings.expiry_interval_seconds:
        return []
    jobs = ExpiryJobs(
        database,
        door.post,
        timedelta(seconds=settings.expiry_interval_seconds),
        booking_days=settings.expiry_booking_days,
        notice_days=settings.expiry_notice_days,
        batch_max=settings.expiry_batch_max,
    )
    return [jobs.run_booking, jobs.run_telling]


def build_coupon_desk(settings: Settings, database: Database, directory: Directory) -> CouponDesk:
    """What the use cases of coupons share."""
    return CouponDesk(
        database,
        directory,
        load_keys(settings.coupon_key_file),
        reservation_seconds=settings.coupon_reservation_seconds,
        tries_per_minute=settings.coupon_tries_per_minute,
        give_back=settings.coupon_give_back,
    )
