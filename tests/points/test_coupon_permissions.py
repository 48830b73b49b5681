"""Who may call what of CouponService."""

from typing import Any

import pytest

from chassis.ids import new_id
from tests.fixtures.coupons import PERMISSIONS, Coupons, Stub, reason
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
