"""Coupons that come back and are used again in one batch, in the real database."""

from chassis.database import Database
from services.points.domain.coupons.coupon import CouponState
from services.points.messages.coupons.coupon_requests import read_issue
from services.points.storage.coupons.coupon_queries import CouponQueries
from services.points.usecases.coupons.issue_coupons import issue_coupons
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_coupons import issue_request
from tests.fixtures.builders_points import build_chain, build_command, build_sale, post_commands
from tests.fixtures.coupons import lonely_desk
from tests.fixtures.holds import EVERYWHERE
from tests.fixtures.returning import RETURNED_AT, build_return, command_of


class TestOneBatch:
    async def test_lets_a_sale_use_the_coupon_that_a_return_before_it_gave_back(
        self, database: Database
    ) -> None:
        chain, _ = await build_chain(database)
        message = issue_request(chain.member_id)
        async with lonely_desk(database) as desk:
            order = read_issue(message, EVERYWHERE, desk.keys.for_new_orders, RETURNED_AT)
            _, (coupon_id,), _ = await issue_coupons(
                desk, order, [chain.member_id], message, RETURNED_AT
            )
        first, following = (build_sale(chain, coupon_ids=[coupon_id]) for _ in range(2))
        await post_commands(database, build_command(first), now=RETURNED_AT)
        back = build_return(chain, first.sale_id)
        batch = (await command_of(database, back), build_command(following))
        outcomes = await post_commands(database, *batch, now=RETURNED_AT)
        assert all(isinstance(each, Posted) for each in outcomes), outcomes
        async with database.read() as connection:
            (coupon,) = await CouponQueries(connection).coupons([coupon_id])
        assert (coupon.state, coupon.bill_id) == (CouponState.REDEEMED, following.sale_id)
        assert coupon.version == 3
