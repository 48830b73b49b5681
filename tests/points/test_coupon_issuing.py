"""Making codes batch by batch, among replicas; issuing to members; plain codes for print."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from services.points import coupon_issuer
from services.points.coupon_desk import CouponDesk
from services.points.coupon_issuer import CouponIssuer
from services.points.domain.coupons.coupon_code import read_code, read_keys
from services.points.domain.coupons.coupon_order import CouponOrder, CouponOrderState
from services.points.storage.coupons.coupon_orders import (
    CouponOrderRepository,
    OrderEvent,
    OrderEventKind,
)
from services.points.usecases.coupons.change_coupon_order import change_coupon_order
from services.points.usecases.coupons.issue_coupon_batch import issue_coupon_batch
from services.points.usecases.coupons.issue_coupons import issue_coupons
from tests.fixtures.builders_coupons import (
    KEYS_TEXT,
    NOW,
    build_order,
    issue_request,
)
from tests.fixtures.builders_points import build_chain
from tests.fixtures.coupon_orders import coupons_of, exported, order_now, take
from tests.fixtures.coupons import lonely_desk
from tests.fixtures.polling import eventually


class TestIssueCouponBatch:
    async def test_one_worker_an_order_among_replicas(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        first = await take(coupon_desk, build_order(40))
        second = await take(coupon_desk, build_order(40))
        async with coupon_tables.transaction() as elsewhere:
            # Another replica is at work on the first order.
            claimed = await CouponOrderRepository(elsewhere.connection).claim([1, 2])
            assert claimed is not None
            assert claimed.order_id == first.order_id
            order = await issue_coupon_batch(coupon_desk, batch_max=15, now=NOW)
            assert order is not None
            assert (order.order_id, order.issued_count) == (second.order_id, 15)
        for _ in range(3 + 2):
            await issue_coupon_batch(coupon_desk, batch_max=15, now=NOW)
        assert await issue_coupon_batch(coupon_desk, batch_max=15, now=NOW) is None
        for each in (first, second):
            order = await order_now(coupon_tables, each.order_id)
            assert (order.issued_count, order.state) == (40, CouponOrderState.DONE)
            assert len(await coupons_of(coupon_tables, each.order_id)) == 40

    async def test_the_loop_outlives_a_batch_that_fails(
        self, coupon_desk: CouponDesk, coupon_tables: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A loop that ends takes the whole service with it."""
        calls = 0

        async def fail_at_first(*given: Any, **options: Any) -> CouponOrder | None:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise RuntimeError("a defect")
            return await issue_coupon_batch(*given, **options)

        monkeypatch.setattr(coupon_issuer, "issue_coupon_batch", fail_at_first)
        order = await take(coupon_desk, build_order(5))
        task = asyncio.create_task(CouponIssuer(coupon_desk, batch_max=7, poll_seconds=0.02).run())

        async def is_done() -> bool:
            return (await order_now(coupon_tables, order.order_id)).issued_count == 5

        try:
            await eventually(is_done)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def test_four_workers_share_out_orders_without_gap_or_repeat(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        orders = [await take(coupon_desk, build_order(100)) for _ in range(6)]
        issuers = [CouponIssuer(coupon_desk, batch_max=7, poll_seconds=0.02) for _ in range(4)]
        tasks = [asyncio.create_task(issuer.run()) for issuer in issuers]
        try:
            for order in orders:

                async def done(order_id: str = order.order_id) -> bool:
                    state = (await order_now(coupon_tables, order_id)).state
                    return state is CouponOrderState.DONE

                await eventually(done)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for order in orders:
            found = await coupons_of(coupon_tables, order.order_id)
            assert found.keys() == set(range(1, 101))

    async def test_a_code_that_is_taken_is_skipped_and_made_up_for(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order = build_order(20)
        key = coupon_desk.keys.key(order.key_number)
        other = await take(coupon_desk, build_order(1))
        async with coupon_tables.transaction() as tx:  # codes 3, 4 and 21 belong to another order
            for number, serial in enumerate((3, 4, 21), start=900):
                await tx.connection.execute(
                    text(
                        "INSERT INTO coupons (member_id, coupon_id, order_id, serial, state,"
                        " version, issued_at) VALUES (:id, :id, :order, :serial, 1, 0, now())"
                    ),
                    {
                        "id": key.coupon_id(key.code(order.order_id, serial)),
                        "order": other.order_id,
                        "serial": number,
                    },
                )
        await take(coupon_desk, order)
        while await issue_coupon_batch(coupon_desk, batch_max=8, now=NOW):
            pass
        done = await order_now(coupon_tables, order.order_id)
        assert (done.issued_count, done.skipped_serials) == (20, (3, 4, 21))
        found = await coupons_of(coupon_tables, order.order_id)
        assert found.keys() == set(range(1, 24)) - {3, 4, 21}
        for limit in (1, 2, 19, 20, 100):
            codes = await exported(coupon_desk, order.order_id, limit)
            assert {serial: coupon_id for serial, _, coupon_id in codes} == found

    async def test_uses_the_key_of_the_order_and_waits_for_one_that_is_missing(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        old = await take(coupon_desk, build_order(3, key_number=1))
        only_new = read_keys(KEYS_TEXT.splitlines()[0])
        async with lonely_desk(coupon_tables, keys=only_new) as without:
            assert await issue_coupon_batch(without, batch_max=10, now=NOW) is None
        assert await issue_coupon_batch(coupon_desk, batch_max=10, now=NOW) is not None
        key = coupon_desk.keys.key(1)
        assert await coupons_of(coupon_tables, old.order_id) == {
            serial: key.coupon_id(key.code(old.order_id, serial)) for serial in (1, 2, 3)
        }

    async def test_a_cancelled_order_stops_between_batches(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order = await take(coupon_desk, build_order(100))
        await issue_coupon_batch(coupon_desk, batch_max=30, now=NOW)
        event = OrderEvent(
            order.order_id, new_id(), OrderEventKind.CANCELLED, "test", "写错了", NOW
        )
        cancelled, replayed = await change_coupon_order(coupon_desk, event)
        assert (cancelled.state, cancelled.issued_count) == (CouponOrderState.CANCELLED, 30)
        assert not replayed
        assert await issue_coupon_batch(coupon_desk, batch_max=30, now=NOW) is None
        assert len(await coupons_of(coupon_tables, order.order_id)) == 30
        assert len(await exported(coupon_desk, order.order_id, 100)) == 30

    async def test_cancelling_waits_for_the_batch_at_work_and_no_longer(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order = await take(coupon_desk, build_order(100_000))
        issuer = asyncio.create_task(
            CouponIssuer(coupon_desk, batch_max=500, poll_seconds=0.02).run()
        )

        async def began() -> bool:
            return (await order_now(coupon_tables, order.order_id)).issued_count > 0

        try:
            await eventually(began)
            event = OrderEvent(
                order.order_id, new_id(), OrderEventKind.CANCELLED, "test", "写错了", NOW
            )
            cancelled, _ = await change_coupon_order(coupon_desk, event)
        finally:
            issuer.cancel()
            await asyncio.gather(issuer, return_exceptions=True)
        assert cancelled.issued_count < 100_000
        assert len(await coupons_of(coupon_tables, order.order_id)) == cancelled.issued_count


class TestIssueCoupons:
    async def test_pairs_members_with_free_codes_when_some_are_taken(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        _, members = await build_chain(coupon_tables, member_count=5)
        request = issue_request(*members)
        order = build_order(
            5, anonymous=False, order_id=request.order_id, template_id=request.template_id
        )
        key = coupon_desk.keys.key(order.key_number)
        other = await take(coupon_desk, build_order(1))
        async with coupon_tables.transaction() as tx:
            await tx.connection.execute(
                text(
                    "INSERT INTO coupons (member_id, coupon_id, order_id, serial, state, version,"
                    " issued_at) VALUES (:id, :id, :order, 9, 1, 0, now())"
                ),
                {
                    "id": key.coupon_id(key.code(order.order_id, 2)),
                    "order": other.order_id,
                },
            )
        issued, coupon_ids, _ = await issue_coupons(coupon_desk, order, members, request, NOW)
        assert issued.skipped_serials == (2,)
        again = await issue_coupons(coupon_desk, order, members, request, NOW)
        assert again == (issued, coupon_ids, True)
        async with coupon_tables.read() as connection:
            rows = await connection.execute(
                text("SELECT member_id, coupon_id FROM coupons WHERE order_id = :order_id"),
                {"order_id": order.order_id},
            )
            assert {str(r.member_id): str(r.coupon_id) for r in rows} == dict(
                zip(members, coupon_ids, strict=True)
            )

    async def test_the_same_order_16_times_at_once_issues_once(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        _, members = await build_chain(coupon_tables, member_count=20)
        request = issue_request(*members)
        order = build_order(
            20, anonymous=False, order_id=request.order_id, template_id=request.template_id
        )
        answers = await asyncio.gather(
            *(issue_coupons(coupon_desk, order, members, request, NOW) for _ in range(16))
        )
        assert [replayed for _, _, replayed in answers].count(False) == 1
        assert len({tuple(coupon_ids) for _, coupon_ids, _ in answers}) == 1
        assert len(set(answers[0][1])) == 20


class TestExportCouponCodes:
    async def test_gives_codes_that_read_and_records_who_took_them(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order = await take(coupon_desk, build_order(7, code_prefix="MM"))
        await issue_coupon_batch(coupon_desk, batch_max=10, now=NOW)
        codes = await exported(coupon_desk, order.order_id, limit=3)
        assert [serial for serial, _, _ in codes] == [1, 2, 3, 4, 5, 6, 7]
        for _, code, coupon_id in codes:
            assert coupon_id in coupon_desk.keys.candidates(read_code(code))
        async with coupon_tables.read() as connection:
            rows = await connection.execute(
                text(
                    "SELECT caller, first_serial, last_serial FROM coupon_order_events"
                    " WHERE order_id = :order_id AND kind = 3 ORDER BY first_serial"
                ),
                {"order_id": order.order_id},
            )
            assert [tuple(row) for row in rows] == [
                ("printing house", 1, 3),
                ("printing house", 4, 6),
                ("printing house", 7, 7),
            ]

    async def test_no_table_holds_a_plain_code(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        order = await take(coupon_desk, build_order(3))
        await issue_coupon_batch(coupon_desk, batch_max=10, now=NOW)
        codes = [read_code(code) for _, code, _ in await exported(coupon_desk, order.order_id, 10)]
        async with coupon_tables.read() as connection:
            tables = (
                await connection.scalars(
                    text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                )
            ).all()
            assert {"coupons", "outbox", "coupon_orders"} <= set(tables)
            for table in tables:
                for code in codes:
                    count = await connection.scalar(
                        text(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE :code"),  # noqa: S608
                        {"code": f"%{code}%"},
                    )
                    assert count == 0
                payloads = await connection.scalars(text("SELECT payload FROM outbox"))
                assert not any(code.encode() in each for each in payloads for code in codes)
