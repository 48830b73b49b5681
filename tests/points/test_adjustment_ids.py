"""One id of an adjustment is a bill or a proposal: usecases/rewards/adjust_points.py."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from chassis.database import Database
from chassis.errors import AlreadyExists
from chassis.ids import new_id
from services.points.commands import Command
from services.points.domain.programme import Programme, Programmes
from services.points.domain.rewards.points_adjustment import Adjustment
from services.points.domain.rewards.proposal import Proposal
from services.points.messages.documents import read_header
from services.points.usecases.post_bills import Outcome, Posted, find_bill
from services.points.usecases.rewards.adjust_points import adjust_points, find_proposal
from tests.fixtures.builders_points import Chain, build_chain, build_header, post_commands
from tests.fixtures.wallet_moves import NOW
from yika.points.v1 import ledger_pb2
from yika.points.v1 import reward_service_pb2 as pb

PROGRAMMES = Programmes(
    [Programme(version=2, adjustment_limit_points=10, adjustment_day_limit_points=25)]
)
EVENING = datetime(2026, 5, 2, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in China
NIGHT = EVENING + timedelta(seconds=2)

Act = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class SlowDoor:
    """Posts each call alone; `before` happens while the first of them is on its way."""

    database: Database
    now: datetime
    before: Act | None = None

    async def post(self, commands: Sequence[Command]) -> list[Outcome]:
        """Posts commands as the door does."""
        before, self.before = self.before, None
        if before is not None:
            await before()
        return await post_commands(self.database, *commands, now=self.now, programmes=PROGRAMMES)


async def ask(
    database: Database,
    header: ledger_pb2.BillHeader,
    points: int,
    *,
    now: datetime = NOW,
    before: Act | None = None,
) -> Posted | tuple[Proposal, bool]:
    """Asks for an adjustment, as somebody who has asked for none that day."""
    return await adjust_points(
        database,
        SlowDoor(database, now, before),  # type: ignore[arg-type]
        pb.AdjustPointsRequest(header=header, points=points),
        read_header(header, now),
        Adjustment(points),
        programmes=PROGRAMMES,
        subject=new_id(),
        now=now,
    )


async def test_a_retry_after_midnight_does_not_book_what_is_proposed(
    database: Database, chain: Chain
) -> None:
    """The day of the first try had no room, that of its retry has."""
    for _ in range(2):
        posted = await ask(database, build_header(chain, reason="补积分"), 10, now=EVENING)
        assert isinstance(posted, Posted)
    header = build_header(chain, reason="补积分")
    again = await ask(
        database, header, 10, now=NIGHT, before=lambda: ask(database, header, 10, now=EVENING)
    )
    proposal = await find_proposal(database, header.bill_id)
    assert again == (proposal, True)
    assert await find_bill(database, header.bill_id) is None
    assert await ask(database, header, 10, now=NIGHT) == again
    with pytest.raises(AlreadyExists, match="ID_REUSED"):
        await ask(database, header, 9, now=NIGHT)


async def test_of_two_members_at_once_is_one_of_both(database: Database) -> None:
    ended: set[tuple[bool, bool]] = set()
    for _ in range(20):
        chain, (member_id, other_member_id) = await build_chain(database, 2)
        bill_id = new_id()
        outcomes = await asyncio.gather(
            *(
                ask(
                    database,
                    build_header(chain, bill_id=bill_id, member_id=each, reason="补积分"),
                    points,
                )
                for each, points in ((member_id, 10), (other_member_id, 20))
            ),
            return_exceptions=True,
        )
        (refusal,) = [each for each in outcomes if isinstance(each, BaseException)]
        assert isinstance(refusal, AlreadyExists)
        booked = await find_bill(database, bill_id) is not None
        proposed = await find_proposal(database, bill_id) is not None
        ended.add((booked, proposed))
    assert ended <= {(True, False), (False, True)}
