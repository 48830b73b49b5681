"""Verifies accounts against their bills, keeps what does not agree, and freezes such wallets alone.

An account is examined in one snapshot that locks nothing. Where something is to be written it is
examined once more, in the transaction that writes: so nothing older than what stands there is ever
kept. That is done account by account and any number of times: who is interrupted, or comes second,
does no harm.
"""

from collections.abc import Sequence
from datetime import datetime

from chassis.clock import utc_now
from chassis.database import Database, Transaction
from chassis.database_failures import GaveWay
from chassis.errors import NotFound, id_reused
from chassis.logs import get_logger
from services.points.domain.audit.breaks import WHOLE_BOOKS, Break, verify_totals
from services.points.messages.audit.audited_bills import audited_bill
from services.points.metrics import LEDGER_BREAKS, LEDGER_VERIFIED
from services.points.storage.audit.audited_accounts import Account, AuditQueries
from services.points.storage.audit.breaks import BreakRepository, Run, RunRepository, begin_keeping
from services.points.storage.queries.ledger_queries import FIRST_ID
from services.points.usecases.audit.examine_accounts import (
    UNREADABLE,
    Examined,
    examine,
    examine_one,
)
from services.points.usecases.wallets.freeze_wallet import freeze_broken_wallet

# One snapshot: so many accounts at most, and no more once they have so many bills.
_ACCOUNTS_MAX = 100
_BILLS_MAX = 1000
# A wallet that somebody uses just now is examined anew.
_ATTEMPTS_MAX = 5

log = get_logger(__name__)


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
            async with database.slow_turn():
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
    batch, examined = await _examine_next(database, account_id, after_bill_id)
    if not batch:
        await _finish(database, run, examined.breaks[WHOLE_BOOKS])
        return True
    examined = await _keep(database, run, batch, after_bill_id, examined)
    is_through = examined.after_bill_id is None
    position = batch[-1].member_id + ("" if is_through else f"/{examined.after_bill_id}")
    found = sum(map(len, examined.breaks.values()))
    accounts = len(batch) if is_through else 0
    async with database.transaction() as tx:
        runs = RunRepository(tx.connection)
        await runs.advance(run, position, accounts, examined.bill_count, found)
    LEDGER_VERIFIED.inc(accounts)
    await show_breaks(database)
    return False


async def show_breaks(database: Database) -> None:
    """Sets the gauge of open breaks to what all replicas together have found."""
    async with database.read() as connection:
        LEDGER_BREAKS.set(await BreakRepository(connection).open_count())


async def _verify_member(database: Database, run: Run, member_id: str) -> Run:
    account = Account(member_id, 0, is_walk_in=False)
    examined = await _keep_one(database, run, account, "")
    LEDGER_VERIFIED.inc()
    await show_breaks(database)
    return Run(
        run.run_id,
        member_id,
        run.requested_by,
        run.requested_at,
        utc_now(),
        member_id,
        1,
        examined.bill_count,
        sum(map(len, examined.breaks.values())),
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


async def _examine_next(
    database: Database, account_id: str, after_bill_id: str
) -> tuple[list[Account], Examined]:
    """The accounts of a step and what is wrong with them; at the end none, and the whole books."""
    async with database.read() as connection:
        queries = AuditQueries(connection, audited_bill)
        if after_bill_id:
            batch = [Account(account_id, 0, is_walk_in=True)]
        else:
            batch = _batch(await queries.accounts(account_id or FIRST_ID, _ACCOUNTS_MAX))
        if not batch:
            return batch, Examined({WHOLE_BOOKS: verify_totals(*await queries.totals())})
        try:
            return batch, await examine(connection, batch, after_bill_id, _BILLS_MAX)
        except UNREADABLE:
            pass
    # One of them cannot be read, and the others are no worse for it.
    breaks: dict[str, list[Break]] = {}
    bill_count, after = 0, None
    for account in batch:
        async with database.read() as connection:
            examined = await examine_one(connection, account, after_bill_id, _BILLS_MAX)
        breaks |= examined.breaks
        bill_count += examined.bill_count
        after = examined.after_bill_id  # of a walk-in account, which is the only one
    return batch, Examined(breaks, bill_count, after)


async def _keep(
    database: Database, run: Run, batch: Sequence[Account], after_bill_id: str, examined: Examined
) -> Examined:
    """Keeps what is wrong with accounts, and resolves what no longer is; what was examined last."""
    async with database.read() as connection:
        repository = BreakRepository(connection)
        broken = await repository.accounts_with_open_breaks(batch[0].member_id, batch[-1].member_id)
    for account in batch:
        if examined.breaks[account.member_id] or account.member_id in broken:
            again = await _keep_one(database, run, account, after_bill_id)
            if account.is_walk_in:  # which goes on where it ended this time
                return again
            examined.breaks.update(again.breaks)
    return examined


async def _keep_one(database: Database, run: Run, account: Account, after_bill_id: str) -> Examined:
    """Examines an account, and writes what it finds; one transaction, as a lane is one member's."""
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        try:
            async with database.transaction() as tx:
                return await _examine_and_write(tx, run, account, after_bill_id)
        except GaveWay:
            if attempt == _ATTEMPTS_MAX:
                raise
    raise AssertionError


async def _examine_and_write(
    tx: Transaction, run: Run, account: Account, after_bill_id: str
) -> Examined:
    await begin_keeping(tx.connection)
    examined = await examine_one(tx.connection, account, after_bill_id, _BILLS_MAX)
    member_id, now = account.member_id, utc_now()
    found = examined.breaks[member_id]
    repository = BreakRepository(tx.connection)
    await repository.save(member_id, found, run.run_id, now)
    if examined.is_through(member_id):
        await repository.resolve(member_id, run.run_id, now)
    if found:
        kinds = ", ".join(sorted({each.kind.name for each in found}))
        log.error("ledger_break", account=member_id, kinds=kinds, run_id=run.run_id)
        await freeze_broken_wallet(tx, member_id, f"LEDGER_BREAK {kinds}", now=now)
    return examined


async def _finish(database: Database, run: Run, breaks: Sequence[Break]) -> None:
    """Keeps what is wrong with the whole books, and ends the run."""
    now = utc_now()
    async with database.transaction() as tx:
        repository = BreakRepository(tx.connection)
        await repository.save(WHOLE_BOOKS, breaks, run.run_id, now)
        await repository.resolve(WHOLE_BOOKS, run.run_id, now)
        await repository.resolve_gone(run.run_id, now)
        runs = RunRepository(tx.connection)
        await runs.advance(run, run.position, 0, 0, len(breaks))
        await runs.complete(run.run_id, now)
    if breaks:
        kinds = ", ".join(sorted({each.kind.name for each in breaks}))
        log.error("ledger_break", account=WHOLE_BOOKS, kinds=kinds, run_id=run.run_id)
    await show_breaks(database)
