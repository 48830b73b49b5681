"""Issuing coupons from the outside: to members, as codes, and taking orders back."""

from datetime import date
from typing import Any

import pytest

from chassis.clock import to_proto_date
from chassis.ids import new_id
from services.points.domain.coupons.coupon import CouponState
from services.points.domain.coupons.coupon_order import CouponOrderState
from tests.fixtures.builders_coupons import (
    codes_request,
    issue_request,
    redeem_request,
    reserve_request,
    today,
)
from tests.fixtures.coupons import Coupons, kinds, outbox_events, reason
from tests.fixtures.refusals import refusal
from yika.points.v1 import coupon_events_pb2, coupon_pb2
from yika.points.v1 import coupon_service_pb2 as pb


class TestIssueCoupons:
    async def test_gives_one_to_each_member_once(self, coupons: Coupons) -> None:
        members = [coupons.member_id, coupons.ledger.chain.other_member_id]
        request = issue_request(*members, valid_until_date=to_proto_date(today()))
        answer = await coupons.stub.IssueCoupons(request)
        assert [coupon.member_id for coupon in answer.coupons] == members
        assert not answer.replayed
        assert (answer.order.issued_count, answer.order.state) == (2, CouponOrderState.DONE)
        request.order_id = request.order_id.upper()
        again = await coupons.stub.IssueCoupons(request)
        assert again.replayed
        assert (again.coupons, again.order) == (answer.coupons, answer.order)
        found = (await coupons.get(answer.coupons[0].coupon_id)).coupon
        assert (found.member_id, found.template_id) == (members[0], request.template_id)
        assert (found.state, found.order_id) == (CouponState.ISSUED, answer.order.order_id)
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsIssued)
        (fact,) = [each for each in facts if each.order_id == answer.order.order_id]
        assert {each.coupon_id: each.member_id for each in fact.coupons} == {
            each.coupon_id: each.member_id for each in answer.coupons
        }

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"order_id": "7"}, "INVALID_ID"),
            ({"template_id": ""}, "INVALID_ID"),
            ({"reason": ""}, "REASON_REQUIRED"),
            ({"valid_from_date": to_proto_date(date(2200, 1, 1))}, "INVALID_VALIDITY"),
            ({"valid_until_date": to_proto_date(date(2200, 1, 1))}, "INVALID_VALIDITY"),
            ({"valid_until_date": to_proto_date(date(2020, 1, 1))}, "INVALID_VALIDITY"),
            (
                {
                    "valid_from_date": to_proto_date(date(2100, 1, 2)),
                    "valid_until_date": to_proto_date(date(2100, 1, 1)),
                },
                "INVALID_VALIDITY",
            ),
        ],
    )
    async def test_refuses_with_a_reason(
        self, coupons: Coupons, changes: dict[str, Any], expected: str
    ) -> None:
        request = issue_request(coupons.member_id, **changes)
        assert await reason(coupons.stub.IssueCoupons(request)) == expected

    @pytest.mark.parametrize("why", ["补偿顾客\n五一", "👩\u200d👧 母亲节", "长" * 200])
    async def test_takes_a_reason_as_every_other_document_does(
        self, coupons: Coupons, why: str
    ) -> None:
        answer = await coupons.stub.IssueCoupons(issue_request(coupons.member_id, reason=why))
        assert answer.order.reason == why

    async def test_a_retry_is_told_the_order_as_it_is_now(self, coupons: Coupons) -> None:
        request = issue_request(coupons.member_id)
        first = await coupons.stub.IssueCoupons(request)
        await coupons.stub.RevokeCouponOrder(
            pb.RevokeCouponOrderRequest(
                revocation_id=new_id(), order_id=request.order_id, reason="发错了"
            )
        )
        again = await coupons.stub.IssueCoupons(request)
        assert (again.replayed, again.coupons) == (True, first.coupons)
        assert again.order.HasField("revoked_time")
        asked = pb.GetCouponOrderRequest(order_id=request.order_id)
        assert again.order == (await coupons.stub.GetCouponOrder(asked)).order

    @pytest.mark.parametrize("size", [0, 1_001])
    async def test_refuses_an_empty_or_too_long_list(self, coupons: Coupons, size: int) -> None:
        request = issue_request(*(new_id() for _ in range(size)))
        assert await reason(coupons.stub.IssueCoupons(request)) == "INVALID_BATCH_SIZE"

    async def test_one_bad_member_keeps_all_from_being_issued(self, coupons: Coupons) -> None:
        order_id = new_id()
        for members, expected in (
            ((coupons.member_id, new_id()), "UNKNOWN_MEMBER"),
            ((coupons.member_id, coupons.member_id.upper()), "DUPLICATE_MEMBER"),
            ((coupons.member_id, "x"), "INVALID_ID"),
        ):
            request = issue_request(*members, order_id=order_id)
            assert await reason(coupons.stub.IssueCoupons(request)) == expected
        order = pb.GetCouponOrderRequest(order_id=order_id)
        assert await reason(coupons.stub.GetCouponOrder(order)) == "UNKNOWN_COUPON_ORDER"

    async def test_names_who_is_unknown_as_every_refusal_does(self, coupons: Coupons) -> None:
        member_id = new_id()
        error = await refusal(coupons.stub.IssueCoupons(issue_request(member_id)))
        assert (error.reason, error.metadata) == ("UNKNOWN_MEMBER", {"member_id": member_id})

    async def test_refuses_an_id_with_other_content(self, coupons: Coupons) -> None:
        request = issue_request(coupons.member_id)
        await coupons.stub.IssueCoupons(request)
        codes = codes_request(1, order_id=request.order_id)
        assert await reason(coupons.stub.CreateCouponOrder(codes)) == "ID_REUSED"
        request.reason = "另一个"
        assert await reason(coupons.stub.IssueCoupons(request)) == "ID_REUSED"


