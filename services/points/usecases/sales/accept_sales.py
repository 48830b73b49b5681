"""Takes sales from the wire to the ledger's door: form, rules, existence, scope, then posting."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from prometheus_client import Counter

from chassis.auth import Principal
from chassis.database import Database
from chassis.errors import DomainError, Invalid
from pricing.earning import counter_keys
from services.points.commands import Command, RulesRead
from services.points.directory import Directory, Known
from services.points.domain.programme import Programmes
from services.points.domain.sales.member_facts import NO_FACTS, MemberFacts
from services.points.domain.sales.sale import Sale, check_sale
from services.points.door import Door
from services.points.messages.documents import read_sale, stamp_products
from services.points.messages.sizes import check_batch_size, check_sale_size
from services.points.usecases.post_bills import MemberUncertain, Outcome, find_replays
from services.points.usecases.sales.ask_member_facts import ask_member_facts
from services.points.usecases.sales.post_sales import sale_command
from yika.points.v1 import sale_pb2

BATCH_MAX = 500

SALES = Counter(
    "yika_points_sales_total", "Sales handed in: posted, replayed, or refused.", ["outcome"]
)


async def accept_sales(
    messages: Sequence[sale_pb2.Sale],
    *,
    database: Database,
    door: Door,
    directory: Directory,
    principal: Principal,
    tender_kinds: Collection[str],
    programmes: Programmes,
    now: datetime,
) -> list[Outcome]:
    """One outcome a sale, in order; a sale that is refused keeps no other from being posted.

    Invalid for the call as a whole when it has no sale or more than 500, or 8 MiB; Unavailable when
    the books or the owners of what the sales name cannot be reached. For a sale alone Unavailable
    MEMBER_FACTS_UNAVAILABLE when its rules ask what only the owner of members knows,
    PROGRAMME_NOT_READ when others hold once it is posted, PROGRAMME_UNREADABLE as Programmes.at.
    """
    _check_size(messages)
    outcomes: list[Outcome | None] = [None] * len(messages)
    sales: dict[int, Sale] = {}
    for position, message in enumerate(messages):
        try:
            sales[position] = _read_sale(message, principal)
        except DomainError as error:
            outcomes[position] = error
    # Of a sale alone the wallet will tell that its member exists: a question less for most.
    members_too = len(sales) > 1
    known = await directory.look_up_sales(sales.values(), members_too=members_too)
    errors: dict[int, DomainError] = {}
    for position, sale in sales.items():
        try:
            check_sale(sale, tender_kinds, now)
            known.check(sale, member_too=members_too)
            programmes.at(sale.sold_at)  # it may be one that this release cannot read
            stamp_products(messages[position], known.products, known.brands)
        except DomainError as error:
            errors[position] = error
    checked = {position: sale for position, sale in sales.items() if position not in errors}
    facts, unanswered = await ask_member_facts(database, directory.facts, checked, programmes)
    errors |= unanswered
    commands = {
        position: _command(sale, messages[position], known, programmes, facts, principal.subject)
        for position, sale in checked.items()
        if position not in errors
    }
    posted = await _post(list(commands.values()), door, directory)
    for position, outcome in zip(commands, posted, strict=True):
        outcomes[position] = outcome
    if errors:
        # What today's rules refuse may have been posted under yesterday's: a retry of it gets the
        # first answer, for ever.
        refused = [sale_command(sales[position], messages[position]) for position in errors]
        replays = await find_replays(database, refused)
        for position, replay in zip(errors, replays, strict=True):
            outcomes[position] = replay or errors[position]
    return _counted([outcome for outcome in outcomes if outcome is not None])


async def _post(commands: Sequence[Command], door: Door, directory: Directory) -> Sequence[Outcome]:
    """Outcomes of the door; of whom the books do not know it is asked here, and posted then."""
    outcomes = await door.post(commands)
    if not any(isinstance(outcome, MemberUncertain) for outcome in outcomes):
        return outcomes
    (command,) = commands  # of several all members have been looked up
    strangers = await directory.strangers(set(command.members))
    if strangers:
        return list(strangers.values())[:1]
    return await door.post([command._replace(is_of_members=True)])


def _check_size(messages: Sequence[sale_pb2.Sale]) -> None:
    size = len(messages)
    if not 1 <= size <= BATCH_MAX:
        raise Invalid("INVALID_BATCH_SIZE", f"a batch has 1 to {BATCH_MAX} sales", {"size": size})
    check_batch_size(messages)


def _read_sale(message: sale_pb2.Sale, principal: Principal) -> Sale:
    check_sale_size(message)
    sale = read_sale(message)
    principal.require_store(sale.store_id)
    return sale


def _counted(outcomes: list[Outcome]) -> list[Outcome]:
    for outcome in outcomes:
        if isinstance(outcome, DomainError):
            SALES.labels("refused").inc()
        else:
            SALES.labels("replayed" if outcome.replayed else "posted").inc()
    return outcomes


def _command(
    sale: Sale,
    message: sale_pb2.Sale,
    known: Known,
    programmes: Programmes,
    facts: Mapping[str, MemberFacts],
    caller: str,
) -> Command:
    """The command of a sale with what the rules in force when it happened ask for."""
    programme = programmes.at(sale.sold_at)
    is_of_member = known.is_of_member(sale)
    if sale.member_id is None:
        return sale_command(sale, message, is_of_member=is_of_member, caller=caller)
    rules = RulesRead(sale.sold_at, programme.version)
    if programme.earning.is_plain:
        return sale_command(sale, message, rules=rules, is_of_member=is_of_member, caller=caller)
    lines = tuple(
        line._replace(
            category_id=known.products[line.product_id],
            brand=known.brands.get(line.product_id, ""),
        )
        for line in sale.lines
    )
    periods = tuple({key.period for key in counter_keys(programme.earning, sale.business_date)})
    return sale_command(
        replace(sale, lines=lines),
        message,
        facts=facts.get(sale.member_id, NO_FACTS),
        rules=rules,
        periods=periods,
        is_of_member=is_of_member,
        caller=caller,
    )
