"""Coupons that a posted sale uses up, from the outside."""

import asyncio

import grpc

from chassis.clock import to_proto_date
from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from services.points.domain.coupons.coupon import CouponState
from services.points.domain.coupons.coupon_event import redemption_id
from tests.fixtures.builders_coupons import redeem_request, reserve_request
from tests.fixtures.builders_points import BUSINESS_DATE
from tests.fixtures.coupon_sales import post, post_batch, posted_among, sale_with
from tests.fixtures.coupons import (
    Coupons,
    age_order,
    kinds,
    let_reservation_time_out,
    outbox_events,
    reason,
)
from yika.points.v1 import coupon_events_pb2


class TestPostSale:
    async def test_uses_its_coupons_up_and_tells_once(self, coupons: Coupons) -> None:
        (own,) = await coupons.issue()
        (code,) = await coupons.codes()
        sale = sale_with(coupons, own, code.coupon_id)
        await post(coupons, sale)
        for coupon_id in (own, code.coupon_id):
            found = await coupons.get(coupon_id)
            assert (found.coupon.state, found.coupon.bill_id) == (
                CouponState.REDEEMED,
                sale.sale_id,
            )
            assert await kinds(coupons, coupon_id) == ["ISSUED", "REDEEMED"]
            event = found.events[-1]
            assert (event.caller, event.staff_id, event.store_id) == (
                "test",
                "8001",
                coupons.store_id,
            )
        facts = await outbox_events(coupons.database, coupon_events_pb2.CouponsRedeemed)
        told = [
            (each.coupon_id, each.member_id, each.store_id, each.business_date)
            for fact in facts
            for each in fact.coupons
            if each.bill_id == sale.sale_id
        ]
        day = to_proto_date(BUSINESS_DATE)
        assert told == [
            (coupon_id, coupons.member_id, coupons.store_id, day)
            for coupon_id in (own, code.coupon_id)
        ]

    async def test_a_walk_in_customer_may_use_a_code(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes()
        sale = sale_with(coupons, code.coupon_id, member_id="")
        await post(coupons, sale)
        assert (await coupons.get(code.coupon_id)).coupon.bill_id == sale.sale_id

    async def test_of_64_sales_at_once_with_one_coupon_exactly_one_is_posted(
        self, coupons: Coupons
    ) -> None:
        (code,) = await coupons.codes()
        chain = coupons.ledger.chain
        buyers = (chain.member_id, chain.other_member_id, "")
        sales = [sale_with(coupons, code.coupon_id, member_id=buyers[n % 3]) for n in range(64)]
        answers = await asyncio.gather(
            *(post(coupons, sale) for sale in sales), return_exceptions=True
        )
        won = [
            sale.sale_id
            for sale, answer in zip(sales, answers, strict=True)
            if not isinstance(answer, BaseException)
        ]
        lost = [from_grpc(a).reason for a in answers if isinstance(a, grpc.RpcError)]
        assert (len(won), lost) == (1, ["COUPON_REDEEMED"] * 63)
        assert await posted_among(coupons, sales) == won
        assert (await coupons.get(code.coupon_id)).coupon.bill_id == won[0]
        assert await kinds(coupons, code.coupon_id) == ["ISSUED", "REDEEMED"]

    async def test_one_sale_sent_64_times_at_once_is_posted_once(self, coupons: Coupons) -> None:
        (coupon_id,) = await coupons.issue()
        sale = sale_with(coupons, coupon_id)
        answers = await asyncio.gather(*(post(coupons, sale) for _ in range(64)))
        assert [answer.replayed for answer in answers].count(False) == 1
        assert await kinds(coupons, coupon_id) == ["ISSUED", "REDEEMED"]

    async def test_a_retry_gets_the_first_answer_also_when_the_coupon_is_elsewhere(
        self, coupons: Coupons
    ) -> None:
        (code,) = await coupons.codes()
        sale = sale_with(coupons, code.coupon_id)
        first = await post(coupons, sale)
        sale.coupon_ids[:] = [code.coupon_id.upper()]
        again = await post(coupons, sale)
        assert again.replayed
        await coupons.give_back(code.coupon_id, sale.sale_id)
        assert (await post(coupons, sale)).replayed
        other = sale_with(coupons, code.coupon_id)
        await post(coupons, other)
        again = await post(coupons, sale)
        assert again.replayed
        assert again.points_earned == first.points_earned
        assert (await coupons.get(code.coupon_id)).coupon.bill_id == other.sale_id
        del sale.coupon_ids[:]
        assert await reason(post(coupons, sale)) == "ID_REUSED"

    async def test_takes_the_coupon_reserved_for_it_and_one_whose_reservation_is_over(
        self, coupons: Coupons
    ) -> None:
        mine, over = [code.coupon_id for code in await coupons.codes(2)]
        sale = sale_with(coupons, mine, over)
        for coupon_id, sale_id in ((mine, sale.sale_id), (over, new_id())):
            await coupons.stub.ReserveCoupon(
                reserve_request(coupons.store_id, coupon_id, sale_id=sale_id)
            )
        await let_reservation_time_out(coupons.database, over)
        await post(coupons, sale)
        for coupon_id in (mine, over):
            assert (await coupons.get(coupon_id)).coupon.bill_id == sale.sale_id

    async def test_a_sale_from_an_offline_till_uses_a_coupon_valid_on_its_day(
        self, coupons: Coupons
    ) -> None:
        order_id = new_id()
        (coupon_id,) = await coupons.issue(order_id=order_id)
        await age_order(coupons.database, order_id, valid_until=BUSINESS_DATE)
        assert (await coupons.get(coupon_id)).coupon.state == CouponState.EXPIRED
        await post(coupons, sale_with(coupons, coupon_id))
        assert (await coupons.get(coupon_id)).coupon.state == CouponState.REDEEMED


class TestPostSales:
    async def test_of_two_sales_with_one_coupon_the_second_fails_alone(
        self, coupons: Coupons
    ) -> None:
        first, second = [code.coupon_id for code in await coupons.codes(2)]
        sales = [
            sale_with(coupons, first),
            sale_with(coupons, first, second),
            sale_with(coupons, second),
            sale_with(coupons),
        ]
        assert await post_batch(coupons, *sales) == ["", "COUPON_REDEEMED", "", ""]
        assert (await coupons.get(second)).coupon.bill_id == sales[2].sale_id


class TestRedeemedBefore:
    """A till that told RedeemCoupon of the sale's id before it posted the sale."""

    async def test_the_sale_is_posted_and_changes_the_coupon_no_more(
        self, coupons: Coupons
    ) -> None:
        (coupon_id,) = await coupons.issue()
        sale = sale_with(coupons, coupon_id)
        await coupons.stub.RedeemCoupon(
            redeem_request(
                coupons.store_id, coupon_id, bill_id=sale.sale_id, member_id=coupons.member_id
            )
        )
        await post(coupons, sale)
        assert (await coupons.get(coupon_id)).coupon.bill_id == sale.sale_id
        assert await kinds(coupons, coupon_id) == ["ISSUED", "REDEEMED"]

    async def test_for_another_buyer_refuses_that_sale_alone(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes()
        sale = sale_with(coupons, code.coupon_id)
        await coupons.stub.RedeemCoupon(
            redeem_request(coupons.store_id, code.coupon_id, bill_id=sale.sale_id)
        )
        assert await post_batch(coupons, sale, sale_with(coupons)) == ["ID_REUSED", ""]

    async def test_and_given_back_since_refuses_that_sale_alone(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes()
        sale = sale_with(coupons, code.coupon_id)
        await coupons.stub.RedeemCoupon(
            redeem_request(
                coupons.store_id,
                code.coupon_id,
                bill_id=sale.sale_id,
                member_id=coupons.member_id,
            )
        )
        await coupons.give_back(code.coupon_id, sale.sale_id)
        assert await post_batch(coupons, sale, sale_with(coupons)) == ["COUPON_GIVEN_BACK", ""]
        assert (await coupons.get(code.coupon_id)).coupon.state == CouponState.ISSUED

    async def test_a_request_that_took_the_id_of_the_redemption_refuses_that_sale_alone(
        self, coupons: Coupons
    ) -> None:
        code, elsewhere = await coupons.codes(2)
        sale = sale_with(coupons, code.coupon_id)
        await coupons.stub.ReserveCoupon(
            reserve_request(
                coupons.store_id,
                elsewhere.coupon_id,
                reservation_id=redemption_id(sale.sale_id, code.coupon_id),
            )
        )
        assert await post_batch(coupons, sale, sale_with(coupons)) == ["ID_REUSED", ""]
        assert await kinds(coupons, code.coupon_id) == ["ISSUED"]
