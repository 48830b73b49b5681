"""Coupons of a sale that comes back: services/points/domain/sales/sale_coupons.py."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.ids import new_id
from services.points.domain.coupons.coupon import CouponState
from tests.fixtures.builders_coupons import redeem_request, today
from tests.fixtures.builders_points import build_sale
from tests.fixtures.coupons import Coupons, age_order, kinds, outbox_events
from tests.fixtures.ledger import one
from tests.fixtures.returning import build_return
from tests.fixtures.running import open_stub
from yika.points.v1 import coupon_events_pb2, return_service_pb2_grpc


@pytest.fixture
async def stub(coupons: Coupons) -> AsyncIterator[Any]:
    """A till that takes goods back."""
    async with open_stub(
        return_service_pb2_grpc.ReturnServiceStub, coupons.ledger.address, ["points.returns.post"]
    ) as found:
        yield found


async def sell_with(coupons: Coupons, *coupon_ids: str) -> str:
    """A sale that used coupons up; its id."""
    sale = build_sale(coupons.ledger.chain, coupon_ids=coupon_ids)
    await coupons.ledger.stub.PostSale(one(sale))
    return sale.sale_id


class TestGiveBackCoupons:
    async def test_waits_until_the_whole_sale_is_back(self, coupons: Coupons, stub: Any) -> None:
        (code,) = await coupons.codes()
        sale_id = await sell_with(coupons, code.coupon_id)
        await stub.ReturnSale(build_return(coupons.ledger.chain, sale_id, (1, 1000)))
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.REDEEMED
        rest = build_return(coupons.ledger.chain, sale_id, (2, 1000))
        await stub.ReturnSale(rest)
        await stub.ReturnSale(rest)
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.ISSUED
        assert (await kinds(coupons, code.coupon_id))[-2:] == ["REDEEMED", "GIVEN_BACK"]
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsGivenBack)
        told = [
            each.return_id
            for fact in facts
            for each in fact.coupons
            if each.coupon_id == code.coupon_id
        ]
        assert told == [rest.header.bill_id]

    async def test_gives_all_of_them_back_to_be_used_by_the_next_sale(
        self, coupons: Coupons, stub: Any
    ) -> None:
        (own,) = await coupons.issue()
        (code,) = await coupons.codes()
        sale_id = await sell_with(coupons, own, code.coupon_id)
        await stub.ReturnSale(build_return(coupons.ledger.chain, sale_id))
        next_id = await sell_with(coupons, own, code.coupon_id)
        for coupon_id in (own, code.coupon_id):
            assert (await coupons.get(coupon_id)).coupon.bill_id == next_id

    async def test_refuses_no_return_for_a_coupon_that_the_sale_does_not_use_any_more(
        self, coupons: Coupons, stub: Any
    ) -> None:
        used, returned, elsewhere = [code.coupon_id for code in await coupons.codes(3)]
        sale_id = await sell_with(coupons, used, returned, elsewhere)
        for coupon_id in (returned, elsewhere):
            await coupons.give_back(coupon_id, sale_id)
        await sell_with(coupons, elsewhere)
        await stub.ReturnSale(build_return(coupons.ledger.chain, sale_id))
        states = [(await coupons.get(each)).coupon.state for each in (used, returned, elsewhere)]
        assert states == [CouponState.ISSUED, CouponState.ISSUED, CouponState.REDEEMED]

    async def test_leaves_a_coupon_alone_that_came_back_before_and_is_used_again(
        self, coupons: Coupons, stub: Any
    ) -> None:
        (code,) = await coupons.codes()
        sale_id = await sell_with(coupons, code.coupon_id)
        back = build_return(coupons.ledger.chain, sale_id)
        given = await coupons.give_back(code.coupon_id, sale_id, return_id=back.header.bill_id)
        assert given.change.state == CouponState.ISSUED
        await coupons.stub.RedeemCoupon(redeem_request(coupons.store_id, code.coupon_id))
        await stub.ReturnSale(back)
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.REDEEMED

    async def test_keeps_one_once_that_was_kept_for_the_same_return_before(
        self, coupons: Coupons, stub: Any
    ) -> None:
        order_id = new_id()
        (code,) = await coupons.codes(1, order_id=order_id)
        sale_id = await sell_with(coupons, code.coupon_id)
        await age_order(coupons.database, order_id, valid_until=today() - timedelta(days=1))
        back = build_return(
            coupons.ledger.chain, sale_id, business_date=to_proto_date(today()), **_now()
        )
        given = await coupons.give_back(code.coupon_id, sale_id, return_id=back.header.bill_id)
        assert given.change.state == CouponState.REDEEMED
        await stub.ReturnSale(back)
        assert (await kinds(coupons, code.coupon_id))[-2:] == ["REDEEMED", "KEPT"]
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.REDEEMED


def _now() -> dict[str, Any]:
    return {"occurred_time": to_timestamp(utc_now())}
