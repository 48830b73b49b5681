"""What comes after use, or instead of it: giving back, binding to a member, revoking."""

import asyncio
from datetime import timedelta
from typing import Any

import grpc
import pytest

from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from services.points.domain.coupons.coupon import CouponState
from tests.fixtures.builders_coupons import redeem_request, reserve_request, today
from tests.fixtures.coupons import Coupons, age_order, outbox_events, reason
from yika.points.v1 import coupon_events_pb2, coupon_pb2
from yika.points.v1 import coupon_service_pb2 as pb


async def redeemed(coupons: Coupons, **changes: Any) -> tuple[str, str]:
    """A used coupon and its bill."""
    (code,) = await coupons.codes(1, **changes)
    request = redeem_request(coupons.store_id, code.coupon_id)
    await coupons.stub.RedeemCoupon(request)
    return code.coupon_id, request.bill_id


class TestGiveBackCoupon:
    async def test_makes_it_usable_again_once(self, coupons: Coupons) -> None:
        coupon_id, bill_id = await redeemed(coupons)
        return_id = new_id()
        change = (await coupons.give_back(coupon_id, bill_id, return_id=return_id)).change
        assert change.state == CouponState.ISSUED
        again = (await coupons.give_back(coupon_id, bill_id, return_id=return_id)).change
        assert again.replayed
        other = coupons.give_back(coupon_id, bill_id)
        assert await reason(other) == "COUPON_NOT_REDEEMED"
        await coupons.stub.RedeemCoupon(redeem_request(coupons.store_id, coupon_id))
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsGivenBack)
        told = [each.return_id for f in facts for each in f.coupons if each.coupon_id == coupon_id]
        assert told == [return_id]

    async def test_keeps_what_has_expired(self, coupons: Coupons) -> None:
        order_id = new_id()
        coupon_id, bill_id = await redeemed(coupons, order_id=order_id)
        await age_order(coupons.database, order_id, valid_until=today() - timedelta(days=1))
        return_id = new_id()
        change = (await coupons.give_back(coupon_id, bill_id, return_id=return_id)).change
        assert change.state == CouponState.REDEEMED
        # The first answer stands, even if the order were made valid again.
        await age_order(coupons.database, order_id, valid_until=today())
        again = (await coupons.give_back(coupon_id, bill_id, return_id=return_id)).change
        assert (again.state, again.replayed) == (CouponState.REDEEMED, True)
        events = (await coupons.get(coupon_id)).events
        assert events[-1].kind == coupon_pb2.COUPON_EVENT_KIND_KEPT

    async def test_gives_back_what_expires_today(self, coupons: Coupons) -> None:
        order_id = new_id()
        coupon_id, bill_id = await redeemed(coupons, order_id=order_id)
        await age_order(coupons.database, order_id, valid_until=today())
        change = (await coupons.give_back(coupon_id, bill_id)).change
        assert change.state == CouponState.ISSUED

    async def test_keeps_what_was_revoked_with_its_order(self, coupons: Coupons) -> None:
        order_id = new_id()
        coupon_id, bill_id = await redeemed(coupons, order_id=order_id)
        await coupons.stub.RevokeCouponOrder(
            pb.RevokeCouponOrderRequest(revocation_id=new_id(), order_id=order_id, reason="错发")
        )
        change = (await coupons.give_back(coupon_id, bill_id)).change
        assert change.state == CouponState.REDEEMED

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"bill_id": new_id()}, "COUPON_NOT_REDEEMED"),
            ({"coupon_id": new_id()}, "UNKNOWN_COUPON"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"return_id": "x"}, "INVALID_ID"),
            ({"business_date": None}, "INVALID_DATE"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, coupons: Coupons, changes: dict[str, Any], expected: str
    ) -> None:
        coupon_id, bill_id = await redeemed(coupons)
        given = {"coupon_id": coupon_id, "bill_id": bill_id, **changes}
        assert await reason(coupons.give_back(**given)) == expected
        assert (await coupons.get(coupon_id)).coupon.state == CouponState.REDEEMED

    async def test_refuses_a_return_id_with_other_content(self, coupons: Coupons) -> None:
        coupon_id, bill_id = await redeemed(coupons)
        return_id = new_id()
        await coupons.give_back(coupon_id, bill_id, return_id=return_id)
        call = coupons.give_back(coupon_id, new_id(), return_id=return_id)
        assert await reason(call) == "ID_REUSED"


