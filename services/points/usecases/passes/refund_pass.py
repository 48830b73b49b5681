"""The refund of a pass as a command."""

from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.passes.pass_refund import decide_pass_refund
from services.points.messages.documents import read_allocation
from yika.points.v1 import pass_service_pb2


def refund_pass_command(header: Header, message: pass_service_pb2.RefundPassRequest) -> Command:
    """The command of a well-formed request."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.PASS_REFUND,
        message=message,
        members=(header.member_id,),
        decide=partial(
            decide_pass_refund,
            header=header,
            sale_bill_id=message.sale_bill_id,
            waive_fee=message.waive_fee,
            read_allocation=read_allocation,
        ),
        needs_lots=True,
        originals=(message.sale_bill_id,),
    )
