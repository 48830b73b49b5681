"""Making holds in the real database, alone and many at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import Database
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HoldState
from services.points.domain.stored_value.stored_value import SpendingOrder
from services.points.usecases.holds.create_hold import CreatedHold
from tests.fixtures.builders_holds import (
    NOW,
    STORED_VALUE,
    Value,
    after,
    build_hold,
    build_rules,
    build_spending,
    grant,
    hold,
    reasons,
    spend,
    view,
)
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.holds import (
    chain,
    hold_events,
    open_hold_count,
    refused,
    stored_hold,
    void_held,
)
from tests.fixtures.loose_ledger import database
from yika.points.v1 import hold_events_pb2

__all__ = ["chain", "database"]


class TestCreateHold:
    async def test_sets_value_aside_and_books_nothing(
        self, database: Database, chain: Chain
    ) -> None:
        created = await hold(database, build_hold(chain, 300))
        assert not created.replayed
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (700, 300)
        assert [wallet.held.get(lot.key) for lot in wallet.lots] == [300]
        assert await open_hold_count(database, chain.member_id) == 1
        assert reasons(await spend(database, build_spending(chain, 701))) == ["INSUFFICIENT_POINTS"]
        assert reasons(await spend(database, build_spending(chain, 700))) == [""]

    async def test_frees_itself_in_time(self, database: Database, chain: Chain) -> None:
        await hold(database, build_hold(chain, 300))
        assert (await view(database, chain, now=after(89))).points == 700
        late = await view(database, chain, now=after(90))
        assert (late.points, late.held_points) == (1000, 0)
        sale = build_spending(chain, 1000)
        assert reasons(await spend(database, sale, now=after(89))) == ["INSUFFICIENT_POINTS"]
        assert reasons(await spend(database, sale, now=after(90))) == [""]

    async def test_stored_value_is_told_by_principal_and_bonus(
        self, database: Database, chain: Chain
    ) -> None:
        await grant(database, chain, Value(Asset.PRINCIPAL, 1000), Value(Asset.BONUS, 500))
        rules = build_rules(SpendingOrder.BONUS_FIRST)
        created = await hold(database, build_hold(chain, 600, asset=STORED_VALUE), programmes=rules)
        parts = [(part.asset, part.amount) for part in created.record.hold.lots]
        assert parts == [(Asset.PRINCIPAL, 100), (Asset.BONUS, 500)]
        wallet = await view(database, chain)
        assert (wallet.principal_fen, wallet.bonus_fen, wallet.held_fen) == (900, 0, 600)

    async def test_retry_gets_the_first_answer_for_ever(
        self, database: Database, chain: Chain
    ) -> None:
        request = build_hold(chain, 300)
        first = await hold(database, request)
        assert await hold(database, request) == CreatedHold(first.record, replayed=True)
        sale = build_spending(chain, 100, hold_id=request.hold_id)
        assert reasons(await spend(database, sale)) == [""]
        again = await hold(database, request, now=NOW + timedelta(days=400))
        assert again.replayed
        assert again.record.hold.expires_at == first.record.hold.expires_at
        assert (await view(database, chain)).held_points == 0

    @pytest.mark.parametrize(
        "changes", [{"amount": 301}, {"hold_seconds": 91}, {"staff_id": ""}, {"other_member": True}]
    )
    async def test_refuses_a_used_id_with_other_content(
        self, database: Database, chain: Chain, changes: dict[str, Any]
    ) -> None:
        request = build_hold(chain, 300)
        await hold(database, request)
        given = dict(changes)
        if given.pop("other_member", False):
            given["member_id"] = chain.other_member_id
        other = build_hold(chain, **{"amount": 300, "hold_id": request.hold_id, **given})
        assert await refused(hold(database, other)) == "ID_REUSED"
        assert (await view(database, chain)).held_points == 300

    async def test_writes_nothing_when_refused(self, database: Database, chain: Chain) -> None:
        request = build_hold(chain, 1, member_id=chain.other_member_id)
        assert await refused(hold(database, request)) == "INSUFFICIENT_POINTS"
        assert await open_hold_count(database, chain.other_member_id) is None
        assert await refused(stored_hold(database, request.hold_id)) == "UNKNOWN_HOLD"

    async def test_goes_to_the_member_into_whom_another_was_merged(
        self, database: Database, chain: Chain
    ) -> None:
        gone = await build_chain(database, 1)
        async with database.transaction() as tx:
            await tx.connection.execute(
                text(
                    "INSERT INTO wallets (member_id, points, principal_fen, bonus_fen,"
                    " debt_points, carry_numerator, carry_denominator, sale_count, open_holds,"
                    " card_type, bill_count, last_hash, merged_into)"
                    " VALUES (:gone, 0, 0, 0, 0, 0, 1, 0, 0, '', 0, '', :into)"
                ),
                {"gone": gone[1][0], "into": chain.member_id},
            )
        created = await hold(database, build_hold(chain, 400, member_id=gone[1][0]))
        assert created.record.member_id == chain.member_id
        assert (await view(database, chain)).points == 600


class TestOpenCount:
    """wallets.open_holds: what makes the door read holds, and must not stay up for ever."""

    @pytest.mark.parametrize("by", ["hold", "void", "sale"])
    async def test_forgets_holds_that_timed_out_when_value_is_touched(
        self, database: Database, chain: Chain, by: str
    ) -> None:
        late = [build_hold(chain, 10) for _ in range(5)]
        for request in late:
            await hold(database, request)
        other = build_hold(chain, 10, hold_seconds=3600)
        await hold(database, other)
        assert await open_hold_count(database, chain.member_id) == 6
        if by == "hold":
            await hold(database, build_hold(chain, 10), now=after(90))
            expected = 2
        elif by == "void":
            await void_held(database, other.hold_id, seconds=90)
            expected = 0
        else:
            assert reasons(await spend(database, build_spending(chain, 1), now=after(90))) == [""]
            expected = 1
        assert await open_hold_count(database, chain.member_id) == expected
        for request in late:
            record = await stored_hold(database, request.hold_id)
            assert (record.hold.state, record.closed_at) == (HoldState.TIMED_OUT, after(90))
            (told,) = await hold_events(database, hold_events_pb2.HoldsClosed, request.hold_id)
            assert (told.state, told.posted_amount) == (HoldState.TIMED_OUT, 0)

    async def test_a_writer_whose_clock_is_behind_finds_closed_what_another_spent(
        self, database: Database, chain: Chain
    ) -> None:
        request = build_hold(chain, 1000)
        await hold(database, request)
        assert reasons(await spend(database, build_spending(chain, 1000), now=after(90))) == [""]
        sale = build_spending(chain, 1000, hold_id=request.hold_id)
        assert reasons(await spend(database, sale, now=after(89))) == ["HOLD_EXPIRED"]
