"""Gives points to another member of the household: the command of the request."""

from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.limits import check_amount
from services.points.domain.wallets.member_move import counterpart_id, require_two
from services.points.domain.wallets.points_transfer import decide_points_transfer
from services.points.domain.wallets.wallet_change import check_staff
from yika.points.v1 import wallet_service_pb2


def transfer_points_command(
    header: Header, message: wallet_service_pb2.TransferPointsRequest
) -> Command:
    """The command of a points transfer; Invalid STAFF_REQUIRED, SAME_MEMBER, INVALID_AMOUNT."""
    check_staff(header.staff_id)
    require_two(header.member_id, message.to_member_id)
    check_amount("points", message.points)
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.POINTS_TRANSFER,
        message=message,
        members=(header.member_id, message.to_member_id),
        decide=partial(
            decide_points_transfer,
            header=header,
            to_member_id=message.to_member_id,
            household_id=message.household_id,
            points=message.points,
        ),
        further_bill_ids=(counterpart_id(header.bill_id),),
        needs_lots=True,
        counts_today=True,
    )
