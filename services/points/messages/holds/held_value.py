"""What bills took of which holds, by their documents."""

from collections.abc import Iterable, Mapping

from google.protobuf.message import DecodeError

from services.points.domain.assets import BillKind
from yika.points.v1 import pass_service_pb2, reward_service_pb2, sale_pb2


def held_of_tenders(tenders: Iterable[sale_pb2.Tender]) -> Mapping[str, int]:
    """What tenders took, by hold, in the unit of what it holds."""
    taken: dict[str, int] = {}
    for tender in tenders:
        if hold_id := tender.hold_id:
            # Points say beside how many they are what they are worth; stored value says only that.
            taken[hold_id] = taken.get(hold_id, 0) + (tender.points or tender.amount_fen)
    return taken


def held_of_document(kind: int, document: bytes) -> Mapping[str, int]:
    """What a bill of any kind but a sale took; nothing when its document cannot be read."""
    try:
        if kind == BillKind.PASS_USE:
            use = pass_service_pb2.UsePassRequest.FromString(document)
            return _held(use.hold_id, use.units)
        if kind == BillKind.GIFT_REDEMPTION:
            redemption = reward_service_pb2.RedeemGiftRequest.FromString(document)
            return _held(redemption.hold_id, redemption.points)
        if kind == BillKind.PASS_SALE:
            return held_of_tenders(pass_service_pb2.SellPassRequest.FromString(document).tenders)
    except DecodeError:
        pass
    return {}


def _held(hold_id: str, units: int) -> Mapping[str, int]:
    return {hold_id: units} if hold_id else {}
