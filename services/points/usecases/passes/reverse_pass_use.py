"""The undoing of a use as a command."""

from functools import partial

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.passes.pass_use import decide_pass_use_reversal
from services.points.storage.queries.ledger_queries import LedgerQueries
from yika.points.v1 import pass_service_pb2


async def reverse_pass_use_command(
    database: Database, header: Header, message: pass_service_pb2.ReversePassUseRequest
) -> Command:
    """The command of a well-formed request.

    Which passes the use took from is read from its transfers, which never change.
    """
    use_bill_id = message.use_bill_id
    async with database.read() as connection:
        queries = LedgerQueries(connection)
        bill = await queries.bill(use_bill_id)
        transfers = await queries.transfers_of_bill(bill.member_id, use_bill_id) if bill else ()
    sold = {row.lot_bill_id for row in transfers if row.lot_bill_id is not None}
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.PASS_USE_REVERSAL,
        message=message,
        members=(header.member_id,),
        decide=partial(decide_pass_use_reversal, header=header, use_bill_id=use_bill_id),
        needs_lots=True,
        originals=(use_bill_id, *sorted(sold)),
        sold_passes=tuple(sorted(sold)),
    )
