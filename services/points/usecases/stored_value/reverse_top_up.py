"""Undoes a top-up whole."""

from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.stored_value.top_up_reversal import decide_top_up_reversal
from yika.points.v1 import stored_value_service_pb2 as pb


def reverse_top_up_command(message: pb.ReverseTopUpRequest, header: Header) -> Command:
    """The command of a reversal; the request becomes its document."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.TOP_UP_REVERSAL,
        message=message,
        members=(header.member_id,),
        decide=partial(decide_top_up_reversal, header=header, top_up_id=message.top_up_id),
        needs_lots=True,
        top_ups=(message.top_up_id,),
    )
