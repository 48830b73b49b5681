"""HoldService: message -> command -> use case -> message."""

import grpc

from chassis.auth import current_principal
from chassis.clock import utc_now
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.domain.holds.hold_request import HoldLimits
from services.points.ledger import Ledger
from services.points.messages.holds.hold_messages import (
    check_texts,
    first_hold_message,
    hold_message,
    read_hold_request,
)
from services.points.usecases.holds.create_hold import create_hold
from services.points.usecases.holds.read_holds import read_hold, read_holds
from services.points.usecases.holds.void_hold import void_hold
from yika.points.v1 import hold_service_pb2, hold_service_pb2_grpc


class HoldServicer(hold_service_pb2_grpc.HoldServiceServicer):
    """The RPCs of holds. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger, limits: HoldLimits) -> None:
        self._ledger = ledger
        self._limits = limits

    async def CreateHold(
        self, request: hold_service_pb2.CreateHoldRequest, _: grpc.aio.ServicerContext
    ) -> hold_service_pb2.CreateHoldResponse:
        """Sets value aside or refuses to."""
        asked = read_hold_request(request)
        current_principal().require_store(asked.store_id)
        await self._ledger.require_known({asked.member_id}, {asked.store_id})
        created = await create_hold(
            self._ledger.database,
            asked,
            request,
            programmes=await self._ledger.programmes.current(),
            limits=self._limits,
            now=utc_now(),
        )
        return hold_service_pb2.CreateHoldResponse(
            hold=first_hold_message(created.record), replayed=created.replayed
        )

    async def VoidHold(
        self, request: hold_service_pb2.VoidHoldRequest, _: grpc.aio.ServicerContext
    ) -> hold_service_pb2.VoidHoldResponse:
        """Frees what a hold still sets aside."""
        hold_id = canonical_id(request.hold_id, "hold_id")
        check_texts(request, "staff_id", "reason")
        now = utc_now()
        voided = await void_hold(
            self._ledger.database,
            hold_id,
            staff_id=request.staff_id,
            reason=request.reason,
            principal=current_principal(),
            now=now,
        )
        return hold_service_pb2.VoidHoldResponse(
            hold=hold_message(voided.record, now), replayed=voided.replayed
        )

    async def GetHold(
        self, request: hold_service_pb2.GetHoldRequest, _: grpc.aio.ServicerContext
    ) -> hold_service_pb2.GetHoldResponse:
        """Reads one hold."""
        record = await read_hold(
            self._ledger.database, canonical_id(request.hold_id, "hold_id"), current_principal()
        )
        return hold_service_pb2.GetHoldResponse(hold=hold_message(record, utc_now()))

    async def ListHolds(
        self, request: hold_service_pb2.ListHoldsRequest, _: grpc.aio.ServicerContext
    ) -> hold_service_pb2.ListHoldsResponse:
        """Lists a member's holds, or a store's open ones."""
        limit = page_size(request.page_size, default=50, maximum=500)
        member_id = canonical_id(request.member_id, "member_id") if request.member_id else None
        store_id = canonical_id(request.store_id, "store_id") if request.store_id else None
        if member_id is None and store_id is None:
            raise Invalid("INVALID_FILTER", "give member_id or store_id")
        current_principal().require_store(store_id or "*")  # a member's holds lie in many stores
        await self._ledger.require_known(
            {member_id} if member_id else (), {store_id} if store_id else ()
        )
        now = utc_now()
        records, next_page_token = await read_holds(
            self._ledger.database,
            member_id=member_id,
            store_id=store_id,
            open_only=request.open_only,
            page_token=request.page_token,
            limit=limit,
            now=now,
        )
        return hold_service_pb2.ListHoldsResponse(
            holds=[hold_message(record, now) for record in records],
            next_page_token=next_page_token,
        )
