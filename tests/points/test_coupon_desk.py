"""Keys from a file, a service without them, and a maker of codes whose database goes away."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import Unavailable
from chassis.ids import new_id
from services.points.coupon_desk import CouponDesk, load_keys
from services.points.coupon_issuer import CouponIssuer
from services.points.domain.coupons.coupon_code import CodeKeys
from services.points.domain.coupons.coupon_event import (
    CouponEventKind,
    CouponRequest,
    redemption_id,
)
from services.points.usecases.coupons.find_coupon import NO_STORE, find_coupon
from services.points.usecases.coupons.issue_coupon_batch import issue_coupon_batch
from services.points.usecases.coupons.redeem_coupon import redeem_coupon
from tests.fixtures.builders_coupons import NOW, TODAY, build_order, coupon_keys, write_coupon_keys
from tests.fixtures.builders_points import build_chain
from tests.fixtures.coupon_orders import coupons_of, order_now, take
from tests.fixtures.coupons import lonely_desk
from tests.fixtures.polling import eventually
from tools.local_stack.processes import coupon_key_file


class TestLoadKeys:
    def test_reads_the_file(self, tmp_path: Path) -> None:
        assert load_keys(write_coupon_keys(tmp_path / "keys")) == coupon_keys()

    @pytest.mark.parametrize("content", ["", "1:short", "\xff:" + "a" * 40])
    def test_an_unusable_file_keeps_the_service_from_starting(
        self, tmp_path: Path, content: str
    ) -> None:
        path = tmp_path / "keys"
        path.write_text(content, encoding="latin-1")
        with pytest.raises(Unavailable) as caught:
            load_keys(path)
        assert caught.value.reason == "COUPON_KEY_UNUSABLE"
        assert "a" * 40 not in str(caught.value)

    def test_a_missing_file_keeps_the_service_from_starting(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable) as caught:
            load_keys(tmp_path / "nothing")
        assert caught.value.reason == "COUPON_KEY_UNUSABLE"

    def test_the_local_stack_makes_one_key_for_ever(self, tmp_path: Path) -> None:
        first = coupon_key_file(tmp_path)
        keys = load_keys(first)
        assert first.stat().st_mode & 0o077 == 0
        assert load_keys(coupon_key_file(tmp_path)) == keys


class TestWithoutKeys:
    async def test_codes_are_refused_with_a_reason(self, coupon_tables: Database) -> None:
        assert load_keys(None) == CodeKeys({})
        async with lonely_desk(coupon_tables, keys=CodeKeys({})) as desk:
            assert await issue_coupon_batch(desk, batch_max=10, now=NOW) is None
            code = coupon_keys().key(1).code(build_order().order_id, 1)
            with pytest.raises(Unavailable) as caught:
                await find_coupon(desk, code, caller="x", store_id=NO_STORE, now=NOW)
        assert caught.value.reason == "COUPON_KEY_MISSING"


class TestRetry:
    async def test_is_answered_as_the_first_time_whatever_the_day_is_by_then(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        chain, _ = await build_chain(coupon_tables)
        order = await take(coupon_desk, build_order(1))
        await issue_coupon_batch(coupon_desk, batch_max=1, now=NOW)
        (coupon_id,) = (await coupons_of(coupon_tables, order.order_id)).values()
        bill_id = new_id()
        request = CouponRequest(
            kind=CouponEventKind.REDEEMED,
            request_id=redemption_id(bill_id, coupon_id),
            coupon_id=coupon_id,
            caller="till",
            happened_at=NOW,
            document_id=bill_id,
            store_id=chain.store_id,
            business_date=TODAY,
        )
        first = await redeem_coupon(coupon_desk, request)
        late = replace(request, happened_at=NOW + timedelta(days=400), caller="another till")
        assert await redeem_coupon(coupon_desk, late) == replace(first, replayed=True)


class TestCouponIssuer:
    async def test_goes_on_after_its_connections_were_cut(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order = await take(coupon_desk, build_order(3_000))
        url = coupon_tables.engine.url.render_as_string(hide_password=False)
        # Connections of its own: those of the test must not be cut with them.
        own = Database(url.replace("+asyncpg", ""), service="coupon-issuer")
        task = asyncio.create_task(make_codes(own))
        try:
            for seen in (0, 500):

                async def went_on(seen: int = seen) -> bool:
                    issued = (await order_now(coupon_tables, order.order_id)).issued_count
                    return issued > seen

                await eventually(went_on)
                await cut_connections(coupon_tables)

            async def done() -> bool:
                return (await order_now(coupon_tables, order.order_id)).state != 1

            await eventually(done)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await own.dispose()
        found = await coupons_of(coupon_tables, order.order_id)
        assert found.keys() == set(range(1, 3_001))


async def make_codes(database: Database) -> None:
    """Runs the loop until cancelled."""
    async with lonely_desk(database) as desk:
        await CouponIssuer(desk, batch_max=100, poll_seconds=0.02).run()


async def cut_connections(database: Database) -> None:
    """Ends the connections of the maker of codes, whatever it is doing."""
    async with database.transaction() as tx:
        await tx.connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'yika-coupon-issuer'"
            )
        )
