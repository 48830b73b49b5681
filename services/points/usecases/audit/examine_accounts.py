"""Examines accounts for the verification, in the snapshot of a connection. Writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.logs import get_logger
from services.points.domain.assets import Asset
from services.points.domain.audit.breaks import Break, BreakKind
from services.points.domain.audit.earning_trail import EarningTrail
from services.points.domain.audit.pass_trail import DefinitionOf, version_sold
from services.points.domain.audit.verification import AccountVerification
from services.points.domain.holds.hold import HoldState
from services.points.domain.lot import Lot
from services.points.domain.passes.passes import PassDefinition
from services.points.messages.audit.audited_bills import audited_bill
from services.points.messages.audit.earning_facts import returned_elsewhere
from services.points.messages.holds.hold_messages import hold_terms
from services.points.messages.programmes.programme_documents import read_programme_document
from services.points.storage.audit.audited_accounts import Account, AuditQueries, BookedBill, Span
from services.points.storage.audit.audited_holds import read_holds
from services.points.storage.programmes import ProgrammeRepository

# What values raise that nobody foresaw. A lost database and a broken statement are not among them:
# they say nothing of an account.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Examined:
    """What was examined in one snapshot."""

    breaks: dict[str, list[Break]]
    bill_count: int = 0
    after_bill_id: str | None = None  # where a walk-in account goes on

    def is_through(self, member_id: str) -> bool:
        """Whether all that there is of an account was examined with this or before."""
        found = self.breaks[member_id]
        unreadable = any(each.kind is BreakKind.ACCOUNT_UNREADABLE for each in found)
        return self.after_bill_id is None and not unreadable


@dataclass(slots=True)
class _Taken:
    """Takes in what is read, account by account."""

    accounts: dict[str, AccountVerification]
    bill_count: int = field(default=0)

    def __call__(self, booked: BookedBill) -> None:
        """Takes in one bill."""
        account = self.accounts.get(booked.member_id)
        if account is None:
            account = self.accounts[booked.member_id] = AccountVerification(booked.member_id)
        if booked.bill is None:
            account.add_orphans(booked.bill_id, booked.transfers)
        else:
            self.bill_count += 1
            account.add(booked.bill, booked.transfers)


async def examine(
    connection: AsyncConnection, batch: Sequence[Account], after_bill_id: str, bills_max: int
) -> Examined:
    """Examines accounts that follow each other, or `bills_max` bills of one walk-in account.

    Raises one of UNREADABLE when something in any of them makes no sense.
    """
    queries = AuditQueries(connection, audited_bill)
    is_walk_in = batch[0].is_walk_in
    span = Span(
        batch[0].member_id,
        batch[-1].member_id,
        after_bill_id,
        bills_max if is_walk_in else None,
    )
    wallets = await queries.wallets(span)
    lots = await queries.lots(span)
    # Holds of nobody's wallet are not compared; the many walk-in accounts have none.
    holds = await read_holds(connection, span, hold_terms) if wallets else {}
    for member_id, wallet in wallets.items():
        of_it = (each.hold for each in holds.get(member_id, ()))
        wallet.holds = {hold.hold_id: hold for hold in of_it if hold.state is HoldState.OPEN}
    definition_of = await _definitions(connection, lots.values())
    # The bills of a walk-in account stand alone, however many there are.
    links = {} if is_walk_in else await queries.links(span)
    taken = _Taken(
        {
            account.member_id: AccountVerification(
                account.member_id, links.get(account.member_id, ())
            )
            for account in batch
        }
    )
    more_after = await queries.bills(span, taken)
    for member_id, account in taken.accounts.items():
        await _look_elsewhere(queries, member_id, account.earning)
    breaks = {
        member_id: account.finish(
            wallets.get(member_id),
            lots.get(member_id, ()),
            definition_of,
            holds.get(member_id, ()),
        )
        for member_id, account in taken.accounts.items()
    }
    return Examined(breaks, taken.bill_count, more_after)


async def examine_one(
    connection: AsyncConnection, account: Account, after_bill_id: str, bills_max: int
) -> Examined:
    """Examines one account; that it cannot be read is a break like any other."""
    try:
        return await examine(connection, [account], after_bill_id, bills_max)
    except UNREADABLE as error:
        log.exception("ledger_unreadable", account=account.member_id)
        found = f"{type(error).__name__}: {error}"
        unreadable = Break(BreakKind.ACCOUNT_UNREADABLE, account.member_id, "", found)
        return Examined({account.member_id: [unreadable]})


async def _look_elsewhere(queries: AuditQueries, member_id: str, earning: EarningTrail) -> None:
    """Takes in the returns that were booked on the account that this one was merged into."""
    sale_ids = earning.sales_to_look_for()
    if not sale_ids:
        return
    for row in await queries.returns_elsewhere(member_id, earning.merges(), sale_ids):
        merge = row["merge_bill_id"]
        earning.follow_elsewhere(
            str(row["bill_id"]), None if merge is None else str(merge), returned_elsewhere(row)
        )


async def _definitions(connection: AsyncConnection, lots: Iterable[Iterable[Lot]]) -> DefinitionOf:
    """What passes were sold as; versions are read only where there are passes."""
    wanted = {version_sold(lot) for each in lots for lot in each if lot.asset is Asset.PASS}
    stored = await ProgrammeRepository(connection).versions() if wanted else ()
    passes: Mapping[tuple[int | None, str], PassDefinition]
    try:
        passes = {
            (each.version, pass_id): definition
            for each in stored
            if each.version in wanted
            for pass_id, definition in read_programme_document(each.document, ()).passes.items()
        }
    except UNREADABLE as error:  # no fault of the account that named it
        raise RuntimeError("a stored programme cannot be read") from error
    return lambda lot: passes.get((version_sold(lot), lot.pass_id or ""))
