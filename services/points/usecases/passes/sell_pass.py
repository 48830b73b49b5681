"""The sale of a pass as a command."""

from collections.abc import Collection
from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.passes.pass_sale import PassSale, decide_pass_sale
from yika.points.v1 import pass_service_pb2


def sell_pass_command(
    header: Header,
    sale: PassSale,
    message: pass_service_pb2.SellPassRequest,
    tender_kinds: Collection[str],
) -> Command:
    """The command of a well-formed request; the message becomes its document."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.PASS_SALE,
        message=message,
        members=(header.member_id,),
        decide=partial(decide_pass_sale, header=header, sale=sale, tender_kinds=tender_kinds),
        needs_lots=True,
        holds=tuple([tender.hold_id for tender in sale.tenders if tender.hold_id]),
    )
