"""Pays principal out, or tells what a cash-out would pay."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import NamedTuple

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Drafts
from services.points.domain.header import Header
from services.points.domain.programme import Programmes
from services.points.domain.stored_value.card_cash_out import (
    CashOutOffer,
    CashOutOrder,
    decide_cash_out,
    offer_cash_out,
)
from services.points.domain.stored_value.stored_value import StoredValueProgramme
from services.points.domain.stored_value.top_up_record import TopUpRecord
from services.points.usecases.preview_bill import preview_bill
from yika.points.v1 import stored_value_service_pb2 as pb


class CashOutQuote(NamedTuple):
    """What a cash-out would do, the top-ups it would take from, and the rules it is by."""

    offer: CashOutOffer
    top_ups: Mapping[str, TopUpRecord]
    rules: StoredValueProgramme


def cash_out_command(
    message: pb.CashOutRequest, header: Header, order: CashOutOrder, payouts: Mapping[str, int]
) -> Command:
    """The command of a cash-out; the request becomes its document."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.CARD_CASH_OUT,
        message=message,
        members=(header.member_id,),
        decide=partial(
            decide_cash_out,
            header=header,
            order=order,
            payouts=payouts,
            identified=message.identified,
        ),
        needs_lots=True,
        top_ups=(order.top_up_id,) if order.top_up_id else (),
    )


async def quote_cash_out(
    database: Database,
    message: pb.QuoteCashOutRequest,
    order: CashOutOrder,
    *,
    programmes: Programmes,
    now: datetime,
) -> CashOutQuote:
    """What a cash-out would do now; nothing is written. Refuses as offer_cash_out does."""
    rules = programmes.at(now).stored_value
    quotes: list[CashOutQuote] = []

    def look(books: Books) -> Drafts:
        wallet = books.wallet(order.member_id)
        offer = offer_cash_out(wallet, books.top_ups, rules, order, now)
        quotes.append(CashOutQuote(offer, books.top_ups, rules))
        return ()

    command = Command(
        bill_id="",
        kind=BillKind.CARD_CASH_OUT,
        message=message,
        members=(order.member_id,),
        decide=look,
        needs_lots=True,
        top_ups=(order.top_up_id,) if order.top_up_id else (),
    )
    await preview_bill(database, command, programmes=programmes, now=now)
    return quotes[-1]
