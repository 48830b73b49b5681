"""CouponService: message -> command -> use case -> message."""

from typing import TypeAlias

import grpc

from chassis.auth import current_principal
from chassis.clock import utc_now
from chassis.errors import Invalid
from chassis.ids import canonical_id, new_id
from chassis.paging import page_size
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import Coupon
from services.points.domain.coupons.coupon_event import required
from services.points.messages.coupons import coupon_messages as messages
from services.points.messages.coupons import coupon_requests as requests
from services.points.messages.dates import asked_day, optional_date
from services.points.storage.coupons.coupon_orders import OrderEventKind
from services.points.usecases.coupons import read_coupons
from services.points.usecases.coupons.bind_coupon import bind_coupon
from services.points.usecases.coupons.change_coupon_order import change_coupon_order
from services.points.usecases.coupons.create_coupon_order import create_coupon_order
from services.points.usecases.coupons.export_coupon_codes import export_coupon_codes
from services.points.usecases.coupons.find_coupon import NO_STORE, find_coupon
from services.points.usecases.coupons.give_back_coupon import give_back_coupon
from services.points.usecases.coupons.issue_coupons import issue_coupons
from services.points.usecases.coupons.redeem_coupon import redeem_coupon
from services.points.usecases.coupons.release_coupon import release_coupon
from services.points.usecases.coupons.reserve_coupon import reserve_coupon
from services.points.usecases.coupons.revoke_coupon import revoke_coupon
from yika.points.v1 import coupon_pb2, coupon_service_pb2_grpc
from yika.points.v1 import coupon_service_pb2 as service_pb2

_Context: TypeAlias = grpc.aio.ServicerContext


