"""Gifts and adjustments between the contract and the domain: requests read, answers told."""

from chassis.clock import to_timestamp
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.books import StoredBill
from services.points.domain.header import REASON_LENGTH_MAX, Header
from services.points.domain.limits import CODE_LENGTH_MAX, check_amount, require_reason
from services.points.domain.lot_booking import ORDINAL_MAX
from services.points.domain.rewards.gift_redemption import (
    GiftLine,
    GiftRedemption,
    check_redemption,
)
from services.points.domain.rewards.gift_return import GiftReturn, HandedOut, check_gift_return
from services.points.domain.rewards.points_adjustment import Adjustment, check_adjustment
from services.points.domain.rewards.proposal import Proposal
from services.points.domain.sales.sale import TENDERS_MAX, WALLET_TENDERS
from services.points.domain.wallets.wallet_change import check_decision
from services.points.messages.dates import optional_date
from services.points.messages.reading_books import reads_books
from services.points.messages.texts import check_text
from services.points.usecases.rewards.explain_value import ValueExplanation
from yika.points.v1 import ledger_pb2, sale_pb2
from yika.points.v1 import reward_service_pb2 as pb


def read_adjustment(message: pb.AdjustPointsRequest, header: Header) -> Adjustment:
    """What is asked for; Invalid for bad form, REASON_REQUIRED, STAFF_REQUIRED."""
    check_decision(header.staff_id, header.reason)
    adjustment = adjustment_of(message)
    check_adjustment(adjustment)
    return adjustment


def adjustment_of(message: pb.AdjustPointsRequest) -> Adjustment:
    """The adjustment of a request; Invalid INVALID_DATE."""
    return Adjustment(message.points, message.allow_debt, optional_date(message, "expiry_date"))


def read_approval(message: pb.ApproveAdjustmentRequest) -> str:
    """Which proposal is approved; Invalid for bad form."""
    for field in ("adjustment", "proposed_by", "approved_by"):
        message.ClearField(field)
    message.proposal_id = canonical_id(message.proposal_id, "proposal_id")
    return message.proposal_id


def read_rejection(message: pb.RejectAdjustmentRequest) -> tuple[str, str]:
    """Which proposal is turned down and why; Invalid for bad form, REASON_REQUIRED."""
    reason = check_text(message.reason, "reason", REASON_LENGTH_MAX)
    require_reason(reason)
    return canonical_id(message.proposal_id, "proposal_id"), reason


def read_redemption(message: pb.RedeemGiftRequest) -> GiftRedemption:
    """What is asked for; Invalid for bad form. Ids in the message are made canonical in place."""
    for line in message.lines:
        line.gift_id = canonical_id(line.gift_id, "gift_id")
    if message.hold_id:
        message.hold_id = canonical_id(message.hold_id, "hold_id")
    check_amount("points", message.points)
    redemption = GiftRedemption(
        lines=_lines(message),
        points=message.points,
        hold_id=message.hold_id,
        money_fen=_read_money(message),
    )
    check_redemption(redemption)
    return redemption


def read_gift_return(message: pb.ReturnGiftRequest) -> GiftReturn:
    """What is asked for; Invalid for bad form. Ids in the message are made canonical in place."""
    message.redemption_bill_id = canonical_id(message.redemption_bill_id, "redemption_bill_id")
    for line in message.lines:
        line.gift_id = canonical_id(line.gift_id, "gift_id")
    request = GiftReturn(message.redemption_bill_id, _lines(message))
    check_gift_return(request, whole=message.whole)
    return request


@reads_books
def read_handed_out(bill: StoredBill) -> HandedOut:
    """A redemption of its bill."""
    message = pb.RedeemGiftRequest.FromString(bill.document)
    return HandedOut(read_redemption(message), message.header.member_id)


@reads_books
def read_returned_gifts(bill: StoredBill) -> tuple[GiftLine, ...]:
    """What a posted return took back; no lines when it took back all that was left."""
    return _lines(pb.ReturnGiftRequest.FromString(bill.document))


def _lines(message: pb.RedeemGiftRequest | pb.ReturnGiftRequest) -> tuple[GiftLine, ...]:
    return tuple(GiftLine(line.gift_id, line.pieces) for line in message.lines)


def proposal_message(proposal: Proposal) -> pb.AdjustmentProposal:
    """A proposal as callers get it."""
    return pb.AdjustmentProposal(
        proposal_id=proposal.proposal_id,
        adjustment=pb.AdjustPointsRequest.FromString(proposal.document),
        proposed_by=proposal.proposed_by,
        proposed_time=to_timestamp(proposal.proposed_at),
        state=pb.AdjustmentState.Name(proposal.state),
        decided_by=proposal.decided_by,
        decided_time=to_timestamp(proposal.decided_at) if proposal.decided_at else None,
        decision_reason=proposal.decision_reason,
        bill_id=proposal.bill_id or "",
        limit=pb.AdjustmentLimit.Name(proposal.limit or 0),
    )


def read_ordinal(message: pb.ExplainLotRequest) -> int:
    """Which of a bill's lots; Invalid INVALID_ORDINAL for one that no bill can have."""
    if not 0 <= message.ordinal <= ORDINAL_MAX:
        raise Invalid(
            "INVALID_ORDINAL",
            f"ordinal must be 0 to {ORDINAL_MAX}",
            {"field": "ordinal", "value": message.ordinal},
        )
    return message.ordinal


def explanation_message(explained: ValueExplanation) -> pb.ValueExplanation:
    """A sentence as callers get it."""
    value = explained.value
    return pb.ValueExplanation(
        bill_id=explained.bill_id,
        ordinal=explained.ordinal,
        asset=ledger_pb2.Asset.Name(value.asset),
        granted_amount=value.amount,
        rule_version=value.rule_version,
        text_zh=explained.text.zh,
        text_en=explained.text.en,
    )


def _read_money(message: pb.RedeemGiftRequest) -> dict[str, int]:
    """Money by kind; one that comes twice is added up."""
    if len(message.tenders) > TENDERS_MAX:
        raise Invalid("TOO_MANY_TENDERS", f"there are at most {TENDERS_MAX} tenders")
    money: dict[str, int] = {}
    for tender in message.tenders:
        check_text(tender.kind, "kind", CODE_LENGTH_MAX)
        if tender.kind in WALLET_TENDERS or _names_value(tender):
            raise Invalid(
                "WRONG_ASSET",
                "what is paid on top of points is money that a till takes",
                {"kind": tender.kind},
            )
        check_amount("amount_fen", tender.amount_fen)
        money[tender.kind] = money.get(tender.kind, 0) + tender.amount_fen
    return money


def _names_value(tender: sale_pb2.Tender) -> bool:
    return bool(tender.points or tender.hold_id or tender.keep_rest)
