"""Adjustments that need four eyes, from the outside: approved or turned down, once."""

import asyncio
from datetime import date

import pytest
from google.type.date_pb2 import Date
from sqlalchemy import text

from chassis.clock import to_proto_date, utc_now
from chassis.errors import Kind
from chassis.ids import new_id
from services.points.domain.programme import ADJUSTMENT_LIMIT_POINTS as LIMIT
from services.points.storage.rewards.adjustments import ProposalRepository
from tests.fixtures.audit import prove_books
from tests.fixtures.polling import eventually
from tests.fixtures.refusals import refusal
from tests.fixtures.rewards import RewardDesk, open_desk
from tests.fixtures.servers import somebody_waits
from yika.points.v1 import reward_events_pb2
from yika.points.v1 import reward_service_pb2 as pb

ABOVE = LIMIT + 1


def day(year: int) -> Date:
    """The first day of a year."""
    return to_proto_date(date(year, 1, 1))


@pytest.fixture
def desk(reward_desk: RewardDesk) -> RewardDesk:
    """The desk of rewards."""
    return reward_desk


class TestApproveAdjustment:
    async def test_goes_on_while_a_release_adds_a_column(self, desk: RewardDesk) -> None:
        async def change(statement: str) -> None:
            async with desk.ledger.database.transaction() as tx:
                await tx.connection.execute(text(f"ALTER TABLE adjustment_proposals {statement}"))

        for statement in ("ADD COLUMN later smallint", "DROP COLUMN later"):
            request = desk.approval(await desk.propose(ABOVE))
            await desk.finance.ApproveAdjustment(request)  # has prepared what it asks
            request = desk.approval(await desk.propose(ABOVE))
            await change(statement)
            answer = await desk.finance.ApproveAdjustment(request)
            assert answer.receipt.bill_id == request.header.bill_id

    async def test_books_what_was_proposed(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(5_000, expiry_date=day(2099))
        request = desk.approval(proposal_id)
        answer = await desk.finance.ApproveAdjustment(request)
        assert (answer.receipt.points, answer.receipt.bill_id) == (5_000, request.header.bill_id)
        decided = await desk.proposal(proposal_id)
        assert decided.state == pb.ADJUSTMENT_STATE_APPROVED
        assert (decided.decided_by, decided.decision_reason) == (desk.finance_subject, "已核实")
        assert decided.bill_id == request.header.bill_id
        assert decided.HasField("decided_time")
        (lot,) = (await desk.wallet()).lots
        assert lot.expiry_date.year == 2099

    async def test_answers_a_retry_with_the_first_answer(self, desk: RewardDesk) -> None:
        request = desk.approval(await desk.propose(ABOVE))
        # What the ledger writes into it does not count, whatever was sent.
        forged = pb.ApproveAdjustmentRequest()
        forged.CopyFrom(request)
        forged.approved_by, forged.adjustment.points = "somebody", 1
        first = await desk.finance.ApproveAdjustment(forged)
        again = await desk.finance.ApproveAdjustment(request)
        assert again.receipt.replayed
        assert again.receipt.points == first.receipt.points == ABOVE
        async with desk.person("auditor") as auditor:
            error = await refusal(auditor.ApproveAdjustment(request))
        assert error.reason == "ID_REUSED"

    async def test_is_not_for_who_proposed_it(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(ABOVE)
        error = await refusal(desk.stub.ApproveAdjustment(desk.approval(proposal_id)))
        assert (error.kind, error.reason) == (Kind.FORBIDDEN, "SELF_APPROVAL")
        assert (await desk.proposal(proposal_id)).state == pb.ADJUSTMENT_STATE_PROPOSED
        # The name in the header is not what decides.
        request = desk.approval(proposal_id, staff_id="9999")
        assert (await refusal(desk.stub.ApproveAdjustment(request))).reason == "SELF_APPROVAL"
        assert (await desk.wallet()).points == 0

    async def test_happens_once(self, desk: RewardDesk) -> None:
        approved, rejected = await desk.propose(ABOVE), await desk.propose(ABOVE)
        await desk.finance.ApproveAdjustment(desk.approval(approved))
        await desk.finance.RejectAdjustment(
            pb.RejectAdjustmentRequest(proposal_id=rejected, reason="不符")
        )
        async with desk.person("auditor") as auditor:
            for proposal_id in (approved, rejected):
                for approver in (desk.finance, auditor):
                    error = await refusal(approver.ApproveAdjustment(desk.approval(proposal_id)))
                    assert (error.kind, error.reason) == (Kind.PRECONDITION, "ALREADY_DECIDED")
        assert (await desk.wallet()).points == ABOVE

    async def test_of_many_at_once_books_once(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(ABOVE)
        async with desk.person("auditor") as auditor, desk.person("owner") as owner:
            approvers = [desk.finance, auditor, owner] * 5
            outcomes = await asyncio.gather(
                *(each.ApproveAdjustment(desk.approval(proposal_id)) for each in approvers),
                return_exceptions=True,
            )
        booked = [each for each in outcomes if isinstance(each, pb.ApproveAdjustmentResponse)]
        assert len(booked) == 1
        assert (await desk.proposal(proposal_id)).bill_id == booked[0].receipt.bill_id
        assert (await desk.wallet()).points == ABOVE
        await prove_books(desk.ledger.database)

    async def test_and_rejecting_at_once_end_one_way(self, desk: RewardDesk) -> None:
        for _ in range(5):
            proposal_id = await desk.propose(ABOVE)
            before = (await desk.wallet()).points
            async with desk.person("auditor") as auditor:
                approved, rejected = await asyncio.gather(
                    desk.finance.ApproveAdjustment(desk.approval(proposal_id)),
                    auditor.RejectAdjustment(
                        pb.RejectAdjustmentRequest(proposal_id=proposal_id, reason="不符")
                    ),
                    return_exceptions=True,
                )
            assert isinstance(approved, Exception) != isinstance(rejected, Exception)
            state = (await desk.proposal(proposal_id)).state
            was_booked = (await desk.wallet()).points == before + ABOVE
            assert was_booked == (state == pb.ADJUSTMENT_STATE_APPROVED)
            assert was_booked != isinstance(approved, Exception)

    async def test_leaves_it_open_when_it_cannot_be_booked(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(-ABOVE)
        request = desk.approval(proposal_id)
        error = await refusal(desk.finance.ApproveAdjustment(request))
        assert error.reason == "INSUFFICIENT_POINTS"
        assert (await desk.proposal(proposal_id)).state == pb.ADJUSTMENT_STATE_PROPOSED
        await desk.give(ABOVE)
        assert (await desk.finance.ApproveAdjustment(request)).receipt.points == 0

    async def test_refuses_what_is_not_that_proposal(self, desk: RewardDesk) -> None:
        error = await refusal(desk.finance.ApproveAdjustment(desk.approval(new_id())))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "UNKNOWN_PROPOSAL")
        proposal_id = await desk.propose(ABOVE)
        other = desk.approval(proposal_id, member_id=desk.chain.other_member_id)
        assert (await refusal(desk.finance.ApproveAdjustment(other))).reason == "MEMBER_MISMATCH"
        async with open_desk(desk.ledger) as elsewhere:
            moved = desk.approval(proposal_id, store_id=elsewhere.chain.store_id)
            error = await refusal(desk.finance.ApproveAdjustment(moved))
            assert (error.reason, error.message) == (
                "STORE_MISMATCH",
                "the proposal is about another store",
            )
            assert error.metadata["store_id"] == elsewhere.chain.store_id

    @pytest.mark.parametrize("is_rejected", [True, False])
    async def test_waits_for_a_decision_that_is_under_way(
        self, desk: RewardDesk, is_rejected: bool
    ) -> None:
        proposal_id = await desk.propose(ABOVE)
        database = desk.ledger.database
        call = (
            desk.finance.RejectAdjustment(
                pb.RejectAdjustmentRequest(proposal_id=proposal_id, reason="不符")
            )
            if is_rejected
            else desk.finance.ApproveAdjustment(desk.approval(proposal_id))
        )
        async with database.transaction() as tx:
            repository = ProposalRepository(tx.connection)
            stored = await repository.find(proposal_id, lock=True)
            assert stored is not None
            late = asyncio.ensure_future(refusal(call))
            await eventually(lambda: somebody_waits(database))
            await repository.decide(stored.rejected("auditor", utc_now(), "重复"))
        assert (await late).reason == "ALREADY_DECIDED"
        assert (await desk.proposal(proposal_id)).decided_by == "auditor"


class TestRejectAdjustment:
    def rejection(self, proposal_id: str, reason: str = "不符") -> pb.RejectAdjustmentRequest:
        return pb.RejectAdjustmentRequest(proposal_id=proposal_id, reason=reason)

    async def test_books_nothing_and_keeps_who_and_why(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(ABOVE)
        answer = await desk.finance.RejectAdjustment(self.rejection(proposal_id))
        assert answer.proposal.state == pb.ADJUSTMENT_STATE_REJECTED
        assert (answer.proposal.decided_by, answer.proposal.decision_reason) == (
            desk.finance_subject,
            "不符",
        )
        again = await desk.finance.RejectAdjustment(self.rejection(proposal_id))
        assert (again.replayed, again.proposal) == (True, answer.proposal)
        assert (await desk.wallet()).points == 0
        told = [
            each.proposal_id
            for payload in await desk.events("AdjustmentsRejected")
            for each in reward_events_pb2.AdjustmentsRejected.FromString(payload).proposals
        ]
        assert told.count(proposal_id) == 1

    async def test_lets_who_proposed_it_take_it_back(self, desk: RewardDesk) -> None:
        answer = await desk.stub.RejectAdjustment(self.rejection(await desk.propose(ABOVE)))
        assert answer.proposal.decided_by == answer.proposal.proposed_by == desk.clerk_subject

    async def test_happens_once(self, desk: RewardDesk) -> None:
        proposal_id = await desk.propose(ABOVE)
        await desk.finance.RejectAdjustment(self.rejection(proposal_id))
        other_reason = self.rejection(proposal_id, "重复")
        error = await refusal(desk.finance.RejectAdjustment(other_reason))
        assert error.reason == "ALREADY_DECIDED"
        async with desk.person("auditor") as auditor:
            error = await refusal(auditor.RejectAdjustment(self.rejection(proposal_id)))
        assert error.reason == "ALREADY_DECIDED"

    async def test_refuses_bad_form_and_unknown_proposals(self, desk: RewardDesk) -> None:
        error = await refusal(desk.finance.RejectAdjustment(self.rejection(new_id(), " ")))
        assert error.reason == "REASON_REQUIRED"
        error = await refusal(desk.finance.RejectAdjustment(self.rejection(new_id(), "x" * 257)))
        assert error.reason == "CODE_TOO_LONG"
        error = await refusal(desk.finance.RejectAdjustment(self.rejection(new_id())))
        assert error.reason == "UNKNOWN_PROPOSAL"
        proposal_id = await desk.propose(ABOVE)
        async with desk.person(desk.finance_subject, stores=[new_id()]) as elsewhere:
            error = await refusal(elsewhere.RejectAdjustment(self.rejection(proposal_id)))
        assert error.reason == "STORE_OUT_OF_SCOPE"
