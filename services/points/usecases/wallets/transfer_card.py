"""Moves what is on one member's card to another's: the command of the request."""

from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.wallets.card_transfer import decide_card_transfer
from services.points.domain.wallets.member_move import counterpart_id, require_two
from services.points.domain.wallets.wallet_change import check_decision
from yika.points.v1 import wallet_service_pb2


def transfer_card_command(
    header: Header, message: wallet_service_pb2.TransferCardRequest
) -> Command:
    """The command of a card transfer; Invalid REASON_REQUIRED, STAFF_REQUIRED, SAME_MEMBER."""
    check_decision(header.staff_id, header.reason)
    require_two(header.member_id, message.to_member_id)
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.CARD_TRANSFER,
        message=message,
        members=(header.member_id, message.to_member_id),
        decide=partial(
            decide_card_transfer,
            header=header,
            to_member_id=message.to_member_id,
            with_points=message.points_too,
            with_passes=message.passes_too,
        ),
        further_bill_ids=(counterpart_id(header.bill_id),),
        needs_lots=True,
    )