class CouponServicer(coupon_service_pb2_grpc.CouponServiceServicer):
    """The RPCs of coupons. Rules live below; here is only translation."""

    def __init__(self, desk: CouponDesk) -> None:
        self._desk = desk

    async def IssueCoupons(
        self, request: service_pb2.IssueCouponsRequest, _: _Context
    ) -> service_pb2.IssueCouponsResponse:
        """Issues one coupon to each member."""
        principal, now = current_principal(), utc_now()
        principal.require_store("*")
        order = requests.read_issue(request, principal, self._desk.keys.for_new_orders, now)
        members = list(request.member_ids)
        issued, coupon_ids, replayed = await issue_coupons(self._desk, order, members, request, now)
        return service_pb2.IssueCouponsResponse(
            order=messages.order_message(issued),
            coupons=[
                service_pb2.MemberCoupon(coupon_id=coupon_id, member_id=member_id)
                for coupon_id, member_id in zip(coupon_ids, members, strict=True)
            ],
            replayed=replayed,
        )

    async def CreateCouponOrder(
        self, request: service_pb2.CreateCouponOrderRequest, _: _Context
    ) -> service_pb2.CreateCouponOrderResponse:
        """Takes an order for anonymous codes."""
        principal, now = current_principal(), utc_now()
        principal.require_store("*")
        order = requests.read_codes_order(request, principal, self._desk.keys.for_new_orders, now)
        order, replayed = await create_coupon_order(self._desk, order, request, now)
        return service_pb2.CreateCouponOrderResponse(
            order=messages.order_message(order), replayed=replayed
        )

    async def CancelCouponOrder(
        self, request: service_pb2.CancelCouponOrderRequest, _: _Context
    ) -> service_pb2.CancelCouponOrderResponse:
        """Stops an order."""
        event_id = canonical_id(request.cancellation_id, "cancellation_id")
        order, replayed = await self._change_order(OrderEventKind.CANCELLED, event_id, request)
        return service_pb2.CancelCouponOrderResponse(order=order, replayed=replayed)

    async def RevokeCouponOrder(
        self, request: service_pb2.RevokeCouponOrderRequest, _: _Context
    ) -> service_pb2.RevokeCouponOrderResponse:
        """Takes an order's unused coupons out of use."""
        event_id = canonical_id(request.revocation_id, "revocation_id")
        order, replayed = await self._change_order(OrderEventKind.REVOKED, event_id, request)
        return service_pb2.RevokeCouponOrderResponse(order=order, replayed=replayed)

    async def _change_order(
        self,
        kind: OrderEventKind,
        event_id: str,
        request: service_pb2.CancelCouponOrderRequest | service_pb2.RevokeCouponOrderRequest,
    ) -> tuple[coupon_pb2.CouponOrder, bool]:
        principal = current_principal()
        principal.require_store("*")
        event = requests.read_order_change(kind, event_id, request, principal, utc_now())
        order, replayed = await change_coupon_order(self._desk, event)
        return messages.order_message(order), replayed

    async def GetCouponOrder(
        self, request: service_pb2.GetCouponOrderRequest, _: _Context
    ) -> service_pb2.GetCouponOrderResponse:
        """Reads an order and its progress."""
        order_id = canonical_id(request.order_id, "order_id")
        order = await read_coupons.read_coupon_order(self._desk.database, order_id)
        return service_pb2.GetCouponOrderResponse(order=messages.order_message(order))

    async def ListCouponOrders(
        self, request: service_pb2.ListCouponOrdersRequest, _: _Context
    ) -> service_pb2.ListCouponOrdersResponse:
        """Lists orders."""
        limit = page_size(request.page_size, default=50, maximum=500)
        orders, token = await read_coupons.list_coupon_orders(
            self._desk.database, request.page_token, limit
        )
        return service_pb2.ListCouponOrdersResponse(
            orders=[messages.order_message(order) for order in orders], next_page_token=token
        )

    async def ExportCouponCodes(
        self, request: service_pb2.ExportCouponCodesRequest, _: _Context
    ) -> service_pb2.ExportCouponCodesResponse:
        """Makes the plain codes of an order again."""
        principal = current_principal()
        principal.require_store("*")
        codes, token = await export_coupon_codes(
            self._desk,
            canonical_id(request.order_id, "order_id"),
            export_id=new_id(),
            caller=principal.subject,
            page_token=request.page_token,
            limit=page_size(request.page_size, default=1_000, maximum=10_000),
            now=utc_now(),
        )
        return service_pb2.ExportCouponCodesResponse(
            codes=[
                coupon_pb2.CouponCode(serial=serial, code=code, coupon_id=coupon_id)
                for serial, code, coupon_id in codes
            ],
            next_page_token=token,
        )

    async def FindCoupon(
        self, request: service_pb2.FindCouponRequest, _: _Context
    ) -> service_pb2.FindCouponResponse:
        """Finds a coupon by its code."""
        now = utc_now()
        store_id = canonical_id(request.store_id, "store_id")
        day = asked_day(request, now)
        current_principal().require_store(store_id)
        coupon = await self._find_in_store(request.code, store_id)
        return service_pb2.FindCouponResponse(coupon=messages.coupon_message(coupon, day, now))

    async def GetCoupon(
        self, request: service_pb2.GetCouponRequest, _: _Context
    ) -> service_pb2.GetCouponResponse:
        """Reads a coupon with its history."""
        now = utc_now()
        day = asked_day(request, now)
        coupon_id = canonical_id(request.coupon_id, "coupon_id")
        record = await read_coupons.read_coupon(self._desk.database, coupon_id)
        return service_pb2.GetCouponResponse(
            coupon=messages.coupon_message(record.coupon, day, now),
            events=[
                messages.issue_message(record.coupon, record.order),
                *(messages.event_message(event) for event in record.events),
            ],
        )

    async def ListCoupons(
        self, request: service_pb2.ListCouponsRequest, _: _Context
    ) -> service_pb2.ListCouponsResponse:
        """Lists the coupons of a member."""
        now = utc_now()
        asked_date = optional_date(request, "business_date")
        day = asked_day(request, now)
        member_id = canonical_id(request.member_id, "member_id")
        state = requests.read_state(request.state)
        limit = page_size(request.page_size, default=50, maximum=500)
        await self._desk.directory.require_known([member_id])
        coupons, token = await read_coupons.list_coupons(
            self._desk.database,
            member_id,
            state=state,
            business_date=day,
            asked_date=asked_date,
            now=now,
            page_token=request.page_token,
            limit=limit,
        )
        return service_pb2.ListCouponsResponse(
            coupons=[messages.coupon_message(coupon, day, now) for coupon in coupons],
            next_page_token=token,
        )

    async def BindCoupon(
        self, request: service_pb2.BindCouponRequest, _: _Context
    ) -> service_pb2.BindCouponResponse:
        """Makes a code the coupon of one member."""
        coupon = await self._find(request.code, NO_STORE)
        command = requests.read_bind(request, coupon.coupon_id, current_principal(), utc_now())
        changed = await bind_coupon(self._desk, command)
        return service_pb2.BindCouponResponse(change=messages.change_message(changed))

    async def ReserveCoupon(
        self, request: service_pb2.ReserveCouponRequest, _: _Context
    ) -> service_pb2.ReserveCouponResponse:
        """Sets a coupon aside for one sale."""
        coupon_id = await self._coupon_id(request)
        command = requests.read_reserve(request, coupon_id, current_principal(), utc_now())
        changed = await reserve_coupon(self._desk, command)
        return service_pb2.ReserveCouponResponse(change=messages.change_message(changed))

    async def ReleaseCoupon(
        self, request: service_pb2.ReleaseCouponRequest, _: _Context
    ) -> service_pb2.ReleaseCouponResponse:
        """Gives a reservation up."""
        reservation_id = canonical_id(request.reservation_id, "reservation_id")
        changed = await release_coupon(self._desk, reservation_id, current_principal(), utc_now())
        return service_pb2.ReleaseCouponResponse(change=messages.change_message(changed))

    async def RedeemCoupon(
        self, request: service_pb2.RedeemCouponRequest, _: _Context
    ) -> service_pb2.RedeemCouponResponse:
        """Uses a coupon up."""
        coupon_id = await self._coupon_id(request)
        command = requests.read_redeem(request, coupon_id, current_principal(), utc_now())
        changed = await redeem_coupon(self._desk, command)
        return service_pb2.RedeemCouponResponse(change=messages.change_message(changed))

    async def GiveBackCoupon(
        self, request: service_pb2.GiveBackCouponRequest, _: _Context
    ) -> service_pb2.GiveBackCouponResponse:
        """Makes a used coupon usable again."""
        command = requests.read_give_back(request, current_principal(), utc_now())
        current_principal().require_store(required(command.store_id))
        changed = await give_back_coupon(self._desk, command)
        return service_pb2.GiveBackCouponResponse(change=messages.change_message(changed))

    async def RevokeCoupon(
        self, request: service_pb2.RevokeCouponRequest, _: _Context
    ) -> service_pb2.RevokeCouponResponse:
        """Takes one coupon out of use."""
        principal = current_principal()
        principal.require_store("*")
        command = requests.read_revoke(request, principal, utc_now())
        changed = await revoke_coupon(self._desk, command)
        return service_pb2.RevokeCouponResponse(change=messages.change_message(changed))

    async def _coupon_id(
        self, request: service_pb2.ReserveCouponRequest | service_pb2.RedeemCouponRequest
    ) -> str:
        """The coupon that a request names by its id or its code; also checks the store's scope."""
        store_id = canonical_id(request.store_id, "store_id")
        current_principal().require_store(store_id)
        named = request.WhichOneof("coupon")
        if named is None:
            raise Invalid("COUPON_MISSING", "give coupon_id or code")
        if named == "coupon_id":
            return canonical_id(request.coupon_id, "coupon_id")
        return (await self._find_in_store(request.code, store_id)).coupon_id

    async def _find_in_store(self, code: str, store_id: str) -> Coupon:
        # Wrong codes are counted by store: who invented one for each guess could guess for ever.
        await self._desk.directory.require_known([], [store_id])
        return await self._find(code, store_id)

    async def _find(self, code: str, store_id: str) -> Coupon:
        caller = current_principal().subject
        return await find_coupon(self._desk, code, caller=caller, store_id=store_id, now=utc_now())