class TestBindCoupon:
    @staticmethod
    def request(code: str, member_id: str, **changes: Any) -> pb.BindCouponRequest:
        given = {"binding_id": new_id(), **changes}
        return pb.BindCouponRequest(code=code, member_id=member_id, **given)

    async def test_makes_it_the_members_alone(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        member_id, other = coupons.member_id, coupons.ledger.chain.other_member_id
        request = self.request(code.code, member_id)
        change = (await coupons.stub.BindCoupon(request)).change
        assert change.state == CouponState.ISSUED
        assert (await coupons.stub.BindCoupon(request)).change.replayed
        assert (await coupons.get(code.coupon_id)).coupon.member_id == member_id
        listed = await coupons.stub.ListCoupons(pb.ListCouponsRequest(member_id=member_id))
        assert code.coupon_id in {coupon.coupon_id for coupon in listed.coupons}
        for buyer in (other, ""):
            stranger = redeem_request(coupons.store_id, code=code.code, member_id=buyer)
            assert await reason(coupons.stub.RedeemCoupon(stranger)) == "COUPON_OF_ANOTHER_MEMBER"
        own = redeem_request(coupons.store_id, code=code.code, member_id=member_id)
        await coupons.stub.RedeemCoupon(own)
        events = (await coupons.get(code.coupon_id)).events
        assert [(event.kind, event.member_id) for event in events] == [
            (coupon_pb2.COUPON_EVENT_KIND_ISSUED, ""),
            (coupon_pb2.COUPON_EVENT_KIND_BOUND, member_id),
            (coupon_pb2.COUPON_EVENT_KIND_REDEEMED, member_id),
        ]

    async def test_of_two_members_at_once_one_gets_it(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        members = (coupons.member_id, coupons.ledger.chain.other_member_id) * 32
        answers = await asyncio.gather(
            *(coupons.stub.BindCoupon(self.request(code.code, each)) for each in members),
            return_exceptions=True,
        )
        lost = [from_grpc(a).reason for a in answers if isinstance(a, grpc.RpcError)]
        assert len(lost) == 63
        assert set(lost) == {"COUPON_OF_ANOTHER_MEMBER", "COUPON_ALREADY_BOUND"}

    async def test_a_sale_beside_it_ends_with_one_of_both(self, coupons: Coupons) -> None:
        for code in await coupons.codes(8):
            answers = await asyncio.gather(
                coupons.stub.BindCoupon(self.request(code.code, coupons.member_id)),
                coupons.stub.RedeemCoupon(redeem_request(coupons.store_id, code.coupon_id)),
                return_exceptions=True,
            )
            lost = [from_grpc(a).reason for a in answers if isinstance(a, grpc.RpcError)]
            assert lost in (["COUPON_REDEEMED"], ["COUPON_OF_ANOTHER_MEMBER"])

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("redeemed", "COUPON_REDEEMED"),
            ("reserved", "COUPON_RESERVED"),
            ("revoked", "COUPON_REVOKED"),
            ("expired", "COUPON_EXPIRED"),
        ],
    )
    async def test_refuses_what_cannot_be_used(
        self, coupons: Coupons, state: str, expected: str
    ) -> None:
        order_id = new_id()
        (code,) = await coupons.codes(1, order_id=order_id)
        if state == "redeemed":
            await coupons.stub.RedeemCoupon(redeem_request(coupons.store_id, code.coupon_id))
        elif state == "reserved":
            await coupons.stub.ReserveCoupon(reserve_request(coupons.store_id, code.coupon_id))
        elif state == "revoked":
            await coupons.stub.RevokeCoupon(TestRevokeCoupon.request(code.coupon_id))
        else:
            yesterday = today() - timedelta(days=1)
            await age_order(coupons.database, order_id, valid_until=yesterday)
        call = coupons.stub.BindCoupon(self.request(code.code, coupons.member_id))
        assert await reason(call) == expected

    async def test_takes_a_code_whose_first_day_has_not_come(self, coupons: Coupons) -> None:
        order_id = new_id()
        (code,) = await coupons.codes(1, order_id=order_id)
        await age_order(coupons.database, order_id, valid_from=today() + timedelta(days=9))
        await coupons.stub.BindCoupon(self.request(code.code, coupons.member_id))

    async def test_refuses_an_unknown_member(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        call = coupons.stub.BindCoupon(self.request(code.code, new_id()))
        assert await reason(call) == "UNKNOWN_MEMBER"


class TestRevokeCoupon:
    @staticmethod
    def request(coupon_id: str, **changes: Any) -> pb.RevokeCouponRequest:
        given = {"revocation_id": new_id(), "reason": "顾客投诉", **changes}
        return pb.RevokeCouponRequest(coupon_id=coupon_id, **given)

    async def test_takes_it_out_of_use_with_who_and_why(self, coupons: Coupons) -> None:
        (coupon_id,) = await coupons.issue()
        request = self.request(coupon_id, staff_id="H007")
        assert (await coupons.stub.RevokeCoupon(request)).change.state == CouponState.REVOKED
        assert (await coupons.stub.RevokeCoupon(request)).change.replayed
        assert await reason(coupons.stub.RevokeCoupon(self.request(coupon_id))) == "COUPON_REVOKED"
        use = redeem_request(coupons.store_id, coupon_id, member_id=coupons.member_id)
        assert await reason(coupons.stub.RedeemCoupon(use)) == "COUPON_REVOKED"
        event = (await coupons.get(coupon_id)).events[-1]
        assert (event.reason, event.staff_id, event.caller) == ("顾客投诉", "H007", "test")
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsRevoked)
        told = [each.member_id for f in facts for each in f.coupons if each.coupon_id == coupon_id]
        assert told == [coupons.member_id]

    async def test_ends_a_reservation(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        reserve = reserve_request(coupons.store_id, code.coupon_id)
        await coupons.stub.ReserveCoupon(reserve)
        await coupons.stub.RevokeCoupon(self.request(code.coupon_id))
        own = redeem_request(coupons.store_id, code.coupon_id, bill_id=reserve.sale_id)
        assert await reason(coupons.stub.RedeemCoupon(own)) == "COUPON_REVOKED"

    async def test_refuses_what_is_used(self, coupons: Coupons) -> None:
        coupon_id, _ = await redeemed(coupons)
        assert await reason(coupons.stub.RevokeCoupon(self.request(coupon_id))) == "COUPON_REDEEMED"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", "REASON_REQUIRED"),
            (" \n", "REASON_REQUIRED"),
            ("\u200b", "REASON_REQUIRED"),
            ("x" * 201, "REASON_TOO_LONG"),
            ("a\x00b", "INVALID_TEXT"),
        ],
    )
    async def test_asks_for_a_reason(self, coupons: Coupons, text: str, expected: str) -> None:
        (coupon_id,) = await coupons.issue()
        call = coupons.stub.RevokeCoupon(self.request(coupon_id, reason=text))
        assert await reason(call) == expected
