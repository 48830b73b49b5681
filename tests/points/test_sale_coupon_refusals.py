"""Coupons that a sale cannot use, from the outside."""

import random
from collections.abc import Callable
from datetime import date

import pytest

from chassis.ids import new_id
from tests.fixtures.builders_coupons import reserve_request
from tests.fixtures.coupon_sales import post, post_batch, posted_among, sale_with
from tests.fixtures.coupons import (
    Coupons,
    age_order,
    kinds,
    reason,
)
from tests.fixtures.ledger import count_rows
from yika.points.v1 import coupon_service_pb2

DAY_BEFORE = date(2026, 4, 30)
DAY_AFTER = date(2026, 5, 2)


class TestRefusal:
    @pytest.mark.parametrize(
        ("obstacle", "buyer", "expected"),
        [
            ("none", "other", "COUPON_OF_ANOTHER_MEMBER"),
            ("none", "walk-in", "COUPON_OF_ANOTHER_MEMBER"),
            ("unknown", "own", "UNKNOWN_COUPON"),
            ("redeemed", "own", "COUPON_REDEEMED"),
            ("reserved", "own", "COUPON_RESERVED"),
            ("revoked", "own", "COUPON_REVOKED"),
            ("expired", "own", "COUPON_EXPIRED"),
            ("early", "own", "COUPON_NOT_YET_VALID"),
        ],
    )
    async def test_has_a_reason_and_writes_nothing(
        self, coupons: Coupons, obstacle: str, buyer: str, expected: str
    ) -> None:
        chain = coupons.ledger.chain
        (code,) = await coupons.codes()
        coupon_id = await self._hindered(coupons, obstacle)
        member_id = {"own": chain.member_id, "other": chain.other_member_id}.get(buyer, "")
        sale = sale_with(coupons, code.coupon_id, coupon_id, member_id=member_id)
        before = await count_rows(coupons.database)
        assert await reason(post(coupons, sale)) == expected
        assert await count_rows(coupons.database) == before
        assert await posted_among(coupons, [sale]) == []
        assert await kinds(coupons, code.coupon_id) == ["ISSUED"]

    async def _hindered(self, coupons: Coupons, obstacle: str) -> str:
        order_id = new_id()
        (coupon_id,) = await coupons.issue(order_id=order_id)
        if obstacle == "redeemed":
            await post(coupons, sale_with(coupons, coupon_id))
        elif obstacle == "reserved":
            await coupons.stub.ReserveCoupon(
                reserve_request(coupons.store_id, coupon_id, member_id=coupons.member_id)
            )
        elif obstacle == "revoked":
            await coupons.stub.RevokeCoupon(
                coupon_service_pb2.RevokeCouponRequest(
                    revocation_id=new_id(), coupon_id=coupon_id, reason="测试"
                )
            )
        elif obstacle == "expired":
            await age_order(coupons.database, order_id, valid_until=DAY_BEFORE)
        elif obstacle == "early":
            await age_order(coupons.database, order_id, valid_from=DAY_AFTER)
        return new_id() if obstacle == "unknown" else coupon_id

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            (lambda one: [one, "17"], "INVALID_ID"),
            (lambda one: [one, ""], "INVALID_ID"),
            (lambda one: [one, one.upper()], "DUPLICATE_COUPON"),
            (lambda one: [one, *(new_id() for _ in range(20))], "TOO_MANY_COUPONS"),
            (lambda one: [one, *(new_id() for _ in range(19))], "UNKNOWN_COUPON"),
        ],
    )
    async def test_of_names_that_are_not_well_formed(
        self, coupons: Coupons, names: Callable[[str], list[str]], expected: str
    ) -> None:
        (coupon_id,) = await coupons.issue()
        assert await reason(post(coupons, sale_with(coupons, *names(coupon_id)))) == expected
        assert await kinds(coupons, coupon_id) == ["ISSUED"]


class TestMalformedNames:
    async def test_never_give_internal(self, coupons: Coupons) -> None:
        (coupon_id,) = await coupons.issue()
        chance = random.Random(11)
        texts = ["", "x", "\0", "优惠券", "0" * 36, coupon_id, coupon_id.upper(), coupons.member_id]
        seen = set()
        for _ in range(200):
            names = [chance.choice([*texts, new_id()]) for _ in range(chance.choice((1, 1, 2, 21)))]
            sale = sale_with(coupons, *names, member_id=chance.choice(["", coupons.member_id]))
            seen |= set(await post_batch(coupons, sale))
        assert {"", "INVALID_ID", "UNKNOWN_COUPON", "COUPON_OF_ANOTHER_MEMBER"} <= seen
        assert seen <= {
            "",
            "INVALID_ID",
            "DUPLICATE_COUPON",
            "TOO_MANY_COUPONS",
            "UNKNOWN_COUPON",
            "COUPON_OF_ANOTHER_MEMBER",
            "COUPON_REDEEMED",
        }
