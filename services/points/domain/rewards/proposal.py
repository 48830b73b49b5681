"""Adjustments that wait for somebody else's approval, and how that ended. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from chassis.errors import Forbidden, PreconditionFailed
from services.points.domain.rewards.adjustment_limit import AdjustmentLimit, approval_needed

# More of one member that wait are no corrections but a flood.
OPEN_PROPOSALS_MAX = 20


class ProposalState(IntEnum):
    """Where a proposal stands; the numbers are those of the proto and of the table."""

    PROPOSED = 1
    APPROVED = 2
    REJECTED = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed adjustment; `document` is the request as it came.

    Only the last five ever change, once, when somebody decides.
    """

    proposal_id: str
    member_id: str
    store_id: str
    points: int
    proposed_by: str
    proposed_at: datetime
    document: bytes
    limit: AdjustmentLimit | None = None  # None: not recorded, of before it was
    state: ProposalState = ProposalState.PROPOSED
    decided_by: str = ""
    decided_at: datetime | None = None
    decision_reason: str = ""
    bill_id: str | None = None

    def approved(self, by: str, at: datetime, reason: str, bill_id: str) -> "Proposal":
        """After its approval.

        Forbidden SELF_APPROVAL for who proposed it; PreconditionFailed ALREADY_DECIDED.
        """
        if by == self.proposed_by:
            raise Forbidden(
                "SELF_APPROVAL",
                "nobody approves an adjustment of their own",
                {"proposal_id": self.proposal_id, "subject": by},
            )
        self.require_open()
        return replace(
            self,
            state=ProposalState.APPROVED,
            decided_by=by,
            decided_at=at,
            decision_reason=reason,
            bill_id=bill_id,
        )

    def rejected(self, by: str, at: datetime, reason: str) -> "Proposal":
        """After it was turned down, by whom ever; PreconditionFailed ALREADY_DECIDED."""
        self.require_open()
        return replace(
            self,
            state=ProposalState.REJECTED,
            decided_by=by,
            decided_at=at,
            decision_reason=reason,
        )

    def require_open(self) -> None:
        """PreconditionFailed ALREADY_DECIDED once somebody has decided."""
        if self.state is not ProposalState.PROPOSED:
            raise PreconditionFailed(
                "ALREADY_DECIDED",
                f"the adjustment was {self.state.name.lower()} before",
                {"proposal_id": self.proposal_id, "state": self.state.name},
            )


def proposed_before(proposal: Proposal) -> PreconditionFailed:
    """The refusal to book by itself what waits for approval under the same id, or has waited."""
    limit = proposal.limit or AdjustmentLimit.ONE_ADJUSTMENT
    return approval_needed(limit, {"proposal_id": proposal.proposal_id})


def check_open_count(open_count: int) -> None:
    """PreconditionFailed TOO_MANY_PROPOSALS when no further proposal of a member may wait."""
    if open_count >= OPEN_PROPOSALS_MAX:
        raise PreconditionFailed(
            "TOO_MANY_PROPOSALS",
            f"at most {OPEN_PROPOSALS_MAX} adjustments of a member wait for approval",
            {"open": open_count, "most": OPEN_PROPOSALS_MAX},
        )
