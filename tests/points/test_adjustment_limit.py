"""What may be adjusted on a day without approval: domain/rewards/adjustment_limit.py."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from chassis.ids import new_id
from services.points.commands import Command
from services.points.domain.limits import ledger_day
from services.points.domain.programme import Programme, Programmes
from services.points.domain.rewards.adjustment_limit import (
    AdjustmentLimit,
    DaySums,
    limit_of,
)
from services.points.domain.rewards.points_adjustment import Adjustment, decide_direct_adjustment
from services.points.messages.documents import read_header
from services.points.usecases.post_bills import Posted
from services.points.usecases.rewards.adjust_points import adjustment_command
from tests.fixtures.builders_points import Chain, build_chain, build_header, post_commands
from tests.fixtures.rewards import RewardDesk
from tests.fixtures.wallet_commands import merge_command, undo_command
from tests.fixtures.wallet_moves import NOW, Bench, refused
from yika.points.v1 import reward_service_pb2 as pb

RULES = Programme(version=2, adjustment_limit_points=10, adjustment_day_limit_points=25)


@dataclass
class DayBench:
    """Members in memory, and what persons have adjusted today."""

    bench: Bench
    sums: dict[str, DaySums] = field(default_factory=dict)

    def adjust(self, subject: str, member_id: str, points: int) -> None:
        """Adjusts, or raises the refusal."""
        books = self.bench.books()
        books.day_sums = self.sums
        header = self.bench.header(member_id)
        drafts = decide_direct_adjustment(books, header, Adjustment(points), subject)
        self.bench.post(header, drafts)
        books.note(drafts[0])


class TestDecideDirectAdjustment:
    @given(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.integers(-11, 11)),
            max_size=30,
        )
    )
    def test_stands_exactly_while_three_limits_are_kept(
        self, acts: list[tuple[str, int, int]]
    ) -> None:
        members = [new_id() for _ in range(3)]
        bench = Bench(members, programme=RULES)
        desk = DayBench(bench)
        for member_id in members:
            bench.earn(member_id, 1_000)
        sums: dict[tuple[str, bool], int] = {}
        for subject, number, points in acts:
            if not points:
                continue
            keys = [(subject, points > 0), (members[number], points > 0)]
            after = [sums.get(key, 0) + abs(points) for key in keys]
            within = abs(points) <= 10 and max(after) <= 25
            error = refused(lambda s=subject, m=members[number], p=points: desk.adjust(s, m, p))  # type: ignore[misc]
            assert (error is None) == within
            if error is None:
                sums.update(zip(keys, after, strict=True))
            else:
                assert error.reason == "APPROVAL_NEEDED"
                of_person, of_member = after
                assert limit_of(error) is (
                    AdjustmentLimit.ONE_ADJUSTMENT
                    if abs(points) > 10
                    else AdjustmentLimit.MEMBER_DAY
                    if of_member > 25
                    else AdjustmentLimit.PERSON_DAY
                )
                assert of_person > 25 or limit_of(error) is not AdjustmentLimit.PERSON_DAY

    def test_without_a_limit_of_its_own_a_day_has_that_of_one(self) -> None:
        member_id = new_id()
        desk = DayBench(Bench([member_id], programme=Programme(adjustment_limit_points=10)))
        desk.adjust("a", member_id, 6)
        error = refused(lambda: desk.adjust("b", member_id, 5))
        assert error is not None
        assert (error.reason, error.metadata["of_member"]) == ("APPROVAL_NEEDED", "11")
        desk.adjust("b", member_id, 4)

    def test_counts_by_the_day_of_the_ledger_in_china(self) -> None:
        assert ledger_day(datetime(2026, 5, 1, 15, 59, tzinfo=UTC)).day == 1
        assert ledger_day(datetime(2026, 5, 1, 16, 0, tzinfo=UTC)).day == 2


def command(chain: Chain, subject: str, points: int, member_id: str = "") -> Command:
    """An adjustment that nobody approves."""
    header = build_header(chain, member_id=member_id or chain.member_id, reason="补积分")
    message = pb.AdjustPointsRequest(header=header, points=points)
    return adjustment_command(message, read_header(header, NOW), Adjustment(points), subject)


async def told(database: Database, *commands: Command, now: datetime = NOW) -> list[str]:
    """Posts commands as one batch; how each ended."""
    outcomes = await post_commands(database, *commands, now=now, programmes=Programmes([RULES]))
    return ["OK" if isinstance(each, Posted) else each.reason for each in outcomes]


class TestInTheLedger:
    async def test_a_persons_day_is_counted_over_members(self, database: Database) -> None:
        chain, members = await build_chain(database, 3)
        clerk = new_id()
        batch = [command(chain, clerk, 10, member_id) for member_id in members]
        assert await told(database, *batch) == ["OK", "OK", "APPROVAL_NEEDED"]
        assert await told(database, command(chain, clerk, 5, members[2])) == ["OK"]
        assert await told(database, command(chain, clerk, 1)) == ["APPROVAL_NEEDED"]
        assert await told(database, command(chain, new_id(), 1)) == ["OK"]
        tomorrow = NOW + timedelta(days=1)
        again = command(chain, clerk, 10)
        assert await told(database, again, now=tomorrow) == ["OK"]

    async def test_a_members_day_is_counted_over_persons(
        self, database: Database, chain: Chain
    ) -> None:
        for ended in ("OK", "OK", "APPROVAL_NEEDED"):
            assert await told(database, command(chain, new_id(), 10)) == [ended]
        assert await told(database, command(chain, new_id(), 5)) == ["OK"]

    async def test_a_retry_of_what_was_booked_is_no_new_one(
        self, database: Database, chain: Chain
    ) -> None:
        clerk = new_id()
        first = command(chain, clerk, 10)
        assert await told(database, first, command(chain, clerk, 10)) == ["OK", "OK"]
        assert await told(database, first) == ["OK"]
        async with database.read() as connection:
            rows = await connection.execute(
                text("SELECT count(*) FROM direct_adjustments WHERE subject = :s"), {"s": clerk}
            )
            assert rows.scalar_one() == 2

    async def test_64_at_once_by_one_person_pass_as_the_limit_allows(
        self, database: Database
    ) -> None:
        chain, members = await build_chain(database, 64)
        clerk = new_id()
        outcomes = await asyncio.gather(
            *(told(database, command(chain, clerk, 5, member_id)) for member_id in members)
        )
        assert sorted(outcomes) == [["APPROVAL_NEEDED"]] * 59 + [["OK"]] * 5

    async def test_64_at_once_for_one_member_pass_as_the_limit_allows(
        self, database: Database, chain: Chain
    ) -> None:
        outcomes = await asyncio.gather(
            *(told(database, command(chain, new_id(), 5)) for _ in range(64))
        )
        assert sorted(outcomes) == [["APPROVAL_NEEDED"]] * 59 + [["OK"]] * 5

    async def test_a_merge_gives_no_further_day(self, database: Database, chain: Chain) -> None:
        other = chain.other_member_id
        merge = merge_command(chain, chain.member_id, other)
        assert await told(database, command(chain, new_id(), 10)) == ["OK"]
        assert await told(database, command(chain, new_id(), 10, other)) == ["OK"]
        assert await told(database, merge) == ["OK"]
        assert await told(database, command(chain, new_id(), 6, other)) == ["APPROVAL_NEEDED"]
        assert await told(database, command(chain, new_id(), 5)) == ["OK"]
        undo = undo_command(chain, chain.member_id, merge.bill_id)
        assert await told(database, undo) == ["OK"]
        assert await told(database, command(chain, new_id(), 10)) == ["OK"]
        assert await told(database, command(chain, new_id(), 10, other)) == ["OK"]
        assert await told(database, command(chain, new_id(), 6)) == ["APPROVAL_NEEDED"]


class TestAdjustPoints:
    async def test_proposes_what_the_day_has_no_room_for(self, reward_desk: RewardDesk) -> None:
        desk = reward_desk
        for _ in range(4):
            assert (await desk.stub.AdjustPoints(desk.adjustment(250))).HasField("receipt")
        request = desk.adjustment(1)
        answer = await desk.stub.AdjustPoints(request)
        assert answer.proposal.proposed_by == desk.clerk_subject
        assert answer.proposal.limit == pb.ADJUSTMENT_LIMIT_MEMBER_DAY
        again = await desk.stub.AdjustPoints(request)
        assert (again.replayed, again.proposal) == (True, answer.proposal)
        assert (await desk.wallet()).points == 1_000
        approval = desk.approval(answer.proposal.proposal_id)
        assert (await desk.finance.ApproveAdjustment(approval)).receipt.points == 1_001
        # What was approved counts for nobody, and taking is counted apart.
        assert (await desk.stub.AdjustPoints(desk.adjustment(-900))).receipt.points == 101
        assert (await desk.finance.AdjustPoints(desk.adjustment(1))).HasField("proposal")
        of_other = desk.adjustment(1, member_id=desk.chain.other_member_id)
        answer = await desk.stub.AdjustPoints(of_other)
        assert answer.proposal.limit == pb.ADJUSTMENT_LIMIT_PERSON_DAY
        get = pb.GetAdjustmentProposalRequest(proposal_id=of_other.header.bill_id)
        stored = await desk.finance.GetAdjustmentProposal(get)
        assert stored.proposal.limit == pb.ADJUSTMENT_LIMIT_PERSON_DAY
