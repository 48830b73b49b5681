"""Adjustments from the outside: who asks, who approves, and what is booked when."""

import asyncio
from datetime import date, timedelta

import pytest
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.errors import Kind
from chassis.ids import new_id
from services.points import pages
from services.points.domain.programme import ADJUSTMENT_LIMIT_POINTS as LIMIT
from services.points.domain.programme import Programme, Programmes
from services.points.domain.rewards.proposal import OPEN_PROPOSALS_MAX
from services.points.door import Door
from services.points.messages.documents import read_header
from services.points.messages.rewards.reward_messages import read_adjustment
from services.points.usecases.rewards.adjust_points import adjust_points
from tests.fixtures.builders_points import post_commands, running_door
from tests.fixtures.refusals import refusal
from tests.fixtures.rewards import RewardDesk
from yika.points.v1 import events_pb2, ledger_pb2, reward_events_pb2
from yika.points.v1 import reward_service_pb2 as pb

ABOVE = LIMIT + 1


def day(year: int) -> Date:
    """The first day of a year."""
    return to_proto_date(date(year, 1, 1))


@pytest.fixture
def desk(reward_desk: RewardDesk) -> RewardDesk:
    """The desk of rewards."""
    return reward_desk


class TestAdjustPoints:
    async def test_books_at_once_within_the_limit(self, desk: RewardDesk) -> None:
        added = await desk.stub.AdjustPoints(desk.adjustment(LIMIT))
        assert (added.receipt.points, added.receipt.points_earned) == (LIMIT, LIMIT)
        assert not added.HasField("proposal")
        taken = await desk.stub.AdjustPoints(desk.adjustment(-LIMIT + 100))
        assert (taken.receipt.points, taken.receipt.points_change) == (100, 100 - LIMIT)
        booked = await desk.bill(added.receipt.bill_id)
        assert booked.kind == ledger_pb2.BILL_KIND_POINTS_ADJUSTMENT
        assert (booked.reason, booked.points_earned) == ("系统漏积", LIMIT)
        (lot,) = (await desk.wallet()).lots
        assert (lot.rule_version, lot.remaining_amount) == ("adjustment@2", 100)

    async def test_tells_others(self, desk: RewardDesk) -> None:
        added = await desk.stub.AdjustPoints(desk.adjustment(5))
        told = [
            each
            for payload in await desk.events("BillsPosted")
            for each in events_pb2.BillsPosted.FromString(payload).bills
        ]
        (mine,) = [each for each in told if each.bill_id == added.receipt.bill_id]
        assert (mine.kind, mine.receipt.points) == (ledger_pb2.BILL_KIND_POINTS_ADJUSTMENT, 5)

    async def test_answers_a_retry_with_the_first_answer(self, desk: RewardDesk) -> None:
        request = desk.adjustment(5)
        first = await desk.stub.AdjustPoints(request)
        await desk.stub.AdjustPoints(desk.adjustment(7))
        again = await desk.stub.AdjustPoints(request)
        assert (again.replayed, again.receipt.points) == (True, first.receipt.points)
        request.points = 6
        assert (await refusal(desk.stub.AdjustPoints(request))).reason == "ID_REUSED"
        assert (await desk.wallet()).points == 12

    async def test_only_proposes_above_the_limit(self, desk: RewardDesk) -> None:
        await desk.give(500)
        for points in (ABOVE, -ABOVE):
            request = desk.adjustment(points)
            answer = await desk.stub.AdjustPoints(request)
            assert not answer.HasField("receipt")
            assert answer.proposal.state == pb.ADJUSTMENT_STATE_PROPOSED
            assert answer.proposal.proposal_id == request.header.bill_id
            assert answer.proposal.adjustment == request
            assert answer.proposal.limit == pb.ADJUSTMENT_LIMIT_ONE_ADJUSTMENT
            assert answer.proposal.proposed_by == desk.clerk_subject
            again = await desk.stub.AdjustPoints(request)
            assert (again.replayed, again.proposal) == (True, answer.proposal)
        assert (await desk.wallet()).points == 500
        told = [
            each.points
            for payload in await desk.events("AdjustmentsProposed")
            for each in reward_events_pb2.AdjustmentsProposed.FromString(payload).proposals
            if each.member_id == desk.chain.member_id
        ]
        assert told == [ABOVE, -ABOVE]

    async def test_cannot_get_round_the_limit_with_a_time_of_the_past(
        self, desk: RewardDesk
    ) -> None:
        now = utc_now()
        programmes = Programmes(
            [Programme(version=2, effective_at=now - timedelta(days=1), adjustment_limit_points=10)]
        )
        before = now - timedelta(days=2)
        request = desk.adjustment(
            11, occurred_time=to_timestamp(before), business_date=to_proto_date(before.date())
        )
        header = read_header(request.header, now)
        door = Door(
            lambda commands: post_commands(desk.ledger.database, *commands, now=now),
            batch_max=1,
            writers=1,
            queue_max=1,
        )
        async with running_door(door):
            outcome = await adjust_points(
                desk.ledger.database,
                door,
                request,
                header,
                read_adjustment(request, header),
                programmes=programmes,
                subject="clerk",
                now=now,
            )
        assert isinstance(outcome, tuple), "it was booked by the limit of two days ago"
        assert (await desk.wallet()).points == 0

    async def test_keeps_one_id_for_a_bill_and_a_proposal(self, desk: RewardDesk) -> None:
        booked = desk.adjustment(5)
        await desk.stub.AdjustPoints(booked)
        booked.points = ABOVE
        assert (await refusal(desk.stub.AdjustPoints(booked))).reason == "ID_REUSED"
        proposed = desk.adjustment(ABOVE)
        await desk.stub.AdjustPoints(proposed)
        for points in (5, ABOVE + 1):
            proposed.points = points
            assert (await refusal(desk.stub.AdjustPoints(proposed))).reason == "ID_REUSED"

    async def test_lets_few_proposals_of_a_member_wait(self, desk: RewardDesk) -> None:
        requests = [desk.adjustment(ABOVE) for _ in range(OPEN_PROPOSALS_MAX + 12)]
        outcomes = await asyncio.gather(
            *(desk.stub.AdjustPoints(request) for request in requests), return_exceptions=True
        )
        made = [outcome for outcome in outcomes if isinstance(outcome, pb.AdjustPointsResponse)]
        assert len(made) == OPEN_PROPOSALS_MAX
        error = await refusal(desk.stub.AdjustPoints(desk.adjustment(ABOVE)))
        assert (error.kind, error.reason) == (Kind.PRECONDITION, "TOO_MANY_PROPOSALS")
        assert (await desk.stub.AdjustPoints(desk.adjustment(5))).receipt.points == 5

    async def test_of_one_id_at_once_proposes_once(self, desk: RewardDesk) -> None:
        request = desk.adjustment(ABOVE)
        answered = await asyncio.gather(*(desk.stub.AdjustPoints(request) for _ in range(16)))
        assert sorted(answer.replayed for answer in answered) == [False] + [True] * 15

    async def test_refuses_bad_form(self, desk: RewardDesk) -> None:
        for request, reason in (
            (desk.adjustment(0), "INVALID_AMOUNT"),
            (desk.adjustment(2**63 - 1), "INVALID_AMOUNT"),
            (desk.adjustment(-(2**63)), "INVALID_AMOUNT"),
            (desk.adjustment(5, reason=" "), "REASON_REQUIRED"),
            (desk.adjustment(5, staff_id=""), "STAFF_REQUIRED"),
            (desk.adjustment(5, allow_debt=True), "DEBT_NOT_EXPECTED"),
            (
                desk.adjustment(-5, expiry_date=to_proto_date(date(2030, 1, 1))),
                "EXPIRY_NOT_EXPECTED",
            ),
            (desk.adjustment(5, expiry_date=to_proto_date(date(2020, 1, 1))), "EXPIRY_IN_PAST"),
            (desk.adjustment(5, bill_id="x"), "INVALID_ID"),
            (desk.adjustment(5, member_id=new_id()), "UNKNOWN_MEMBER"),
            (desk.adjustment(5, store_id=new_id()), "UNKNOWN_STORE"),
            (desk.adjustment(-5), "INSUFFICIENT_POINTS"),
        ):
            assert (await refusal(desk.stub.AdjustPoints(request))).reason == reason
        large = desk.adjustment(5)
        large.MergeFromString(b"\xfa\x7f\x80\x80\x02" + b"x" * 2**15)  # a field nobody knows
        assert (await refusal(desk.stub.AdjustPoints(large))).reason == "REQUEST_TOO_LARGE"

    async def test_takes_into_debt_only_when_told_to(self, desk: RewardDesk) -> None:
        await desk.give(10)
        answer = await desk.stub.AdjustPoints(desk.adjustment(-25, allow_debt=True))
        assert (answer.receipt.points, answer.receipt.debt_points) == (0, 15)

    async def test_needs_a_token_that_reaches_the_store(self, desk: RewardDesk) -> None:
        async with desk.person(desk.clerk_subject, stores=[new_id()]) as elsewhere:
            error = await refusal(elsewhere.AdjustPoints(desk.adjustment(5)))
        assert (error.kind, error.reason) == (Kind.FORBIDDEN, "STORE_OUT_OF_SCOPE")


