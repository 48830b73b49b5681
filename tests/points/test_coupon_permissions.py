"""Requests to CouponService that nobody may or should send."""

from typing import Any

import pytest

from chassis.clock import to_proto_date
from chassis.ids import new_id
from tests.fixtures.builders_coupons import (
    codes_request,
    issue_request,
    redeem_request,
    reserve_request,
    today,
)
from tests.fixtures.coupons import PERMISSIONS, Coupons, Stub, reason
from tests.fixtures.malformed import answers
from tests.fixtures.running import open_stub
from yika.points.v1 import coupon_service_pb2 as pb


class TestPermissions:
    @pytest.mark.parametrize(
        ("permission", "method"),
        [
            ("export", "ExportCouponCodes"),
            ("issue", "CreateCouponOrder"),
            ("revoke", "RevokeCoupon"),
            ("use", "RedeemCoupon"),
            ("bind", "BindCoupon"),
        ],
    )
    async def test_each_is_needed(self, coupons: Coupons, permission: str, method: str) -> None:
        others = [each for each in PERMISSIONS if not each.endswith(f".{permission}")]
        async with open_stub(Stub, coupons.ledger.address, others) as stub:
            call = getattr(stub, method)(getattr(pb, f"{method}Request")())
            assert await reason(call) == "PERMISSION_MISSING"

    @pytest.mark.parametrize(
        "method",
        [
            *("IssueCoupons", "CreateCouponOrder", "ExportCouponCodes", "RevokeCoupon"),
            *("CancelCouponOrder", "RevokeCouponOrder"),
        ],
    )
    async def test_a_store_does_not_do_what_the_chain_decides(
        self, coupons: Coupons, method: str
    ) -> None:
        requests: dict[str, Any] = {
            "CancelCouponOrder": pb.CancelCouponOrderRequest(cancellation_id=new_id()),
            "RevokeCouponOrder": pb.RevokeCouponOrderRequest(revocation_id=new_id()),
        }
        request = requests.get(method) or getattr(pb, f"{method}Request")()
        async with open_stub(
            Stub, coupons.ledger.address, PERMISSIONS, stores=[coupons.store_id]
        ) as stub:
            assert await reason(getattr(stub, method)(request)) == "STORE_OUT_OF_SCOPE"


class TestMalformedRequests:
    COUNT = 300

    @pytest.mark.parametrize(
        "method",
        [method.name for method in pb.DESCRIPTOR.services_by_name["CouponService"].methods],
    )
    async def test_never_give_internal(self, coupons: Coupons, method: str) -> None:
        (code,) = await coupons.codes(1)
        (member_coupon,) = await coupons.issue()
        day = to_proto_date(today())
        common = {"store_id": coupons.store_id, "business_date": day}
        valid = {
            "IssueCoupons": issue_request(coupons.member_id, valid_until_date=day),
            "CreateCouponOrder": codes_request(2, code_prefix="CC", valid_until_date=day),
            "CancelCouponOrder": pb.CancelCouponOrderRequest(
                cancellation_id=new_id(), order_id=new_id(), reason="x"
            ),
            "RevokeCouponOrder": pb.RevokeCouponOrderRequest(
                revocation_id=new_id(), order_id=new_id(), reason="x"
            ),
            "GetCouponOrder": pb.GetCouponOrderRequest(order_id=new_id()),
            "ListCouponOrders": pb.ListCouponOrdersRequest(page_size=2),
            "ExportCouponCodes": pb.ExportCouponCodesRequest(order_id=new_id(), page_size=2),
            "FindCoupon": pb.FindCouponRequest(code=code.code, **common),
            "GetCoupon": pb.GetCouponRequest(coupon_id=code.coupon_id, business_date=day),
            "ListCoupons": pb.ListCouponsRequest(
                member_id=coupons.member_id, state=1, business_date=day, page_size=2
            ),
            "BindCoupon": pb.BindCouponRequest(
                binding_id=new_id(), code=code.code, member_id=coupons.member_id
            ),
            "ReserveCoupon": reserve_request(
                coupons.store_id, member_coupon, member_id=coupons.member_id, staff_id="8001"
            ),
            "ReleaseCoupon": pb.ReleaseCouponRequest(reservation_id=new_id()),
            "RedeemCoupon": redeem_request(
                coupons.store_id, member_coupon, member_id=coupons.member_id, staff_id="8001"
            ),
            "GiveBackCoupon": pb.GiveBackCouponRequest(
                return_id=new_id(), coupon_id=member_coupon, bill_id=new_id(), **common
            ),
            "RevokeCoupon": pb.RevokeCouponRequest(
                revocation_id=new_id(), coupon_id=member_coupon, reason="x", staff_id="8001"
            ),
        }[method]
        seen = await answers(getattr(coupons.stub, method), valid, self.COUNT)
        assert any(told.startswith("INVALID_") for told in seen)
