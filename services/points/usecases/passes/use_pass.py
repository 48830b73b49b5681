"""The use of a pass as a command."""

from functools import partial

from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.passes.pass_use import PassUse, decide_pass_use
from yika.points.v1 import pass_service_pb2


def use_pass_command(
    header: Header, use: PassUse, message: pass_service_pb2.UsePassRequest
) -> Command:
    """The command of a well-formed request; it stands on the owner's account."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.PASS_USE,
        message=message,
        members=(use.owner_member_id,),
        decide=partial(decide_pass_use, header=header, use=use),
        needs_lots=True,
        holds=(use.hold_id,) if use.hold_id else (),
        passes=(use.question(header.business_date),),
    )
