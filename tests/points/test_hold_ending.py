"""Holds that are voided, or outlive their lots; and what others are told."""

from datetime import timedelta

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HoldState
from services.points.usecases.holds.void_hold import VoidedHold
from tests.fixtures.builders_holds import (
    Value,
    after,
    build_hold,
    build_spending,
    grant,
    hold,
    reasons,
    spend,
    view,
)
from tests.fixtures.builders_points import BUSINESS_DATE, Chain
from tests.fixtures.holds import (
    chain,
    hold_events,
    open_hold_count,
    refused,
    stored_hold,
    void_held,
)
from yika.points.v1 import hold_events_pb2, hold_service_pb2

__all__ = ["chain"]


class TestVoidHold:
    async def test_frees_what_is_left(self, database: Database, chain: Chain) -> None:
        request = build_hold(chain, 300)
        await hold(database, request)
        sale = build_spending(chain, 100, hold_id=request.hold_id, keep_rest=True)
        assert reasons(await spend(database, sale)) == [""]
        voided = await void_held(database, request.hold_id)
        assert not voided.replayed
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (900, 0)
        assert await open_hold_count(database, chain.member_id) == 0
        record = await stored_hold(database, request.hold_id)
        assert record == voided.record
        told = (record.hold.state, record.hold.posted, record.voided_by, record.reason)
        assert told == (HoldState.VOIDED, 100, "9001", "left")

    async def test_again_gets_the_first_answer(self, database: Database, chain: Chain) -> None:
        request = build_hold(chain, 300)
        await hold(database, request)
        first = await void_held(database, request.hold_id)
        again = await void_held(database, request.hold_id, seconds=3600)
        assert again == VoidedHold(first.record, replayed=True)

    async def test_refuses_what_time_or_a_bill_has_ended(
        self, database: Database, chain: Chain
    ) -> None:
        late, whole, part = (build_hold(chain, 100) for _ in range(3))
        for request in (late, whole, part):
            await hold(database, request)
        assert await refused(void_held(database, late.hold_id, seconds=90)) == "HOLD_EXPIRED"
        sales = [
            build_spending(chain, 100, hold_id=whole.hold_id),
            build_spending(chain, 40, hold_id=part.hold_id),
        ]
        assert reasons(await spend(database, *sales)) == ["", ""]
        assert await refused(void_held(database, whole.hold_id)) == "HOLD_CLOSED"
        assert await refused(void_held(database, part.hold_id)) == "HOLD_CLOSED"
        assert await refused(void_held(database, chain.store_id)) == "UNKNOWN_HOLD"


class TestEvents:
    async def test_tell_of_what_was_made_and_how_it_ended(
        self, database: Database, chain: Chain
    ) -> None:
        requests: list[hold_service_pb2.CreateHoldRequest] = [
            build_hold(chain, 100) for _ in range(3)
        ]
        for request in requests:
            await hold(database, request)
            (made,) = await hold_events(database, hold_events_pb2.HoldsCreated, request.hold_id)
            assert (made.amount, made.member_id, list(made.lots)) == (100, chain.member_id, [])
            assert await hold_events(database, hold_events_pb2.HoldsClosed, request.hold_id) == []
        whole, part, voided = (request.hold_id for request in requests)
        await spend(database, build_spending(chain, 100, hold_id=whole))
        await spend(database, build_spending(chain, 40, hold_id=part))
        await void_held(database, voided)
        for hold_id, state, posted in (
            (whole, HoldState.POSTED, 100),
            (part, HoldState.RELEASED, 40),
            (voided, HoldState.VOIDED, 0),
        ):
            (told,) = await hold_events(database, hold_events_pb2.HoldsClosed, hold_id)
            assert (told.state, told.posted_amount, told.amount) == (state, posted, 100)
            assert (told.store_id, told.member_id) == (chain.store_id, chain.member_id)


class TestExpiry:
    async def test_a_lot_that_expires_while_held_is_the_holds_until_it_times_out(
        self, database: Database, chain: Chain
    ) -> None:
        await grant(
            database,
            chain,
            Value(Asset.POINTS, 50, BUSINESS_DATE),
            member_id=chain.other_member_id,
        )
        request = build_hold(chain, 30, member_id=chain.other_member_id, hold_seconds=2 * 86_400)
        await hold(database, request)
        tomorrow = BUSINESS_DATE + timedelta(days=1)
        seen = await view(
            database,
            chain,
            member_id=chain.other_member_id,
            now=after(86_400),
            business_date=tomorrow,
        )
        assert (seen.points, seen.held_points) == (0, 30)
        sale = build_spending(
            chain,
            30,
            hold_id=request.hold_id,
            member_id=chain.other_member_id,
            business_date=tomorrow,
        )
        assert reasons(await spend(database, sale, now=after(2 * 86_400))) == ["HOLD_EXPIRED"]
        assert reasons(await spend(database, sale, now=after(86_400))) == [""]
