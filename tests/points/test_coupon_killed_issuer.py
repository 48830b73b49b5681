"""Codes in bulk with the makers killed at the worst moments: nothing missing, nothing twice."""

import asyncio
import signal
import subprocess
import sys

from chassis.database import Database
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon_order import CouponOrderState
from tests.fixtures.builders_coupons import build_order
from tests.fixtures.coupon_orders import coupons_of, exported, order_now, take
from tests.fixtures.coupons import outbox_events
from tests.fixtures.polling import eventually
from yika.points.v1 import coupon_events_pb2

WANTED = 50_000
BATCH = 2_000


def start(database: Database, *death: str) -> subprocess.Popen[bytes]:
    """Starts a process that makes codes, until `death` if it is given."""
    url = database.engine.url.render_as_string(hide_password=False).replace("+asyncpg", "")
    module = "tests.points.coupon_issuer_process"
    return subprocess.Popen([sys.executable, "-m", module, url, str(BATCH), *death])


class TestKilledIssuer:
    async def test_leaves_no_code_out_and_makes_none_twice(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order_id = (await take(coupon_desk, build_order(WANTED))).order_id
        for death, issued in ((("written", "4"), 3 * BATCH), (("committed", "5"), 8 * BATCH)):
            killed = start(coupon_tables, *death)
            assert await asyncio.to_thread(killed.wait, 30) == -signal.SIGKILL
            assert (await order_now(coupon_tables, order_id)).issued_count == issued
        replicas = [start(coupon_tables) for _ in range(2)]

        async def done() -> bool:
            return (await order_now(coupon_tables, order_id)).state is CouponOrderState.DONE

        try:
            await eventually(done, timeout_seconds=60)
        finally:
            for process in replicas:
                process.kill()
                process.wait(timeout=10)
        found = await coupons_of(coupon_tables, order_id)
        assert found.keys() == set(range(1, WANTED + 1))
        codes = await exported(coupon_desk, order_id, limit=9_999)
        assert {serial: coupon_id for serial, _, coupon_id in codes} == found
        assert len({code for _, code, _ in codes}) == WANTED
        facts = await outbox_events(coupon_tables, coupon_events_pb2.CouponsIssued)
        told = [fact.anonymous_count for fact in facts if fact.order_id == order_id]
        assert sum(told) == WANTED
