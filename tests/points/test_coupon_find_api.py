"""Finding and listing coupons from the outside, and what guessing brings."""

import asyncio
import random
from datetime import timedelta
from typing import Any

import grpc
import pytest

from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from chassis.paging import encode_page_token
from services.points.domain.coupons.coupon import CouponState
from services.points.domain.coupons.coupon_code import CodeKey
from tests.fixtures.builders_coupons import (
    redeem_request,
    reserve_request,
    today,
)
from tests.fixtures.coupons import PERMISSIONS, Coupons, Stub, age_order, reason
from tests.fixtures.ledger import refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import coupon_service_pb2 as pb


class TestFindCoupon:
    async def test_finds_what_was_printed(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        request = pb.FindCouponRequest(code=f" {code.code.lower()} ", store_id=coupons.store_id)
        found = (await coupons.stub.FindCoupon(request)).coupon
        assert (found.coupon_id, found.member_id) == (code.coupon_id, "")

    async def test_stops_who_guesses_and_nobody_else(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        key = coupon_keys_of_another_deployment()
        guesses = [key.code(new_id(), number) for number in range(60)]
        good = pb.FindCouponRequest(code=code.code, store_id=coupons.store_id)
        async with open_stub(Stub, coupons.ledger.address, PERMISSIONS, subject="guesser") as stub:
            mistyped = pb.FindCouponRequest(code=code.code[:-1], store_id=coupons.store_id)
            for _ in range(30):  # a check character that is wrong counts for nothing
                assert await reason(stub.FindCoupon(mistyped)) == "INVALID_COUPON_CODE"
            told = [
                await reason(
                    stub.FindCoupon(pb.FindCouponRequest(code=guess, store_id=coupons.store_id))
                )
                for guess in guesses[:25]
            ]
            assert told == ["UNKNOWN_COUPON"] * 20 + ["TOO_MANY_ATTEMPTS"] * 5
            assert (await refusal(stub.FindCoupon(good)))[0] == grpc.StatusCode.RESOURCE_EXHAUSTED
            use = redeem_request(coupons.store_id, code=code.code)
            assert await reason(stub.RedeemCoupon(use)) == "TOO_MANY_ATTEMPTS"
        await coupons.stub.FindCoupon(good)

    async def test_at_once_no_more_than_the_limit_are_answered(self, coupons: Coupons) -> None:
        key = coupon_keys_of_another_deployment()
        guesses = [key.code(new_id(), number) for number in range(60)]
        async with open_stub(
            Stub, coupons.ledger.address, PERMISSIONS, subject="hasty guesser"
        ) as stub:
            outcomes = await asyncio.gather(
                *(
                    stub.FindCoupon(pb.FindCouponRequest(code=each, store_id=coupons.store_id))
                    for each in guesses
                ),
                return_exceptions=True,
            )
        told = [from_grpc(each).reason for each in outcomes if isinstance(each, grpc.RpcError)]
        assert sorted(set(told)) == ["TOO_MANY_ATTEMPTS", "UNKNOWN_COUPON"]
        assert told.count("UNKNOWN_COUPON") == 20

    @pytest.mark.parametrize("rpc", ["FindCoupon", "ReserveCoupon", "RedeemCoupon"])
    async def test_no_guess_is_answered_in_a_store_that_does_not_exist(
        self, coupons: Coupons, rpc: str
    ) -> None:
        """Wrong codes are counted by store: one invented for each guess would never be stopped."""
        (code,) = await coupons.codes(1)
        wrong = coupon_keys_of_another_deployment().code(new_id(), 1)
        for each in (code.code, wrong):
            request: Any = pb.FindCouponRequest(code=each, store_id=new_id())
            if rpc == "ReserveCoupon":
                request = reserve_request(new_id(), code=each)
            elif rpc == "RedeemCoupon":
                request = redeem_request(new_id(), code=each)
            assert await reason(getattr(coupons.stub, rpc)(request)) == "UNKNOWN_STORE"

    async def test_refuses_a_store_out_of_scope(self, coupons: Coupons) -> None:
        (code,) = await coupons.codes(1)
        async with open_stub(Stub, coupons.ledger.address, PERMISSIONS, stores=[new_id()]) as stub:
            request = pb.FindCouponRequest(code=code.code, store_id=coupons.store_id)
            assert await reason(stub.FindCoupon(request)) == "STORE_OUT_OF_SCOPE"


def coupon_keys_of_another_deployment() -> CodeKey:
    """Makes codes that read well and that nobody here has issued."""
    return CodeKey.of(b"the secret of somebody else, which is as long")


class TestListCoupons:
    async def test_pages_by_state_as_the_domain_judges(self, coupons: Coupons) -> None:
        member_id = coupons.ledger.chain.other_member_id
        chance = random.Random(5)
        wanted: dict[str, int] = {}
        for number in range(30):
            order_id = new_id()
            (coupon_id,) = await coupons.issue(member_id, order_id=order_id)
            state = chance.choice(list(CouponState))
            use = {"store_id": coupons.store_id, "member_id": member_id}
            if state is CouponState.REDEEMED:
                await coupons.stub.RedeemCoupon(redeem_request(coupon_id=coupon_id, **use))
            elif state is CouponState.RESERVED:
                await coupons.stub.ReserveCoupon(
                    reserve_request(coupon_id=coupon_id, hold_seconds=3600, **use)
                )
            elif state is CouponState.REVOKED and number % 2:
                await coupons.stub.RevokeCoupon(
                    pb.RevokeCouponRequest(revocation_id=new_id(), coupon_id=coupon_id, reason="x")
                )
            elif state is CouponState.REVOKED:
                await coupons.stub.RevokeCouponOrder(
                    pb.RevokeCouponOrderRequest(
                        revocation_id=new_id(), order_id=order_id, reason="x"
                    )
                )
            elif state is CouponState.EXPIRED:
                await age_order(coupons.database, order_id, valid_until=today() - timedelta(days=1))
            wanted[coupon_id] = state
        everything = await listed(coupons, member_id, page_size=7)
        assert len(set(everything)) == len(everything)
        ours = {each: state for each, state in everything.items() if each in wanted}
        assert ours == wanted
        assert [each for each in everything if each in wanted] == list(reversed(wanted))
        for state in CouponState:
            assert await listed(coupons, member_id, page_size=3, state=state) == {
                each: found for each, found in everything.items() if found == state
            }

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"member_id": "x"}, "INVALID_ID"),
            ({"member_id": new_id()}, "UNKNOWN_MEMBER"),
            ({"state": 6}, "UNKNOWN_STATE"),
            ({"state": -1}, "UNKNOWN_STATE"),
            ({"page_size": -1}, "INVALID_PAGE_SIZE"),
            ({"page_token": "x"}, "INVALID_PAGE_TOKEN"),
        ],
    )
    async def test_refuses_with_a_reason(
        self, coupons: Coupons, changes: dict[str, Any], expected: str
    ) -> None:
        given = {"member_id": coupons.member_id, **changes}
        call = coupons.stub.ListCoupons(pb.ListCouponsRequest(**given))
        assert await reason(call) == expected

    @pytest.mark.parametrize("key", [(1, "x"), (-1, new_id()), (2**62, new_id())])
    async def test_refuses_a_token_that_was_made_up(
        self, coupons: Coupons, key: tuple[int, str]
    ) -> None:
        question = ("coupons", coupons.member_id, None, None)
        request = pb.ListCouponsRequest(
            member_id=coupons.member_id, page_token=encode_page_token(*key, question=question)
        )
        assert await reason(coupons.stub.ListCoupons(request)) == "INVALID_PAGE_TOKEN"


async def listed(
    coupons: Coupons, member_id: str, page_size: int, state: CouponState | None = None
) -> dict[str, int]:
    """coupon_id -> state, in the order of the pages."""
    found: dict[str, int] = {}
    token = ""
    while True:
        page = await coupons.stub.ListCoupons(
            pb.ListCouponsRequest(
                member_id=member_id, page_size=page_size, page_token=token, state=state or 0
            )
        )
        assert len(page.coupons) <= page_size
        found |= {coupon.coupon_id: coupon.state for coupon in page.coupons}
        token = page.next_page_token
        if not token:
            return found


class TestListCouponOrders:
    async def test_pages_newest_first(self, coupons: Coupons) -> None:
        made = []
        for _ in range(5):
            made.append(new_id())
            await coupons.issue(order_id=made[-1])
        found: list[str] = []
        token = ""
        while True:
            page = await coupons.stub.ListCouponOrders(
                pb.ListCouponOrdersRequest(page_size=2, page_token=token)
            )
            found += [order.order_id for order in page.orders]
            token = page.next_page_token
            if not token or set(made) <= set(found):
                break
        assert [each for each in found if each in made] == made[::-1]
        assert len(set(found)) == len(found)
