"""Passes between the contract and the domain: requests read, answers told."""

from chassis.clock import to_proto_date, to_timestamp
from chassis.errors import Invalid
from chassis.ids import canonical_id
from services.points.domain.header import REASON_LENGTH_MAX, Header
from services.points.domain.limits import CODE_LENGTH_MAX
from services.points.domain.passes.pass_sale import PassSale
from services.points.domain.passes.pass_share import PassShare
from services.points.domain.passes.pass_use import PassUse
from services.points.domain.passes.passes import UNITS_MAX
from services.points.domain.sales.sale import TENDERS_MAX, SaleTender
from services.points.messages.programmes.pass_programme import pass_definition_message
from services.points.messages.sizes import check_size
from services.points.messages.texts import check_text
from services.points.usecases.passes.read_passes import PassView
from yika.points.v1 import pass_pb2, pass_service_pb2


def read_pass_sale(message: pass_service_pb2.SellPassRequest) -> PassSale:
    """What is to be sold; Invalid INVALID_ID, TOO_MANY_TENDERS.

    Ids in the message are brought to canonical form in place, here and below, because the message
    is what is stored and compared.
    """
    message.pass_id = canonical_id(message.pass_id, "pass_id")
    if len(message.tenders) > TENDERS_MAX:
        raise Invalid("TOO_MANY_TENDERS", f"there are at most {TENDERS_MAX} tenders")
    for tender in message.tenders:
        if tender.hold_id:
            tender.hold_id = canonical_id(tender.hold_id, "hold_id")
    return PassSale(
        message.pass_id,
        tuple(
            SaleTender(
                tender.kind, tender.amount_fen, tender.points, tender.hold_id, tender.keep_rest
            )
            for tender in message.tenders
        ),
    )


def read_pass_use(message: pass_service_pb2.UsePassRequest, header: Header) -> PassUse:
    """What is to be used, and by whom; Invalid INVALID_ID, HOLD_REQUIRED, INVALID_AMOUNT."""
    message.pass_id = canonical_id(message.pass_id, "pass_id")
    message.owner_member_id = canonical_id(
        message.owner_member_id or header.member_id, "owner_member_id"
    )
    if message.product_id:
        message.product_id = canonical_id(message.product_id, "product_id")
    if message.hold_id:
        message.hold_id = canonical_id(message.hold_id, "hold_id")
    elif message.keep_rest:
        raise Invalid("HOLD_REQUIRED", "keep_rest is about a hold: name it", {"field": "hold_id"})
    if not 1 <= message.units <= UNITS_MAX:
        raise Invalid(
            "INVALID_AMOUNT",
            f"units must be 1 to {UNITS_MAX}",
            {"field": "units", "value": message.units},
        )
    return PassUse(
        owner_member_id=message.owner_member_id,
        user_member_id=header.member_id,
        pass_id=message.pass_id,
        units=message.units,
        product_id=message.product_id,
        hold_id=message.hold_id,
        keep_rest=message.keep_rest,
    )


def check_share_request(message: pass_service_pb2.SharePassRequest) -> None:
    """Invalid for bad form, and SAME_MEMBER for a pass shared with its owner."""
    check_size(message)
    for field in ("share_id", "owner_member_id", "pass_id", "user_member_id", "store_id"):
        setattr(message, field, canonical_id(getattr(message, field), field))
    check_text(message.staff_id, "staff_id", CODE_LENGTH_MAX)
    if message.user_member_id == message.owner_member_id:
        raise Invalid(
            "SAME_MEMBER", "the owner needs no share", {"member_id": message.owner_member_id}
        )


def check_unshare_request(message: pass_service_pb2.UnsharePassRequest) -> None:
    """Invalid INVALID_ID, CODE_TOO_LONG, INVALID_TEXT, REQUEST_TOO_LARGE."""
    check_size(message)
    for field in ("unshare_id", "owner_member_id", "share_id", "store_id"):
        setattr(message, field, canonical_id(getattr(message, field), field))
    check_text(message.staff_id, "staff_id", CODE_LENGTH_MAX)
    check_text(message.reason, "reason", REASON_LENGTH_MAX)


def pass_message(view: PassView) -> pass_pb2.Pass:
    """A sold pass."""
    lot = view.lot
    return pass_pb2.Pass(
        sale_bill_id=lot.bill_id,
        owner_member_id=view.owner_member_id,
        definition=pass_definition_message(view.definition),
        programme_version=view.definition.version,
        units_left=lot.remaining,
        held_units=view.held_units,
        sold_time=to_timestamp(lot.earned_at),
        expiry_date=to_proto_date(lot.expiry_date) if lot.expiry_date else None,
        refund_fen=view.refund_fen,
    )


def share_message(share: PassShare) -> pass_pb2.PassShare:
    """A share."""
    return pass_pb2.PassShare(
        share_id=share.share_id,
        owner_member_id=share.owner_member_id,
        pass_id=share.pass_id,
        user_member_id=share.user_member_id,
        shared_time=to_timestamp(share.shared_at),
        ended_time=to_timestamp(share.ended_at) if share.ended_at else None,
    )
