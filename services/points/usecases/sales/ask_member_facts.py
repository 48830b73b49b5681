"""Asks what the rules in force need to know of the members of sales, before any transaction."""

from collections.abc import Mapping
from datetime import date

from chassis.database import Database
from chassis.errors import DomainError, Unavailable
from services.points.domain.programme import Programmes
from services.points.domain.sales.member_facts import FactsNeeded, MemberFacts, facts_needed
from services.points.domain.sales.sale import Sale
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.member_facts import MemberFactsSource
from services.points.storage.wallets.merges import load_heirs


async def ask_member_facts(
    database: Database,
    source: MemberFactsSource,
    sales: Mapping[int, Sale],
    programmes: Programmes,
) -> tuple[Mapping[str, MemberFacts], Mapping[int, DomainError]]:
    """Facts by member, and an error for each sale that cannot be posted without them.

    Nobody is asked when no rule that can hold for one of the sales asks for anything.
    """
    needed = _facts_needed(sales, programmes)
    if not needed:
        return {}, {}
    asked: dict[str, FactsNeeded] = {}
    for position, each in needed.items():
        member_id = sales[position].member_id or ""
        asked[member_id] = each.also(asked.get(member_id, FactsNeeded()))
    try:
        facts = await facts_of_heirs(database, source, asked)
    except Unavailable as error:
        return {}, dict.fromkeys(needed, error)
    errors: dict[int, DomainError] = {}
    told: dict[str, MemberFacts] = {}
    for position in needed:
        member_id = sales[position].member_id or ""
        found = facts[member_id]
        if isinstance(found, BooksUnreadable):
            errors[position] = found
        else:
            told[member_id] = found
    return told, errors


async def facts_of_heirs(
    database: Database, source: MemberFactsSource, asked: Mapping[str, FactsNeeded]
) -> Mapping[str, MemberFacts | BooksUnreadable]:
    """By each member asked about, the facts of who answers for it since it was merged.

    Whoever shows the card of before is the member of today, with that one's tier and birthday.
    BooksUnreadable in their place when that makes no sense. Unavailable as
    MemberFactsSource.look_up, or when the database cannot be reached.
    """
    async with database.line() as line:
        merges = await load_heirs(line.driver, asked)
    heirs: dict[str, str] = {}
    unreadable: dict[str, BooksUnreadable] = {}
    needed: dict[str, FactsNeeded] = {}
    for member_id, each in asked.items():
        try:
            heir = heirs[member_id] = merges.heir(member_id)
        except BooksUnreadable as error:
            unreadable[member_id] = error
        else:
            needed[heir] = each.also(needed.get(heir, FactsNeeded()))
    facts = await source.look_up(needed)
    return unreadable | {member_id: facts[heir] for member_id, heir in heirs.items()}


def _facts_needed(sales: Mapping[int, Sale], programmes: Programmes) -> dict[int, FactsNeeded]:
    """What is asked of each sale's member; only of sales of which something is asked."""
    known: dict[tuple[int, date], FactsNeeded] = {}
    needed: dict[int, FactsNeeded] = {}
    for position, sale in sales.items():
        if sale.member_id is None:
            continue
        rules = programmes.at(sale.sold_at).earning
        if rules.is_plain:
            continue
        key = (rules.version, sale.business_date)
        if key not in known:
            known[key] = facts_needed(rules, sale.business_date)
        if any(known[key]):
            needed[position] = known[key]
    return needed