class TestCreateCouponOrder:
    async def test_tells_its_progress_and_ends(self, coupons: Coupons) -> None:
        request = codes_request(25, code_prefix="CC2")
        taken = await coupons.stub.CreateCouponOrder(request)
        assert (taken.order.wanted_count, taken.order.anonymous) == (25, True)
        done = await coupons.finished(request.order_id)
        assert (done.issued_count, done.state) == (25, CouponOrderState.DONE)
        assert done.HasField("finished_time")
        again = await coupons.stub.CreateCouponOrder(request)
        assert (again.replayed, again.order.issued_count) == (True, 25)
        request.code_count = 26
        assert await reason(coupons.stub.CreateCouponOrder(request)) == "ID_REUSED"

    async def test_can_be_stopped_and_others_are_told_of_both(self, coupons: Coupons) -> None:
        request = codes_request(5_000_000)
        for _ in range(2):
            taken = await coupons.stub.CreateCouponOrder(request)
        stop = pb.CancelCouponOrderRequest(
            cancellation_id=new_id(), order_id=request.order_id, reason="印错了"
        )
        stopped = (await coupons.stub.CancelCouponOrder(stop)).order
        assert stopped.state == CouponOrderState.CANCELLED
        assert (await coupons.stub.CancelCouponOrder(stop)).replayed
        created = await outbox_events(coupons.database, coupon_events_pb2.CouponOrderCreated)
        assert [fact for fact in created if fact.order_id == request.order_id] == [
            coupon_events_pb2.CouponOrderCreated(
                order_id=request.order_id,
                template_id=request.template_id,
                code_count=5_000_000,
                created_time=taken.order.created_time,
            )
        ]
        cancelled = await outbox_events(coupons.database, coupon_events_pb2.CouponOrderCancelled)
        assert [fact for fact in cancelled if fact.order_id == request.order_id] == [
            coupon_events_pb2.CouponOrderCancelled(
                order_id=request.order_id,
                issued_count=stopped.issued_count,
                cancelled_time=stopped.finished_time,
            )
        ]

    @pytest.mark.parametrize("count", [0, -1, 5_000_001, 2**63 - 1, -(2**63)])
    async def test_refuses_an_impossible_count(self, coupons: Coupons, count: int) -> None:
        call = coupons.stub.CreateCouponOrder(codes_request(count))
        assert await reason(call) == "INVALID_COUNT"

    async def test_refuses_a_prefix_outside_the_alphabet(self, coupons: Coupons) -> None:
        call = coupons.stub.CreateCouponOrder(codes_request(1, code_prefix="SALE"))
        assert await reason(call) == "INVALID_CODE_PREFIX"


