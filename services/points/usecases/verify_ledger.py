"""Verifies accounts against their bills, keeps what does not agree, and freezes such wallets alone.

An account is read in one snapshot that locks nothing. What was found is written account by account
and any number of times: who is interrupted, or comes second, does no harm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import NotFound, id_reused
from chassis.logs import get_logger
from services.points.domain.assets import Asset
from services.points.domain.breaks import WHOLE_BOOKS, Break, verify_totals
from services.points.domain.earning_trail import EarningTrail
from services.points.domain.lot import Lot
from services.points.domain.pass_trail import DefinitionOf
from services.points.domain.verification import AccountVerification
from services.points.messages.audited_bills import audited_bill
from services.points.messages.earning_facts import returned_elsewhere
from services.points.messages.programme_documents import read_programme_document
from services.points.metrics import LEDGER_BREAKS, LEDGER_VERIFIED
from services.points.storage.audit import FIRST_ID, Account, AuditQueries, BookedBill, Span
from services.points.storage.breaks import BreakRepository, Run, RunRepository
from services.points.storage.programmes import ProgrammeRepository
from services.points.usecases.freeze_wallet import freeze_broken_wallet

# One snapshot: so many accounts at most, and no more once they have so many bills.
_ACCOUNTS_MAX = 100
_BILLS_MAX = 1000

log = get_logger(__name__)


@dataclass(slots=True)
class _Verified:
    """What was verified in one snapshot."""

    breaks: dict[str, list[Break]]
    freezable: frozenset[str] = frozenset()
    bill_count: int = 0
    after_bill_id: str | None = None  # where a walk-in account goes on


@dataclass(slots=True)
class _Taken:
    """Takes in what is read, account by account."""

    accounts: dict[str, AccountVerification]
    bill_count: int = field(default=0)

    def __call__(self, booked: BookedBill) -> None:
        """Takes in one bill."""
        account = self.accounts.setdefault(booked.member_id, AccountVerification(booked.member_id))
        if booked.bill is None:
            account.add_orphans(booked.bill_id, booked.transfers)
        else:
            self.bill_count += 1
            account.add(booked.bill, booked.transfers)


async def request_run(
    database: Database, run_id: str, member_id: str | None, *, requested_by: str, now: datetime
) -> Run:
    """Verifies one member at once, or asks the job for a run over everything; how the run stands.

    With the id of a run that was asked for before, how that one stands; AlreadyExists ID_REUSED
    when that was about something else.
    """
    async with database.read() as connection:
        run = await RunRepository(connection).find(run_id)
    if run is None:
        run = Run(run_id, member_id, requested_by, now, None, "", 0, 0, 0)
        if member_id is not None:
            run = await _verify_member(database, run, member_id)
        async with database.transaction() as tx:
            if not await RunRepository(tx.connection).add(run):
                run = await RunRepository(tx.connection).find(run_id) or run
    if run.member_id != member_id:
        raise id_reused("verification", run_id)
    return run


async def read_run(database: Database, run_id: str | None) -> Run:
    """How a run stands; the newest one over everything for None. NotFound UNKNOWN_VERIFICATION."""
    async with database.read() as connection:
        runs = RunRepository(connection)
        run = await (runs.newest_run() if run_id is None else runs.find(run_id))
    if run is None:
        raise NotFound(
            "UNKNOWN_VERIFICATION", f"no verification {run_id or 'yet'}", {"run_id": run_id or ""}
        )
    return run


async def verify_next(database: Database, run: Run) -> bool:
    """One bounded step of a run; True when it was the last one."""
    account_id, _, after_bill_id = run.position.partition("/")
    async with database.read() as connection:
        queries = AuditQueries(connection, audited_bill)
        if after_bill_id:
            batch = [Account(account_id, 0, is_walk_in=True)]
        else:
            batch = _batch(await queries.accounts(account_id or FIRST_ID, _ACCOUNTS_MAX))
        if not batch:
            breaks = verify_totals(*await queries.totals())
        else:
            verified = await _verify(connection, queries, batch, after_bill_id)
    if not batch:
        await _keep(database, run, _Verified({WHOLE_BOOKS: breaks}))
        async with database.transaction() as tx:
            runs = RunRepository(tx.connection)
            await runs.advance(run, run.position, 0, 0, len(breaks))
            await runs.complete(run.run_id, utc_now())
        return True
    is_through = verified.after_bill_id is None
    await _keep(database, run, verified)
    position = batch[-1].member_id + ("" if is_through else f"/{verified.after_bill_id}")
    found = sum(map(len, verified.breaks.values()))
    accounts = len(batch) if is_through else 0
    async with database.transaction() as tx:
        runs = RunRepository(tx.connection)
        await runs.advance(run, position, accounts, verified.bill_count, found)
    LEDGER_VERIFIED.inc(accounts)
    return False


async def show_breaks(database: Database) -> None:
    """Sets the gauge of open breaks to what all replicas together have found."""
    async with database.read() as connection:
        LEDGER_BREAKS.set(await BreakRepository(connection).open_count())


async def _verify_member(database: Database, run: Run, member_id: str) -> Run:
    async with database.read() as connection:
        queries = AuditQueries(connection, audited_bill)
        account = Account(member_id, 0, is_walk_in=False)
        verified = await _verify(connection, queries, [account], "")
    await _keep(database, run, verified)
    LEDGER_VERIFIED.inc()
    return Run(
        run.run_id,
        member_id,
        run.requested_by,
        run.requested_at,
        utc_now(),
        member_id,
        1,
        verified.bill_count,
        sum(map(len, verified.breaks.values())),
    )


def _batch(accounts: Sequence[Account]) -> list[Account]:
    """The accounts of the next step: some members, or one store's walk-in account."""
    batch: list[Account] = []
    bill_count = 0
    for account in accounts:
        bill_count += account.bill_count
        if batch and (account.is_walk_in or bill_count > _BILLS_MAX):
            break
        batch.append(account)
        if account.is_walk_in:
            break
    return batch


