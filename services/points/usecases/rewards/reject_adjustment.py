"""Turns a proposed adjustment down: nothing is booked, and its decision is kept."""

from datetime import datetime

from chassis.auth import Principal
from chassis.clock import to_timestamp
from chassis.database import Database
from services.points.domain.rewards.points_adjustment import unknown_proposal
from services.points.domain.rewards.proposal import Proposal, ProposalState
from services.points.storage.rewards.adjustments import ProposalRepository
from yika.points.v1 import reward_events_pb2


async def reject_adjustment(
    database: Database, proposal_id: str, reason: str, *, principal: Principal, now: datetime
) -> tuple[Proposal, bool]:
    """The proposal as it stands now, and whether the caller had turned it down so before.

    NotFound UNKNOWN_PROPOSAL; Forbidden STORE_OUT_OF_SCOPE; PreconditionFailed ALREADY_DECIDED.
    """
    async with database.transaction() as tx:
        repository = ProposalRepository(tx.connection)
        proposal = await repository.find(proposal_id, lock=True)
        if proposal is None:
            raise unknown_proposal(proposal_id)
        principal.require_store(proposal.store_id)
        before = (proposal.state, proposal.decided_by, proposal.decision_reason)
        if before == (ProposalState.REJECTED, principal.subject, reason):
            return proposal, True
        rejected = proposal.rejected(principal.subject, now, reason)
        await repository.decide(rejected)
        event = reward_events_pb2.AdjustmentsRejected()
        event.proposals.add(
            proposal_id=rejected.proposal_id,
            member_id=rejected.member_id,
            store_id=rejected.store_id,
            rejected_time=to_timestamp(now),
        )
        tx.publish(event, member_id=rejected.member_id)
    return rejected, False
