"""RewardService: message -> command -> use case -> message."""

import grpc

from chassis.auth import current_principal
from chassis.clock import utc_now
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.commands import Command
from services.points.domain.lot import LotKey
from services.points.domain.rewards.points_adjustment import unknown_proposal
from services.points.ledger import Ledger, receipt_answer
from services.points.messages.documents import receipt_message
from services.points.messages.rewards.reward_messages import (
    explanation_message,
    proposal_message,
    read_adjustment,
    read_approval,
    read_gift_return,
    read_ordinal,
    read_redemption,
    read_rejection,
)
from services.points.usecases.post_bills import Posted
from services.points.usecases.preview_bill import preview_bill
from services.points.usecases.rewards.adjust_points import adjust_points, find_proposal
from services.points.usecases.rewards.approve_adjustment import approve_adjustment_command
from services.points.usecases.rewards.explain_value import (
    explain_bill,
    explain_lot,
    find_explained_bill,
)
from services.points.usecases.rewards.list_adjustment_proposals import list_adjustment_proposals
from services.points.usecases.rewards.redeem_gift import redeem_gift_command
from services.points.usecases.rewards.reject_adjustment import reject_adjustment
from services.points.usecases.rewards.return_gift import return_gift_command
from yika.points.v1 import reward_service_pb2 as pb
from yika.points.v1 import reward_service_pb2_grpc


class RewardServicer(reward_service_pb2_grpc.RewardServiceServicer):
    """The RPCs of gifts and adjustments. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def AdjustPoints(
        self, request: pb.AdjustPointsRequest, _: grpc.aio.ServicerContext
    ) -> pb.AdjustPointsResponse:
        """Adds or takes points, or proposes it."""
        header = await self._ledger.read_header(request)
        adjustment = read_adjustment(request, header)
        outcome = await adjust_points(
            self._ledger.database,
            self._ledger.door,
            request,
            header,
            adjustment,
            programmes=await self._ledger.programmes.current(),
            subject=current_principal().subject,
            now=utc_now(),
        )
        if isinstance(outcome, Posted):
            receipt = receipt_answer(header.bill_id, outcome)
            return pb.AdjustPointsResponse(receipt=receipt, replayed=outcome.replayed)
        proposal, replayed = outcome
        return pb.AdjustPointsResponse(proposal=proposal_message(proposal), replayed=replayed)

    async def ApproveAdjustment(
        self, request: pb.ApproveAdjustmentRequest, _: grpc.aio.ServicerContext
    ) -> pb.ApproveAdjustmentResponse:
        """Books a proposal."""
        header = await self._ledger.read_header(request)
        read_approval(request)
        command = await approve_adjustment_command(
            self._ledger.database, request, header, current_principal().subject
        )
        return pb.ApproveAdjustmentResponse(receipt=await self._ledger.post(command))

    async def RejectAdjustment(
        self, request: pb.RejectAdjustmentRequest, _: grpc.aio.ServicerContext
    ) -> pb.RejectAdjustmentResponse:
        """Turns a proposal down."""
        proposal_id, reason = read_rejection(request)
        proposal, replayed = await reject_adjustment(
            self._ledger.database,
            proposal_id,
            reason,
            principal=current_principal(),
            now=utc_now(),
        )
        return pb.RejectAdjustmentResponse(proposal=proposal_message(proposal), replayed=replayed)

    async def GetAdjustmentProposal(
        self, request: pb.GetAdjustmentProposalRequest, _: grpc.aio.ServicerContext
    ) -> pb.GetAdjustmentProposalResponse:
        """Reads one proposal."""
        proposal_id = canonical_id(request.proposal_id, "proposal_id")
        proposal = await find_proposal(self._ledger.database, proposal_id)
        if proposal is None:
            raise unknown_proposal(proposal_id)
        current_principal().require_store(proposal.store_id)
        return pb.GetAdjustmentProposalResponse(proposal=proposal_message(proposal))

    async def ListAdjustmentProposals(
        self, request: pb.ListAdjustmentProposalsRequest, _: grpc.aio.ServicerContext
    ) -> pb.ListAdjustmentProposalsResponse:
        """Lists the proposals that wait."""
        limit = page_size(request.page_size, default=50, maximum=500)
        store_id = canonical_id(request.store_id, "store_id") if request.store_id else None
        current_principal().require_store(store_id or "*")
        await self._ledger.require_known((), {store_id} if store_id else ())
        found, next_page_token = await list_adjustment_proposals(
            self._ledger.database, store_id, request.page_token, limit
        )
        return pb.ListAdjustmentProposalsResponse(
            proposals=[proposal_message(each) for each in found], next_page_token=next_page_token
        )

    async def RedeemGift(
        self, request: pb.RedeemGiftRequest, _: grpc.aio.ServicerContext
    ) -> pb.RedeemGiftResponse:
        """Exchanges points for gifts."""
        header = await self._ledger.read_header(request)
        redemption = read_redemption(request)
        command = redeem_gift_command(request, header, redemption, self._ledger.tender_kinds)
        return pb.RedeemGiftResponse(receipt=await self._ledger.post(command))

    async def ReturnGift(
        self, request: pb.ReturnGiftRequest, _: grpc.aio.ServicerContext
    ) -> pb.ReturnGiftResponse:
        """Takes gifts back."""
        command = await self._gift_return(request)
        return pb.ReturnGiftResponse(receipt=await self._ledger.post(command))

    async def QuoteGiftReturn(
        self, request: pb.QuoteGiftReturnRequest, _: grpc.aio.ServicerContext
    ) -> pb.QuoteGiftReturnResponse:
        """Tells what a return of gifts would do."""
        (draft,) = await preview_bill(
            self._ledger.database,
            await self._gift_return(request.gift_return),
            programmes=await self._ledger.programmes.current(),
            now=utc_now(),
        )
        return pb.QuoteGiftReturnResponse(
            receipt=receipt_message(draft.receipt, draft.posting.bill_id)
        )

    async def _gift_return(self, message: pb.ReturnGiftRequest) -> Command:
        header = await self._ledger.read_header(message)
        return await return_gift_command(
            self._ledger.database, message, header, read_gift_return(message)
        )

    async def ExplainLot(
        self, request: pb.ExplainLotRequest, _: grpc.aio.ServicerContext
    ) -> pb.ExplainLotResponse:
        """Says why a member has a lot."""
        member_id = canonical_id(request.member_id, "member_id")
        key = LotKey(canonical_id(request.bill_id, "bill_id"), read_ordinal(request))
        await self._ledger.require_known({member_id})
        explained = await explain_lot(
            self._ledger.database, await self._ledger.programmes.current(), member_id, key
        )
        return pb.ExplainLotResponse(explanation=explanation_message(explained))

    async def ExplainBill(
        self, request: pb.ExplainBillRequest, _: grpc.aio.ServicerContext
    ) -> pb.ExplainBillResponse:
        """Says what a bill gave and why."""
        bill = await find_explained_bill(
            self._ledger.database, canonical_id(request.bill_id, "bill_id")
        )
        current_principal().require_store(bill.store_id)
        explained = await explain_bill(
            self._ledger.database, await self._ledger.programmes.current(), bill
        )
        return pb.ExplainBillResponse(explanations=map(explanation_message, explained))
