"""Locks and loads what a batch of commands may read of the books."""

from collections.abc import Sequence

from chassis.database import Database, DriverTransaction
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.limits import ledger_day
from services.points.domain.stored_value.stored_balance import STORED_VALUE
from services.points.messages.documents import read_allocation
from services.points.messages.stored_documents import card_type_of
from services.points.storage.bill_reader import find_bills, load_originals
from services.points.storage.driver import Driver
from services.points.storage.locked_books import (
    load_counters,
    load_lots,
    lock_wallets_on,
)
from services.points.storage.passes.pass_facts import load_pass_facts
from services.points.storage.returns.points_in_grace import load_points_in_grace
from services.points.storage.rewards.adjustments import load_day_sums, load_proposals
from services.points.storage.stored_value.top_ups import (
    load_lots_of_top_ups,
    load_top_ups,
    top_up_ids,
)
from services.points.storage.wallets.merges import heirs_of
from services.points.storage.wallets.returns_since import load_returns_since
from services.points.usecases.coupons.bill_coupons import load_coupons


class Merged(Exception):
    """A wallet of the batch was merged into another one, which must be locked too."""


async def lock_books(
    tx: DriverTransaction, commands: Sequence[Command], books: Books, heirs: set[str]
) -> None:
    """Locks the wallets of the commands and of `heirs`; Merged when that is not all of them."""
    members = {member for command in commands for member in command.members}
    books.wallets = await lock_wallets_on(tx.driver, members | heirs)
    if any(w.merged_into not in books.wallets for w in books.wallets.values() if w.merged_into):
        raise Merged


async def find_heirs(database: Database, commands: Sequence[Command]) -> set[str]:
    """Into whom the members of the commands were merged, and these in turn.

    Over a line, as all that a sale needs: slow questions may have the pool.
    """
    members = {member for command in commands for member in command.members}
    async with database.line() as line:
        return await heirs_of(line.driver, members)


async def load_books(
    tx: DriverTransaction, commands: Sequence[Command], books: Books, *, locking: bool = True
) -> None:
    """Fills books with what the commands name: lots, counters, originals, coupons.

    Their wallets must be locked, and what else must not change until the commit is locked here.
    Without `locking`, for a quote, all must be of one snapshot; no quote has proposals or undone
    merges, which are always locked.
    """
    driver = tx.driver
    # A member's own wallet beside the one that answers for it: the same batch may undo the merge.
    with_lots = {
        account
        for command in commands
        if command.needs_lots
        for member in command.members
        for account in (member, books.wallet(member).member_id)
    }
    if with_lots:
        named_holds = [hold_id for command in commands for hold_id in command.holds]
        await load_lots(driver, [books.wallets[member] for member in with_lots], named_holds)
    periods = {period for command in commands for period in command.periods}
    if any(command.counts_today for command in commands):
        periods.add(ledger_day(books.now).isoformat())
    if periods:
        await load_counters(driver, list(books.wallets.values()), periods)
    whole = [member for command in commands if command.every_period for member in command.members]
    if whole:
        wallets = [*(books.wallets[member] for member in whole), *map(books.wallet, whole)]
        await load_counters(driver, wallets, None)
    originals = {bill_id for command in commands for bill_id in command.originals}
    if originals:
        found = await load_originals(driver, originals, books.wallets, locking=locking)
        today = ledger_day(books.now)
        books.originals = await load_points_in_grace(
            driver, found, books.wallets, today, read_allocation
        )
    undone = [bill_id for command in commands for bill_id in command.undone_merges]
    await load_returns_since(driver, books, undone)
    await _load_card_types(driver, books, with_wallets=bool(undone))
    await _load_top_ups(driver, commands, books)
    await load_proposals(driver, books, [each for c in commands for each in c.proposals])
    await load_day_sums(driver, books, [c.subject for c in commands if c.subject])
    questions = [question for command in commands for question in command.passes]
    sold = [bill_id for command in commands for bill_id in command.sold_passes]
    await load_pass_facts(driver, books, questions, sold)
    await load_coupons(tx, commands, books, locking=locking)


async def _load_card_types(driver: Driver, books: Books, *, with_wallets: bool) -> None:
    """For which kinds of card the top-ups were that goods and passes were paid with.

    What comes back of these may come to an empty wallet. With those that the wallets' lots come
    from, when an undone merge divides these.
    """
    top_ups = {
        each.lot.bill_id
        for original in books.originals.values()
        if original.bill.kind in (BillKind.SALE, BillKind.PASS_SALE)
        for each in original.transfers
        if each.lot is not None and each.asset in STORED_VALUE
    }
    if with_wallets:
        top_ups |= top_up_ids(lot for each in books.wallets.values() for lot in each.lots.values())
    for bill in (await find_bills(driver, top_ups)).values() if top_ups else ():
        code = card_type_of(bill.document) if bill.kind is BillKind.TOP_UP else None
        if code is not None:
            books.card_types[bill.bill_id] = code


async def _load_top_ups(driver: Driver, commands: Sequence[Command], books: Books) -> None:
    top_ups = [command.top_ups for command in commands if command.top_ups is not None]
    if not top_ups:
        return
    asked = {bill_id for ids in top_ups for bill_id in ids}
    await load_lots_of_top_ups(driver, asked, books.wallets)
    asked |= top_up_ids(lot for each in books.wallets.values() for lot in each.lots.values())
    # Also of what another command of the batch may give back, into whichever wallet.
    asked |= top_up_ids(lot for each in books.originals.values() for lot in each.lots.values())
    books.top_ups = await load_top_ups(driver, asked, read_allocation)
    books.follows_top_ups = True
