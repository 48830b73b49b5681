"""Redeeming coupons from the outside: once, by whom, when."""

import asyncio
from datetime import timedelta
from typing import Any

import grpc
import pytest

from chassis.clock import to_proto_date
from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from services.points.domain.coupons.coupon import CouponState
from tests.fixtures.builders_coupons import redeem_request, today
from tests.fixtures.coupons import (
    Coupons,
    Stub,
    age_order,
    kinds,
    outbox_events,
    reason,
)
from tests.fixtures.running import open_stub
from yika.points.v1 import coupon_events_pb2


class TestRedeemCoupon:
    async def test_uses_it_up_and_tells_once(self, coupons: Coupons) -> None:
        (coupon_id,) = await coupons.issue()
        request = redeem_request(
            coupons.store_id, coupon_id, member_id=coupons.member_id, staff_id="8001"
        )
        change = (await coupons.stub.RedeemCoupon(request)).change
        assert (change.coupon_id, change.state) == (coupon_id, CouponState.REDEEMED)
        assert not change.replayed
        again = (await coupons.stub.RedeemCoupon(request)).change
        assert again.replayed
        again.replayed = False
        assert again == change
        found = await coupons.get(coupon_id)
        assert found.coupon.bill_id == request.bill_id
        assert await kinds(coupons, coupon_id) == ["ISSUED", "REDEEMED"]
        event = found.events[-1]
        assert (event.caller, event.staff_id, event.store_id) == ("test", "8001", coupons.store_id)
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsRedeemed)
        told = [each for fact in facts for each in fact.coupons if each.coupon_id == coupon_id]
        assert [(each.bill_id, each.member_id) for each in told] == [
            (request.bill_id, coupons.member_id)
        ]

    async def test_by_code_in_any_writing_for_a_walk_in_customer(self, coupons: Coupons) -> None:
        first, second = await coupons.codes(2, code_prefix="MM")
        assert first.code.startswith("MM-")
        for code in (first.code.lower(), second.code.replace("-", " ")):
            request = redeem_request(coupons.store_id, code=code)
            change = (await coupons.stub.RedeemCoupon(request)).change
            assert change.state == CouponState.REDEEMED
        assert (await coupons.get(second.coupon_id)).coupon.state == CouponState.REDEEMED

    @pytest.mark.parametrize("by_code", [False, True])
    async def test_of_64_at_once_exactly_one_succeeds(
        self, coupons: Coupons, by_code: bool
    ) -> None:
        (code,) = await coupons.codes(1)
        named = {"code": code.code} if by_code else {"coupon_id": code.coupon_id}
        requests = [redeem_request(coupons.store_id, **named) for _ in range(64)]
        answers = await asyncio.gather(
            *(coupons.stub.RedeemCoupon(request) for request in requests), return_exceptions=True
        )
        won = [
            request.bill_id
            for request, answer in zip(requests, answers, strict=True)
            if not isinstance(answer, BaseException)
        ]
        lost = [from_grpc(a).reason for a in answers if isinstance(a, grpc.RpcError)]
        assert len(won) == 1
        assert lost == ["COUPON_REDEEMED"] * 63
        assert (await coupons.get(code.coupon_id)).coupon.bill_id == won[0]
        assert await kinds(coupons, code.coupon_id) == ["ISSUED", "REDEEMED"]

    async def test_the_same_request_64_times_at_once_is_one_redemption(
        self, coupons: Coupons
    ) -> None:
        (code,) = await coupons.codes(1)
        request = redeem_request(coupons.store_id, code.coupon_id)
        answers = await asyncio.gather(*(coupons.stub.RedeemCoupon(request) for _ in range(64)))
        assert [answer.change.replayed for answer in answers].count(False) == 1
        assert await kinds(coupons, code.coupon_id) == ["ISSUED", "REDEEMED"]

    async def test_one_bill_may_use_several_coupons(self, coupons: Coupons) -> None:
        first, second = await coupons.codes(2)
        request = redeem_request(coupons.store_id, first.coupon_id)
        await coupons.stub.RedeemCoupon(request)
        request.coupon_id = second.coupon_id
        assert not (await coupons.stub.RedeemCoupon(request)).change.replayed

    async def test_refuses_the_same_bill_with_other_content(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = redeem_request(coupons.store_id, code.coupon_id)
        await coupons.stub.RedeemCoupon(request)
        request.staff_id = "8002"
        assert await reason(coupons.stub.RedeemCoupon(request)) == "ID_REUSED"

    async def test_a_retry_is_answered_after_the_coupon_came_back(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = redeem_request(coupons.store_id, code.coupon_id)
        await coupons.stub.RedeemCoupon(request)
        await coupons.give_back(code.coupon_id, request.bill_id)
        again = (await coupons.stub.RedeemCoupon(request)).change
        assert (again.replayed, again.state) == (True, CouponState.REDEEMED)
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.ISSUED

    @pytest.mark.parametrize("buyer", ["another member", "a walk-in customer"])
    async def test_refuses_the_coupon_of_another_member(self, coupons: Coupons, buyer: str) -> None:
        (coupon_id,) = await coupons.issue()
        other = coupons.ledger.chain.other_member_id if buyer == "another member" else ""
        request = redeem_request(coupons.store_id, coupon_id, member_id=other)
        assert await reason(coupons.stub.RedeemCoupon(request)) == "COUPON_OF_ANOTHER_MEMBER"

    async def test_the_last_valid_day_counts(self, coupons: Coupons) -> None:
        order_id = new_id()
        first, second = await coupons.issue(
            coupons.member_id, coupons.ledger.chain.other_member_id, order_id=order_id
        )
        await age_order(coupons.database, order_id, valid_until=today())
        tomorrow = to_proto_date(today() + timedelta(days=1))
        late = redeem_request(
            coupons.store_id,
            second,
            member_id=coupons.ledger.chain.other_member_id,
            business_date=tomorrow,
        )
        assert await reason(coupons.stub.RedeemCoupon(late)) == "COUPON_EXPIRED"
        found = (await coupons.get(second, business_date=tomorrow)).coupon
        assert found.state == CouponState.EXPIRED
        in_time = redeem_request(coupons.store_id, first, member_id=coupons.member_id)
        await coupons.stub.RedeemCoupon(in_time)

    async def test_refuses_before_the_first_valid_day(self, coupons: Coupons) -> None:
        first_day = today() + timedelta(days=1)
        (coupon_id,) = await coupons.issue(valid_from_date=to_proto_date(first_day))
        early = redeem_request(coupons.store_id, coupon_id, member_id=coupons.member_id)
        assert await reason(coupons.stub.RedeemCoupon(early)) == "COUPON_NOT_YET_VALID"
        early.business_date.CopyFrom(to_proto_date(first_day))
        await coupons.stub.RedeemCoupon(early)

    @pytest.mark.parametrize("days", [-3, 3, -3000, 300_000])
    async def test_refuses_a_business_date_far_from_today(
        self, coupons: Coupons, days: int
    ) -> None:
        (code,) = await coupons.codes(1)
        day = to_proto_date(today() + timedelta(days=days))
        request = redeem_request(coupons.store_id, code.coupon_id, business_date=day)
        assert await reason(coupons.stub.RedeemCoupon(request)) == "INVALID_BUSINESS_DATE"

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"coupon_id": new_id()}, "UNKNOWN_COUPON"),
            ({"coupon_id": "x"}, "INVALID_ID"),
            ({"code": "2345"}, "INVALID_COUPON_CODE"),
            ({"code": "22222-22222-22223"}, "INVALID_COUPON_CODE"),
            ({"bill_id": ""}, "INVALID_ID"),
            ({"member_id": new_id()}, "UNKNOWN_MEMBER"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"staff_id": "8" * 65}, "CODE_TOO_LONG"),
            ({"staff_id": "\x00"}, "INVALID_TEXT"),
            ({"business_date": None}, "INVALID_DATE"),
            ({"coupon_id": None}, "COUPON_MISSING"),
        ],
    )
    async def test_refuses_with_a_reason_and_changes_nothing(
        self, coupons: Coupons, changes: dict[str, Any], expected: str
    ) -> None:
        (code,) = await coupons.codes(1)
        request = redeem_request(coupons.store_id, code.coupon_id)
        for field, value in changes.items():
            request.ClearField(field)
            if value is not None:
                setattr(request, field, value)
        assert await reason(coupons.stub.RedeemCoupon(request)) == expected
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.ISSUED
        assert await kinds(coupons, code.coupon_id) == ["ISSUED"]

    async def test_refuses_a_store_out_of_scope(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        async with open_stub(
            Stub, coupons.ledger.address, ["points.coupons.use"], stores=[new_id()]
        ) as stub:
            call = stub.RedeemCoupon(redeem_request(coupons.store_id, code.coupon_id))
            assert await reason(call) == "STORE_OUT_OF_SCOPE"
