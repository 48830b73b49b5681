"""Books a proposed adjustment that somebody else has approved."""

from functools import partial

from chassis.database import Database
from chassis.errors import PreconditionFailed
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.rewards.points_adjustment import decide_approval, unknown_proposal
from services.points.domain.rewards.proposal import Proposal
from services.points.messages.rewards.reward_messages import adjustment_of
from services.points.usecases.rewards.adjust_points import find_proposal
from yika.points.v1 import reward_service_pb2 as pb


async def approve_adjustment_command(
    database: Database, message: pb.ApproveAdjustmentRequest, header: Header, approver: str
) -> Command:
    """The command of an approval. Its document says what was proposed, by whom, and who approved.

    NotFound UNKNOWN_PROPOSAL; PreconditionFailed MEMBER_MISMATCH or STORE_MISMATCH when the header
    names another than the proposal. Whether it still waits is decided under the wallet's lock.
    """
    proposal = await find_proposal(database, message.proposal_id)
    if proposal is None:
        raise unknown_proposal(message.proposal_id)
    _check_place(proposal, header)
    message.adjustment.ParseFromString(proposal.document)
    message.proposed_by = proposal.proposed_by
    message.approved_by = approver
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.POINTS_ADJUSTMENT,
        message=message,
        members=(header.member_id,),
        decide=partial(
            decide_approval,
            header=header,
            adjustment=adjustment_of(message.adjustment),
            proposal_id=proposal.proposal_id,
            approver=approver,
        ),
        needs_lots=True,
        proposals=(proposal.proposal_id,),
    )


def _check_place(proposal: Proposal, header: Header) -> None:
    for reason, what, ours, theirs in (
        ("MEMBER_MISMATCH", "member", proposal.member_id, header.member_id),
        ("STORE_MISMATCH", "store", proposal.store_id, header.store_id),
    ):
        if ours != theirs:
            raise PreconditionFailed(
                reason,
                f"the proposal is about another {what}",
                {"proposal_id": proposal.proposal_id, f"{what}_id": theirs},
            )