class TestListAdjustmentProposals:
    async def test_pages_through_those_that_wait(self, desk: RewardDesk) -> None:
        made = [await desk.propose(ABOVE) for _ in range(5)]
        await desk.finance.RejectAdjustment(
            pb.RejectAdjustmentRequest(proposal_id=made.pop(1), reason="不符")
        )
        await desk.finance.ApproveAdjustment(desk.approval(made.pop()))
        seen: list[str] = []
        token = ""
        while True:
            page = await desk.finance.ListAdjustmentProposals(
                pb.ListAdjustmentProposalsRequest(
                    store_id=desk.chain.store_id, page_size=2, page_token=token
                )
            )
            assert len(page.proposals) <= 2
            seen += [each.proposal_id for each in page.proposals]
            if not (token := page.next_page_token):
                break
        assert seen == made
        everywhere = await desk.finance.ListAdjustmentProposals(
            pb.ListAdjustmentProposalsRequest(page_size=500)
        )
        assert set(made) <= {each.proposal_id for each in everywhere.proposals}

    async def test_a_page_ends_where_it_grows_too_large(
        self, desk: RewardDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A request may have 16 KiB, and 500 of these are more than a client takes."""
        made = [await desk.propose(ABOVE) for _ in range(3)]
        monkeypatch.setattr(pages, "PAGE_BYTES_MAX", 5_000)
        seen: list[str] = []
        request = pb.ListAdjustmentProposalsRequest(store_id=desk.chain.store_id, page_size=500)
        for count in (2, 1):
            page = await desk.finance.ListAdjustmentProposals(request)
            assert len(page.proposals) == count
            seen += [each.proposal_id for each in page.proposals]
            request.page_token = page.next_page_token
        assert (seen, request.page_token) == (made, "")

    async def test_needs_a_token_that_reaches_the_stores(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(ABOVE)
        async with desk.person(desk.finance_subject, stores=[new_id()]) as elsewhere:
            for request in (
                pb.ListAdjustmentProposalsRequest(),
                pb.ListAdjustmentProposalsRequest(store_id=desk.chain.store_id),
            ):
                error = await refusal(elsewhere.ListAdjustmentProposals(request))
                assert error.reason == "STORE_OUT_OF_SCOPE"
            get = pb.GetAdjustmentProposalRequest(proposal_id=proposal_id)
            error = await refusal(elsewhere.GetAdjustmentProposal(get))
            assert error.reason == "STORE_OUT_OF_SCOPE"

    async def test_refuses_foreign_tokens_and_unknown_ids(self, desk: RewardDesk) -> None:
        request = pb.ListAdjustmentProposalsRequest(page_token="WyJhIl0=")
        error = await refusal(desk.finance.ListAdjustmentProposals(request))
        assert error.reason == "INVALID_PAGE_TOKEN"
        unknown = pb.ListAdjustmentProposalsRequest(store_id=new_id())
        error = await refusal(desk.finance.ListAdjustmentProposals(unknown))
        assert error.reason == "UNKNOWN_STORE"
        get = pb.GetAdjustmentProposalRequest(proposal_id=new_id())
        error = await refusal(desk.finance.GetAdjustmentProposal(get))
        assert error.reason == "UNKNOWN_PROPOSAL"
