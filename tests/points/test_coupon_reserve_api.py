"""Reserving and releasing coupons from the outside."""

import asyncio
from datetime import timedelta

import grpc
import pytest

from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from services.points.domain.coupons.coupon import CouponState
from tests.fixtures.builders_coupons import redeem_request, reserve_request, today
from tests.fixtures.coupons import (
    Coupons,
    Stub,
    age_order,
    kinds,
    let_reservation_time_out,
    outbox_events,
    reason,
)
from tests.fixtures.running import open_stub
from yika.points.v1 import coupon_events_pb2, coupon_pb2
from yika.points.v1 import coupon_service_pb2 as pb


class TestReserveCoupon:
    async def test_keeps_it_for_one_sale(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code=code.code, hold_seconds=600)
        change = (await coupons.stub.ReserveCoupon(request)).change
        assert change.state == CouponState.RESERVED
        found = (await coupons.get(code.coupon_id)).coupon
        assert (found.state, found.sale_id) == (CouponState.RESERVED, request.sale_id)
        assert found.reserved_until_time == change.reserved_until_time
        other = redeem_request(coupons.store_id, code.coupon_id)
        assert await reason(coupons.stub.RedeemCoupon(other)) == "COUPON_RESERVED"
        another = reserve_request(coupons.store_id, code.coupon_id)
        assert await reason(coupons.stub.ReserveCoupon(another)) == "COUPON_RESERVED"
        own = redeem_request(coupons.store_id, code.coupon_id, bill_id=request.sale_id)
        await coupons.stub.RedeemCoupon(own)
        assert await kinds(coupons, code.coupon_id) == ["ISSUED", "RESERVED", "REDEEMED"]

    async def test_the_same_reservation_gets_the_same_answer_for_ever(
        self, coupons: Coupons
    ) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code.coupon_id)
        change = (await coupons.stub.ReserveCoupon(request)).change
        own = redeem_request(coupons.store_id, code.coupon_id, bill_id=request.sale_id)
        await coupons.stub.RedeemCoupon(own)
        again = (await coupons.stub.ReserveCoupon(request)).change
        assert again.replayed
        again.replayed = False
        assert again == change

    @pytest.mark.parametrize("changed", ["sale", "coupon", "time", "kind"])
    async def test_refuses_a_reused_id(self, coupons: Coupons, changed: str) -> None:
        first, second = await coupons.codes(2)
        request = reserve_request(coupons.store_id, first.coupon_id)
        await coupons.stub.ReserveCoupon(request)
        if changed == "sale":
            request.sale_id = new_id()
        elif changed == "coupon":
            request.coupon_id = second.coupon_id
        elif changed == "time":
            request.hold_seconds = 91
        call = coupons.stub.ReserveCoupon(request)
        if changed == "kind":
            call = coupons.stub.RevokeCoupon(
                pb.RevokeCouponRequest(
                    revocation_id=request.reservation_id, coupon_id=first.coupon_id, reason="x"
                )
            )
        assert await reason(call) == "ID_REUSED"
        assert await kinds(coupons, second.coupon_id) == ["ISSUED"]

    async def test_one_id_for_64_coupons_at_once_reserves_one(self, coupons: Coupons) -> None:
        codes = await coupons.codes(64)
        reservation_id, sale_id = new_id(), new_id()
        answers = await asyncio.gather(
            *(
                coupons.stub.ReserveCoupon(
                    reserve_request(
                        coupons.store_id,
                        code.coupon_id,
                        reservation_id=reservation_id,
                        sale_id=sale_id,
                    )
                )
                for code in codes
            ),
            return_exceptions=True,
        )
        lost = [from_grpc(a).reason for a in answers if isinstance(a, grpc.RpcError)]
        assert lost == ["ID_REUSED"] * 63
        states = [(await coupons.get(code.coupon_id)).coupon.state for code in codes]
        assert states.count(CouponState.RESERVED) == 1
        assert states.count(CouponState.ISSUED) == 63

    async def test_64_sales_at_once_get_it_once(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        answers = await asyncio.gather(
            *(
                coupons.stub.ReserveCoupon(reserve_request(coupons.store_id, code.coupon_id))
                for _ in range(64)
            ),
            return_exceptions=True,
        )
        lost = [from_grpc(a).reason for a in answers if isinstance(a, grpc.RpcError)]
        assert lost == ["COUPON_RESERVED"] * 63

    async def test_times_out_without_any_job(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        first = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(first)
        await let_reservation_time_out(coupons.database, code.coupon_id)
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.ISSUED
        second = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(second)
        own = redeem_request(coupons.store_id, code.coupon_id, bill_id=first.sale_id)
        assert await reason(coupons.stub.RedeemCoupon(own)) == "COUPON_RESERVED"
        release = pb.ReleaseCouponRequest(reservation_id=first.reservation_id)
        assert await reason(coupons.stub.ReleaseCoupon(release)) == "RESERVATION_OVER"

    async def test_a_reservation_ends_with_the_last_valid_day(self, coupons: Coupons) -> None:
        order_id = new_id()
        (code,) = await coupons.codes(1, order_id=order_id)
        request = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(request)
        await age_order(coupons.database, order_id, valid_until=today() - timedelta(days=1))
        own = redeem_request(coupons.store_id, code.coupon_id, bill_id=request.sale_id)
        assert await reason(coupons.stub.RedeemCoupon(own)) == "COUPON_EXPIRED"

    @pytest.mark.parametrize("hold_seconds", [-1, 3601, 2**63 - 1, -(2**63)])
    async def test_refuses_an_impossible_time(self, coupons: Coupons, hold_seconds: int) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code.coupon_id, hold_seconds=hold_seconds)
        assert await reason(coupons.stub.ReserveCoupon(request)) == "INVALID_HOLD"


class TestEvents:
    async def test_tell_who_has_it_and_that_it_is_free_again(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code.coupon_id)
        for _ in range(2):
            change = (await coupons.stub.ReserveCoupon(request)).change
        release = pb.ReleaseCouponRequest(reservation_id=request.reservation_id)
        for _ in range(2):
            await coupons.stub.ReleaseCoupon(release)
        (reserved,) = [
            each
            for fact in await outbox_events(coupons.database, coupon_events_pb2.CouponsReserved)
            for each in fact.coupons
            if each.coupon_id == code.coupon_id
        ]
        answer = await coupons.get(code.coupon_id)
        found = answer.coupon
        happened = {each.kind: each.happened_time for each in answer.events}
        assert reserved == coupon_events_pb2.ReservedCoupon(
            coupon_id=code.coupon_id,
            template_id=found.template_id,
            reservation_id=request.reservation_id,
            sale_id=request.sale_id,
            store_id=coupons.store_id,
            reserved_until_time=change.reserved_until_time,
            reserved_time=happened[coupon_pb2.COUPON_EVENT_KIND_RESERVED],
        )
        (released,) = [
            each
            for fact in await outbox_events(coupons.database, coupon_events_pb2.CouponsReleased)
            for each in fact.coupons
            if each.coupon_id == code.coupon_id
        ]
        assert released == coupon_events_pb2.ReleasedCoupon(
            coupon_id=code.coupon_id,
            template_id=found.template_id,
            sale_id=request.sale_id,
            store_id=coupons.store_id,
            released_time=happened[coupon_pb2.COUPON_EVENT_KIND_RELEASED],
        )


class TestReleaseCoupon:
    async def test_frees_it_at_once(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(request)
        release = pb.ReleaseCouponRequest(reservation_id=request.reservation_id)
        change = (await coupons.stub.ReleaseCoupon(release)).change
        assert (change.coupon_id, change.state) == (code.coupon_id, CouponState.ISSUED)
        assert (await coupons.stub.ReleaseCoupon(release)).change.replayed
        await coupons.stub.RedeemCoupon(redeem_request(coupons.store_id, code.coupon_id))
        assert await kinds(coupons, code.coupon_id) == [
            "ISSUED",
            "RESERVED",
            "RELEASED",
            "REDEEMED",
        ]

    async def test_says_that_the_sale_has_used_it(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(request)
        own = redeem_request(coupons.store_id, code.coupon_id, bill_id=request.sale_id)
        await coupons.stub.RedeemCoupon(own)
        release = pb.ReleaseCouponRequest(reservation_id=request.reservation_id)
        assert await reason(coupons.stub.ReleaseCoupon(release)) == "COUPON_REDEEMED"

    async def test_refuses_what_is_no_reservation(self, coupons: Coupons) -> None:
        release = pb.ReleaseCouponRequest(reservation_id=new_id())
        assert await reason(coupons.stub.ReleaseCoupon(release)) == "UNKNOWN_RESERVATION"

    async def test_refuses_another_store(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(request)
        async with open_stub(
            Stub, coupons.ledger.address, ["points.coupons.use"], stores=[new_id()]
        ) as stub:
            release = pb.ReleaseCouponRequest(reservation_id=request.reservation_id)
            assert await reason(stub.ReleaseCoupon(release)) == "STORE_OUT_OF_SCOPE"
