"""What a bill keeps of the request that made it, as a message of its type."""

from collections.abc import Mapping

from google.protobuf.any_pb2 import Any
from google.protobuf.message import DecodeError, Message

from services.points.domain.assets import BillKind
from yika.points.v1 import (
    expiry_pb2,
    pass_service_pb2,
    return_service_pb2,
    reward_service_pb2,
    sale_pb2,
    stored_value_service_pb2,
    wallet_service_pb2,
)

_TYPE_PREFIX = "type.googleapis.com/"
# An adjustment that was approved keeps its approval instead, see packed_document.
_TYPES: Mapping[BillKind, type[Message]] = {
    BillKind.SALE: sale_pb2.Sale,
    BillKind.SALE_RETURN: return_service_pb2.ReturnSaleRequest,
    BillKind.TOP_UP: stored_value_service_pb2.TopUpRequest,
    BillKind.TOP_UP_REVERSAL: stored_value_service_pb2.ReverseTopUpRequest,
    BillKind.CARD_CASH_OUT: stored_value_service_pb2.CashOutRequest,
    BillKind.PASS_SALE: pass_service_pb2.SellPassRequest,
    BillKind.PASS_USE: pass_service_pb2.UsePassRequest,
    BillKind.PASS_REFUND: pass_service_pb2.RefundPassRequest,
    BillKind.GIFT_REDEMPTION: reward_service_pb2.RedeemGiftRequest,
    BillKind.POINTS_ADJUSTMENT: reward_service_pb2.AdjustPointsRequest,
    BillKind.EXPIRY: expiry_pb2.ExpiryDocument,
    BillKind.MERGE: wallet_service_pb2.MergeMembersRequest,
    BillKind.CARD_TRANSFER: wallet_service_pb2.TransferCardRequest,
    BillKind.POINTS_TRANSFER: wallet_service_pb2.TransferPointsRequest,
    BillKind.MERGE_REVERSAL: wallet_service_pb2.UndoMergeRequest,
    BillKind.PASS_USE_REVERSAL: pass_service_pb2.ReversePassUseRequest,
    BillKind.GIFT_RETURN: reward_service_pb2.ReturnGiftRequest,
}


# Which field names the bill that a bill is about.
_ORIGINAL_FIELDS: Mapping[int, str] = {
    BillKind.SALE_RETURN: "original_sale_id",
    BillKind.TOP_UP_REVERSAL: "top_up_id",
    BillKind.CARD_CASH_OUT: "top_up_id",
    BillKind.PASS_REFUND: "sale_bill_id",
    BillKind.PASS_USE_REVERSAL: "use_bill_id",
    BillKind.GIFT_RETURN: "redemption_bill_id",
    BillKind.MERGE_REVERSAL: "merge_bill_id",
}


def original_bill_of(kind: int, document: bytes) -> str:
    """The bill that a stored document is about; empty for none. Raises DecodeError."""
    field = _ORIGINAL_FIELDS.get(kind)
    if field is None:
        return ""
    return str(getattr(_TYPES[BillKind(kind)].FromString(document), field))


def card_type_of(document: bytes) -> str | None:
    """The kind of card that a top-up was for; None when the stored document makes no sense."""
    try:
        return stored_value_service_pb2.TopUpRequest.FromString(document).card_type
    except DecodeError:
        return None


def packed_document(kind: BillKind, document: bytes) -> Any:
    """The request of a bill as it was posted, without reading it."""
    type_of = _TYPES[kind]
    if kind is BillKind.POINTS_ADJUSTMENT:
        approval = reward_service_pb2.ApproveAdjustmentRequest.FromString(document)
        # Of a direct adjustment this field is a number, and so unknown to an approval.
        type_of = type(approval) if approval.proposal_id else type_of
    return Any(type_url=_TYPE_PREFIX + type_of.DESCRIPTOR.full_name, value=document)