async def _verify(
    connection: AsyncConnection,
    queries: AuditQueries,
    batch: Sequence[Account],
    after_bill_id: str,
) -> _Verified:
    """Verifies a batch in the snapshot of the queries."""
    is_walk_in = batch[0].is_walk_in
    span = Span(
        batch[0].member_id,
        batch[-1].member_id,
        after_bill_id,
        _BILLS_MAX if is_walk_in else None,
    )
    wallets = await queries.wallets(span)
    lots = await queries.lots(span)
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
        member_id: account.finish(wallets.get(member_id), lots.get(member_id, ()), definition_of)
        for member_id, account in taken.accounts.items()
    }
    freezable = frozenset(
        member_id for member_id, wallet in wallets.items() if wallet.frozen_reason is None
    )
    return _Verified(breaks, freezable, taken.bill_count, more_after)


async def _look_elsewhere(queries: AuditQueries, member_id: str, earning: EarningTrail) -> None:
    """Takes in the returns that were booked on the account that this one was merged into."""
    sale_ids = earning.sales_to_look_for()
    if not sale_ids:
        return
    for row in await queries.returns_elsewhere(member_id, sale_ids):
        fact = returned_elsewhere(row)
        earning.follow_elsewhere(str(row["bill_id"]), row["posted_at"], fact)


async def _definitions(connection: AsyncConnection, lots: Iterable[Iterable[Lot]]) -> DefinitionOf:
    """What passes were sold as; versions are read only where there are passes."""
    wanted = {_version(lot) for each in lots for lot in each if lot.asset is Asset.PASS}
    stored = await ProgrammeRepository(connection).versions() if wanted else ()
    passes = {
        (each.version, pass_id): definition
        for each in stored
        if each.version in wanted
        for pass_id, definition in read_programme_document(each.document, ()).passes.items()
    }
    return lambda lot: passes.get((_version(lot), lot.pass_id or ""))


def _version(lot: Lot) -> int:
    """The version of the programme that a lot names; 0 for what is none."""
    number = lot.rule_version.rpartition("@")[2]
    return int(number) if number.isdecimal() else 0


async def _keep(database: Database, run: Run, verified: _Verified) -> None:
    """Writes what was found and freezes; one transaction an account, as a lane is one member's."""
    breaks = verified.breaks
    async with database.read() as connection:
        repository = BreakRepository(connection)
        broken = await repository.accounts_with_open_breaks(min(breaks), max(breaks))
    now = utc_now()
    for member_id in sorted(breaks):
        found = breaks[member_id]
        if not found and member_id not in broken:
            continue
        async with database.transaction() as tx:
            repository = BreakRepository(tx.connection)
            await repository.save(member_id, found, run.run_id, now)
            if verified.after_bill_id is None:
                await repository.resolve(member_id, run.run_id, now)
        if found:
            kinds = ", ".join(sorted({each.kind.name for each in found}))
            log.error("ledger_break", account=member_id, kinds=kinds, run_id=run.run_id)
            if member_id in verified.freezable:
                await freeze_broken_wallet(database, member_id, f"LEDGER_BREAK {kinds}", now=now)
    await show_breaks(database)
