"""Tops up a wallet, or tells what a top-up would give."""

from datetime import date, datetime
from functools import partial

from chassis.errors import Unavailable
from services.points.commands import Command, RulesRead
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Drafts
from services.points.domain.header import Header
from services.points.domain.sales.member_facts import NO_FACTS, FactsNeeded, MemberFacts
from services.points.domain.stored_value.stored_value import StoredValueProgramme
from services.points.domain.stored_value.top_up import (
    TopUpOffer,
    TopUpOrder,
    decide_top_up,
    offer_top_up,
)
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.ledger import Ledger, receipt_answer
from services.points.usecases.preview_bill import preview_bill
from services.points.usecases.retries import first_answer
from services.points.usecases.sales.ask_member_facts import facts_of_heirs
from yika.points.v1 import ledger_pb2
from yika.points.v1 import stored_value_service_pb2 as pb


async def top_up(
    ledger: Ledger, message: pb.TopUpRequest, header: Header, order: TopUpOrder
) -> ledger_pb2.BillReceipt:
    """Posts a top-up with the tier that the member has now; refuses as decide_top_up does.

    Unavailable MEMBER_FACTS_UNAVAILABLE when a rule asks for the tier and nobody can tell it,
    PROGRAMME_UNREADABLE as Programmes.at, and PROGRAMME_NOT_READ when other rules came meanwhile;
    what was posted before gets its first answer all the same.
    """
    programmes = await ledger.programmes.current()
    try:
        programme = programmes.at(header.occurred_at)
        facts = await ask_tier(
            ledger,
            programme.stored_value,
            header.member_id,
            header.store_id,
            header.business_date,
        )
    except Unavailable as refusal:
        command = top_up_command(message, header, order, NO_FACTS)
        posted = await first_answer(ledger.database, command, refusal)
        return receipt_answer(header.bill_id, posted)
    rules = RulesRead(header.occurred_at, programme.version)
    return await ledger.post(top_up_command(message, header, order, facts, rules))


async def ask_tier(
    ledger: Ledger,
    rules: StoredValueProgramme,
    member_id: str,
    store_id: str,
    business_date: date,
) -> MemberFacts:
    """The tier of who answers for the member, when a top-up rule that can hold asks for it."""
    if not any(
        rule.tiers and rule.applies(min(rule.tiers), store_id, business_date)
        for rule in rules.top_up_rules
    ):
        return NO_FACTS
    asked = {member_id: FactsNeeded(tier=True)}
    facts = (await facts_of_heirs(ledger.database, ledger.directory.facts, asked))[member_id]
    if isinstance(facts, BooksUnreadable):
        raise facts
    return facts


def top_up_command(
    message: pb.TopUpRequest,
    header: Header,
    order: TopUpOrder,
    facts: MemberFacts,
    rules: RulesRead | None = None,
) -> Command:
    """The command of a top-up; the request becomes its document.

    `rules` are those by which it was chosen what `facts` tell.
    """
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.TOP_UP,
        message=message,
        members=(header.member_id,),
        decide=partial(decide_top_up, header=header, order=order, facts=facts),
        needs_lots=True,
        rules=rules,
    )


async def quote_top_up(
    ledger: Ledger,
    message: pb.QuoteTopUpRequest,
    order: TopUpOrder,
    business_date: date,
    now: datetime,
) -> tuple[TopUpOffer, StoredValueProgramme]:
    """What a top-up would give now, and the rules it is by; nothing is written.

    Refuses as offer_top_up does; limits are told, not enforced. Unavailable as for a top-up.
    """
    programmes = await ledger.programmes.current()
    rules = programmes.at(now).stored_value
    facts = await ask_tier(ledger, rules, message.member_id, message.store_id, business_date)
    offers: list[TopUpOffer] = []

    def look(books: Books) -> Drafts:
        wallet = books.wallet(message.member_id)
        offers.append(
            offer_top_up(
                wallet,
                rules,
                order,
                held=programmes.kind_of(wallet.card_type, now, now),
                store_id=message.store_id,
                business_date=business_date,
                facts=facts,
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
    await preview_bill(ledger.database, command, programmes=programmes, now=now)
    return offers[-1], rules
