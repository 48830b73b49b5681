"""Tops up a wallet, or tells what a top-up would give."""

from datetime import date, datetime
from functools import partial

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books, Drafts
from services.points.domain.header import Header
from services.points.domain.programme import Programmes
from services.points.domain.stored_value import StoredValueProgramme
from services.points.domain.top_up import TopUpOffer, TopUpOrder, decide_top_up, offer_top_up
from services.points.usecases.post_bills import preview_bill
from yika.points.v1 import stored_value_service_pb2 as pb


def top_up_command(message: pb.TopUpRequest, header: Header, order: TopUpOrder) -> Command:
    """The command of a top-up; the request becomes its document."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.TOP_UP,
        message=message,
        members=(header.member_id,),
        decide=partial(decide_top_up, header=header, order=order),
        needs_lots=True,
    )


async def quote_top_up(
    database: Database,
    message: pb.QuoteTopUpRequest,
    order: TopUpOrder,
    business_date: date,
    *,
    programmes: Programmes,
    now: datetime,
) -> tuple[TopUpOffer, StoredValueProgramme]:
    """What a top-up would give now, and the rules it is by; nothing is written.

    Refuses as offer_top_up does; limits are told, not enforced.
    """
    rules = programmes.at(now).stored_value
    offers: list[TopUpOffer] = []

    def look(books: Books) -> Drafts:
        wallet = books.wallet(message.member_id)
        offers.append(
            offer_top_up(
                wallet, rules, order, store_id=message.store_id, business_date=business_date
            )
        )
        return ()

    command = Command(
        bill_id="",
        kind=BillKind.TOP_UP,
        message=message,
        members=(message.member_id,),
        decide=look,
        needs_lots=True,
    )
    await preview_bill(database, command, programmes=programmes, now=now)
    return offers[-1], rules
