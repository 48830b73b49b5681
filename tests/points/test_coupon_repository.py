"""What the posting of sales builds on: many coupons, one lock, one write."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from chassis.database import Database
from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import Coupon, CouponState, redeem, release, reserve
from services.points.domain.coupons.coupon_event import (
    CouponChange,
    CouponEventKind,
    CouponRequest,
    change_of,
    redemption_id,
)
from services.points.messages.coupons.coupon_facts import change_facts
from services.points.storage.coupons.coupons import CouponRepository
from services.points.usecases.coupons.issue_coupon_batch import issue_coupon_batch
from tests.fixtures.builders_coupons import NOW, TODAY, build_order
from tests.fixtures.coupon_orders import coupons_of, take


async def issued(desk: CouponDesk, count: int) -> list[str]:
    """Coupons that nobody has touched."""
    order = await take(desk, build_order(count))
    await issue_coupon_batch(desk, batch_max=count, now=NOW)
    return list((await coupons_of(desk.database, order.order_id)).values())


def redemption(coupon: Coupon, bill_id: str) -> CouponChange | DomainError:
    """What a sale does with a coupon of its customer."""
    request = CouponRequest(
        kind=CouponEventKind.REDEEMED,
        request_id=redemption_id(bill_id, coupon.coupon_id),
        coupon_id=coupon.coupon_id,
        caller="till",
        happened_at=NOW,
        document_id=bill_id,
        store_id=new_id(),
        business_date=TODAY,
    )
    after = redeem(coupon, bill_id=bill_id, member_id=None, business_date=TODAY, now=NOW)
    return after if isinstance(after, DomainError) else change_of(coupon, after, request)


async def post(database: Database, sales: Sequence[tuple[str, str]]) -> list[str]:
    """Redeems (bill_id, coupon_id) pairs as a batch of sales would; the bills that succeeded."""
    async with database.transaction() as tx:
        repository = CouponRepository(tx.connection)
        locked = await repository.lock(coupon_id for _, coupon_id in sales)
        changes: list[CouponChange] = []
        won = []
        for bill_id, coupon_id in sales:
            outcome = redemption(locked[coupon_id], bill_id)
            if isinstance(outcome, CouponChange):
                locked[coupon_id] = outcome.coupon
                changes.append(outcome)
                won.append(bill_id)
        assert await repository.save(changes) == len(changes)
        for fact in change_facts(changes):
            tx.publish(fact)
    return won


class TestBatch:
    async def test_takes_one_lock_and_one_write(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        coupon_ids = await issued(coupon_desk, 200)
        statements: list[str] = []

        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]))

        engine = coupon_tables.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            won = await post(coupon_tables, [(new_id(), each) for each in coupon_ids])
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(won) == 200
        assert len([each for each in statements if "coupons" in each]) == 2
        assert len([each for each in statements if "outbox" in each]) == 1

    async def test_two_sales_of_one_batch_share_no_coupon(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        (coupon_id,) = await issued(coupon_desk, 1)
        first, second = new_id(), new_id()
        assert await post(coupon_tables, [(first, coupon_id), (second, coupon_id)]) == [first]

    async def test_64_batches_over_the_same_coupons_use_each_once(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        coupon_ids = await issued(coupon_desk, 10)
        batches = [
            [(new_id(), each) for each in (coupon_ids if number % 2 else coupon_ids[::-1])]
            for number in range(64)
        ]
        won = await asyncio.gather(*(post(coupon_tables, batch) for batch in batches))
        assert sum(map(len, won)) == 10
        async with coupon_tables.read() as connection:
            counts = await connection.scalars(
                text(
                    "SELECT count(*) FROM coupon_events"
                    " WHERE coupon_id = ANY(CAST(:ids AS uuid[])) GROUP BY coupon_id"
                ),
                {"ids": coupon_ids},
            )
            assert list(counts) == [1] * 10


class TestSave:
    async def test_writes_the_last_state_and_every_event(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        (coupon_id,) = await issued(coupon_desk, 1)
        sale_id, reservation_id = new_id(), new_id()
        async with coupon_tables.transaction() as tx:
            repository = CouponRepository(tx.connection)
            coupon = (await repository.lock([coupon_id]))[coupon_id]
            changes = []
            for kind, request_id in (
                (CouponEventKind.RESERVED, reservation_id),
                (CouponEventKind.RELEASED, new_id()),
                (CouponEventKind.RESERVED, new_id()),
            ):
                if kind is CouponEventKind.RELEASED:
                    after = release(coupon, reservation_id=reservation_id, sale_id=sale_id)
                else:
                    after = reserve(
                        coupon,
                        reservation_id=request_id,
                        sale_id=sale_id,
                        member_id=None,
                        until=NOW + timedelta(seconds=90),
                        business_date=TODAY,
                        now=NOW,
                    )
                assert isinstance(after, Coupon)
                request = CouponRequest(kind, request_id, coupon_id, "till", NOW)
                changes.append(change_of(coupon, after, request))
                coupon = after
            assert await repository.save(changes) == 3
        async with coupon_tables.transaction() as tx:
            repository = CouponRepository(tx.connection)
            assert (await repository.lock([coupon_id]))[coupon_id] == coupon
            found = await repository.find_events(
                [change.event.request.request_id for change in changes]
            )
        assert [found[change.event.request.request_id] for change in changes] == [
            change.event for change in changes
        ]
        assert sorted(each.number for each in found.values()) == [1, 2, 3]

    async def test_tells_of_a_request_id_that_is_taken(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        coupon_ids = await issued(coupon_desk, 2)
        bill_id = new_id()
        await post(coupon_tables, [(bill_id, coupon_ids[0])])
        async with coupon_tables.transaction() as tx:
            repository = CouponRepository(tx.connection)
            coupon = (await repository.lock(coupon_ids))[coupon_ids[1]]
            change = redemption(coupon, bill_id)
            assert isinstance(change, CouponChange)
            taken = redemption_id(bill_id, coupon_ids[0])
            stolen = CouponRequest(
                CouponEventKind.REDEEMED, taken, coupon.coupon_id, "till", NOW, bill_id
            )
            assert await repository.save([change_of(coupon, change.coupon, stolen)]) == 0

    async def test_nothing_is_no_statement(self, coupon_tables: Database) -> None:
        async with coupon_tables.transaction() as tx:
            repository = CouponRepository(tx.connection)
            assert await repository.save([]) == 0
            assert await repository.lock([]) == {}

    @pytest.mark.parametrize(
        "broken",
        ["state = 5", "state = 2", "state = 3", "bill_id = coupon_id", "sale_id = coupon_id"],
    )
    async def test_the_table_refuses_what_no_coupon_can_be(
        self, coupon_desk: CouponDesk, coupon_tables: Database, broken: str
    ) -> None:
        (coupon_id,) = await issued(coupon_desk, 1)
        with pytest.raises(IntegrityError):
            async with coupon_tables.transaction() as tx:
                await tx.connection.execute(
                    text(f"UPDATE coupons SET {broken} WHERE coupon_id = :id"),  # noqa: S608
                    {"id": coupon_id},
                )

    async def test_events_hold_no_more_than_fits(self, coupon_desk: CouponDesk) -> None:
        coupon_ids = [new_id() for _ in range(4_500)]
        changes = []
        for coupon_id in coupon_ids:
            coupon = Coupon(
                coupon_id, new_id(), new_id(), new_id(), CouponState.ISSUED, 0, issued_at=NOW
            )
            request = CouponRequest(
                CouponEventKind.REDEEMED,
                new_id(),
                coupon_id,
                "till",
                NOW,
                document_id=new_id(),
                buyer_id=coupon.member_id,
                store_id=new_id(),
                business_date=TODAY,
            )
            changes.append(change_of(coupon, coupon, request))
        facts = change_facts(changes)
        assert [len(fact.coupons) for fact in facts] == [2_000, 2_000, 500]
        assert all(fact.ByteSize() < 512 * 1024 for fact in facts)
        assert [each.coupon_id for fact in facts for each in fact.coupons] == coupon_ids
