"""Merges two members: the command of the request."""

from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.wallets.member_move import counterpart_id, require_two
from services.points.domain.wallets.merge import decide_merge
from services.points.domain.wallets.wallet_change import check_decision
from yika.points.v1 import wallet_service_pb2


def merge_members_command(
    header: Header, message: wallet_service_pb2.MergeMembersRequest
) -> Command:
    """The command of a merge; Invalid REASON_REQUIRED, STAFF_REQUIRED, SAME_MEMBER."""
    check_decision(header.staff_id, header.reason)
    require_two(header.member_id, message.into_member_id)
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.MERGE,
        message=message,
        members=(header.member_id, message.into_member_id),
        decide=partial(decide_merge, header=header, into_member_id=message.into_member_id),
        further_bill_ids=(counterpart_id(header.bill_id),),
        needs_lots=True,
        every_period=True,
    )
