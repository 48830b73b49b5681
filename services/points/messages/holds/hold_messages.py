"""Holds between the wire and the ledger: one place that knows their protos."""

from dataclasses import replace
from datetime import datetime, timedelta

from google.protobuf.message import DecodeError

from chassis.clock import from_proto_date, to_timestamp
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.assets import Asset
from services.points.domain.audit.hold_trail import HoldTerms
from services.points.domain.header import REASON_LENGTH_MAX
from services.points.domain.holds.hold import Hold, HoldState
from services.points.domain.holds.hold_request import HoldRequest
from services.points.domain.limits import CODE_LENGTH_MAX, check_amount
from services.points.messages.sizes import check_size
from services.points.messages.texts import check_register_id, check_text
from services.points.storage.holds import HoldRecord
from yika.points.v1 import hold_events_pb2, hold_pb2, hold_service_pb2, ledger_pb2

_ASSETS = {
    hold_pb2.HOLD_ASSET_POINTS: Asset.POINTS,
    hold_pb2.HOLD_ASSET_STORED_VALUE: Asset.PRINCIPAL,
    hold_pb2.HOLD_ASSET_PASS: Asset.PASS,
}
_HOLD_ASSETS = {asset: number for number, asset in _ASSETS.items()}
_LENGTHS_MAX = {"staff_id": CODE_LENGTH_MAX, "reason": REASON_LENGTH_MAX}


def read_hold_request(message: hold_service_pb2.CreateHoldRequest) -> HoldRequest:
    """The request of a message; Invalid when something of it is not well formed.

    Ids in the message are brought to canonical form in place, because the message is what is
    stored and compared.
    """
    check_size(message)
    for field in ("hold_id", "member_id", "store_id"):
        setattr(message, field, canonical_id(getattr(message, field), field))
    asset = _ASSETS.get(message.asset)
    if asset is None:
        raise Invalid("UNKNOWN_ASSET", "asset must be given", {"asset": message.asset})
    if asset is Asset.PASS:
        message.pass_id = canonical_id(message.pass_id, "pass_id")
    elif message.pass_id:
        raise Invalid("WRONG_ASSET", "pass_id is for HOLD_ASSET_PASS", {"asset": message.asset})
    check_amount("amount", message.amount)
    check_register_id(message.register_id)
    check_texts(message, "staff_id")
    if not message.HasField("business_date"):
        raise Invalid("INVALID_DATE", "business_date is required", {"field": "business_date"})
    return HoldRequest(
        hold_id=message.hold_id,
        member_id=message.member_id,
        asset=asset,
        pass_id=message.pass_id or None,
        amount=message.amount,
        seconds=message.hold_seconds,
        store_id=message.store_id,
        register_id=message.register_id,
        staff_id=message.staff_id,
        business_date=from_proto_date(message.business_date, "business_date"),
    )


def hold_terms(document: bytes) -> HoldTerms | None:
    """What the stored request of a hold says of it; None when it cannot be read any more."""
    try:
        message = hold_service_pb2.CreateHoldRequest.FromString(document)
    except DecodeError:
        return None
    asset = _ASSETS.get(message.asset)
    if asset is None:
        return None
    seconds = message.hold_seconds  # 0: as long as the deployment said then
    return HoldTerms(
        message.hold_id,
        asset,
        message.pass_id or None,
        message.amount,
        message.store_id,
        message.register_id,
        message.staff_id,
        timedelta(seconds=seconds) if seconds else None,
    )


def check_texts(
    message: hold_service_pb2.CreateHoldRequest | hold_service_pb2.VoidHoldRequest, *fields: str
) -> None:
    """Invalid CODE_TOO_LONG or INVALID_TEXT for a text that the contract does not allow."""
    for field in fields:
        check_text(getattr(message, field), field, _LENGTHS_MAX[field])


def hold_message(record: HoldRecord, now: datetime) -> hold_pb2.Hold:
    """A hold as it stands at a moment."""
    hold = record.hold
    is_value = hold.asset is Asset.PRINCIPAL
    return hold_pb2.Hold(
        hold_id=hold.hold_id,
        member_id=record.member_id,
        asset=_HOLD_ASSETS[hold.asset],
        pass_id=hold.pass_id or "",
        amount=hold.amount,
        posted_amount=hold.posted,
        held_amount=hold.amount - hold.posted if hold.is_open(now) else 0,
        principal_fen=_amount_of(hold, Asset.PRINCIPAL) if is_value else 0,
        bonus_fen=_amount_of(hold, Asset.BONUS) if is_value else 0,
        state=hold_pb2.HoldState.Name(hold.state_at(now)),
        store_id=hold.store_id,
        register_id=record.register_id,
        staff_id=record.staff_id,
        created_time=to_timestamp(record.created_at),
        expires_time=to_timestamp(hold.expires_at),
        closed_time=to_timestamp(record.closed_at) if record.closed_at else None,
        voided_by=record.voided_by,
        reason=record.reason,
        lots=[
            hold_pb2.HeldLot(
                lot_bill_id=part.key.bill_id,
                lot_ordinal=part.key.ordinal,
                asset=ledger_pb2.Asset.Name(part.asset),
                amount=part.amount,
                posted_amount=part.posted,
            )
            for part in hold.lots
        ],
    )


def first_hold_message(record: HoldRecord) -> hold_pb2.Hold:
    """A hold as it was made, whatever became of it since."""
    lots = tuple(part._replace(posted=0) for part in record.hold.lots)
    hold = replace(record.hold, lots=lots, state=HoldState.OPEN)
    made = replace(record, hold=hold, closed_at=None, voided_by="", reason="")
    return hold_message(made, record.created_at)


def closed_hold_message(member_id: str, hold: Hold, now: datetime) -> hold_events_pb2.ClosedHold:
    """What others are told of a hold's end."""
    return hold_events_pb2.ClosedHold(
        hold_id=hold.hold_id,
        member_id=member_id,
        store_id=hold.store_id,
        asset=_HOLD_ASSETS[hold.asset],
        pass_id=hold.pass_id or "",
        amount=hold.amount,
        posted_amount=hold.posted,
        state=hold_pb2.HoldState.Name(hold.state),
        closed_time=to_timestamp(now),
    )


def _amount_of(hold: Hold, asset: Asset) -> int:
    return sum(part.amount for part in hold.lots if part.asset is asset)