class TestRevokeCouponOrder:
    async def test_takes_out_of_use_what_is_not_used(self, coupons: Coupons) -> None:
        order_id = new_id()
        used, reserved, free = await coupons.codes(3, order_id=order_id)
        await coupons.stub.RedeemCoupon(redeem_request(coupons.store_id, used.coupon_id))
        reserve = reserve_request(coupons.store_id, reserved.coupon_id)
        await coupons.stub.ReserveCoupon(reserve)
        request = pb.RevokeCouponOrderRequest(
            revocation_id=new_id(), order_id=order_id, reason="印刷错误"
        )
        answer = await coupons.stub.RevokeCouponOrder(request)
        assert answer.order.HasField("revoked_time")
        assert (await coupons.stub.RevokeCouponOrder(request)).replayed
        states = [
            (await coupons.get(code.coupon_id)).coupon.state for code in (used, reserved, free)
        ]
        assert states == [CouponState.REDEEMED, CouponState.REVOKED, CouponState.REVOKED]
        own = redeem_request(coupons.store_id, reserved.coupon_id, bill_id=reserve.sale_id)
        assert await reason(coupons.stub.RedeemCoupon(own)) == "COUPON_REVOKED"
        assert await kinds(coupons, used.coupon_id) == ["ISSUED", "REDEEMED"]
        assert await kinds(coupons, reserved.coupon_id) == ["ISSUED", "RESERVED", "REVOKED"]
        event = (await coupons.get(free.coupon_id)).events[-1]
        assert (event.kind, event.state, event.happened_time) == (
            coupon_pb2.COUPON_EVENT_KIND_REVOKED,
            coupon_pb2.COUPON_STATE_REVOKED,
            answer.order.revoked_time,
        )
        assert (event.caller, event.reason, event.document_id) == ("test", "印刷错误", order_id)
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsRevoked)
        assert [fact.order_id for fact in facts].count(order_id) == 1
        request.reason = "别的"
        assert await reason(coupons.stub.RevokeCouponOrder(request)) == "ID_REUSED"
        request.revocation_id = new_id()
        assert await reason(coupons.stub.RevokeCouponOrder(request)) == "COUPON_ORDER_REVOKED"

    async def test_stays_the_last_word_of_what_is_given_up_later(self, coupons: Coupons) -> None:
        order_id = new_id()
        alone, reserved = await coupons.codes(2, order_id=order_id)
        await coupons.stub.RevokeCoupon(
            pb.RevokeCouponRequest(
                revocation_id=new_id(), coupon_id=alone.coupon_id, reason="顾客投诉"
            )
        )
        reserve = reserve_request(coupons.store_id, reserved.coupon_id)
        await coupons.stub.ReserveCoupon(reserve)
        await coupons.stub.RevokeCouponOrder(
            pb.RevokeCouponOrderRequest(revocation_id=new_id(), order_id=order_id, reason="错发")
        )
        await coupons.stub.ReleaseCoupon(
            pb.ReleaseCouponRequest(reservation_id=reserve.reservation_id)
        )
        assert await kinds(coupons, alone.coupon_id) == ["ISSUED", "REVOKED"]
        assert await kinds(coupons, reserved.coupon_id) == [
            "ISSUED",
            "RESERVED",
            "REVOKED",
            "RELEASED",
        ]
        events = (await coupons.get(reserved.coupon_id)).events
        assert events[-1].state == coupon_pb2.COUPON_STATE_REVOKED

    @pytest.mark.parametrize("method", ["CancelCouponOrder", "RevokeCouponOrder"])
    async def test_refuses_an_unknown_order(self, coupons: Coupons, method: str) -> None:
        request = {
            "CancelCouponOrder": pb.CancelCouponOrderRequest(cancellation_id=new_id()),
            "RevokeCouponOrder": pb.RevokeCouponOrderRequest(revocation_id=new_id()),
        }[method]
        request.order_id = new_id()
        request.reason = "x"
        assert await reason(getattr(coupons.stub, method)(request)) == "UNKNOWN_COUPON_ORDER"

    async def test_a_finished_order_cannot_be_cancelled(self, coupons: Coupons) -> None:
        order_id = new_id()
        await coupons.codes(1, order_id=order_id)
        request = pb.CancelCouponOrderRequest(
            cancellation_id=new_id(), order_id=order_id, reason="晚了"
        )
        assert await reason(coupons.stub.CancelCouponOrder(request)) == "COUPON_ORDER_DONE"
