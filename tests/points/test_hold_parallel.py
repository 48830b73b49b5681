"""Holds of one wallet asked for, voided and posted by many at once."""

import asyncio

from chassis.database import Database
from chassis.errors import DomainError
from services.points.domain.assets import Asset
from services.points.domain.holds.hold import HoldState
from services.points.usecases.holds.create_hold import CreatedHold
from services.points.usecases.holds.void_hold import VoidedHold
from tests.fixtures.builders_holds import (
    Value,
    build_hold,
    build_spending,
    grant,
    hold,
    reasons,
    spend,
    view,
)
from tests.fixtures.builders_points import Chain
from tests.fixtures.holds import chain, open_hold_count, stored_hold, void_held

__all__ = ["chain"]


class TestParallel:
    async def test_holds_of_one_wallet_are_exactly_what_the_balance_allows(
        self, database: Database, chain: Chain
    ) -> None:
        requests = [build_hold(chain, 30) for _ in range(64)]
        answers = await asyncio.gather(
            *(hold(database, request) for request in requests), return_exceptions=True
        )
        made = [answer for answer in answers if isinstance(answer, CreatedHold)]
        short = [a.reason for a in answers if isinstance(a, DomainError)]
        assert (len(made), short) == (33, ["INSUFFICIENT_POINTS"] * 31)
        wallet = await view(database, chain)
        assert (wallet.points, wallet.held_points) == (10, 990)
        assert await open_hold_count(database, chain.member_id) == 33

    async def test_one_hold_asked_for_by_many_is_made_once(
        self, database: Database, chain: Chain
    ) -> None:
        request = build_hold(chain, 30)
        answers = await asyncio.gather(*(hold(database, request) for _ in range(16)))
        assert [answer.replayed for answer in answers].count(False) == 1
        assert (await view(database, chain)).held_points == 30

    async def test_one_id_asked_for_by_two_members_is_given_to_one(
        self, database: Database, chain: Chain
    ) -> None:
        await grant(database, chain, Value(Asset.POINTS, 9), member_id=chain.other_member_id)
        for _ in range(5):
            mine = build_hold(chain, 1)
            other = build_hold(chain, 1, hold_id=mine.hold_id, member_id=chain.other_member_id)
            answers = await asyncio.gather(
                *(hold(database, request) for request in (mine, other)), return_exceptions=True
            )
            assert sorted(type(answer).__name__ for answer in answers) == [
                "AlreadyExists",
                "CreatedHold",
            ]

    async def test_voids_and_posts_of_one_hold_agree_on_its_end(
        self, database: Database, chain: Chain
    ) -> None:
        for _ in range(8):
            request = build_hold(chain, 10)
            await hold(database, request)
            sale = build_spending(chain, 10, hold_id=request.hold_id)
            posted, *voided = await asyncio.gather(
                spend(database, sale),
                *(void_held(database, request.hold_id) for _ in range(3)),
                return_exceptions=True,
            )
            assert isinstance(posted, list)
            state = (await stored_hold(database, request.hold_id)).hold.state
            if reasons(posted) == [""]:
                assert state is HoldState.POSTED
                assert [a.reason for a in voided if isinstance(a, DomainError)] == [
                    "HOLD_CLOSED"
                ] * 3
            else:
                assert (reasons(posted), state) == (["HOLD_CLOSED"], HoldState.VOIDED)
                first = [a.replayed for a in voided if isinstance(a, VoidedHold)]
                assert sorted(first) == [False, True, True]
        assert await open_hold_count(database, chain.member_id) == 0
