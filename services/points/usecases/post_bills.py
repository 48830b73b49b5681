"""Posts bills: locks the wallets, decides each command, writes everything in one commit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Database, DriverTransaction, Transaction
from chassis.errors import DomainError, Unavailable, id_reused
from services.points.commands import Command
from services.points.documents import (
    read_receipt,
    same_content,
    write_allocation,
    write_receipt,
)
from services.points.domain.books import Books, Draft, Drafts, Receipt, StoredBill
from services.points.domain.chain import bill_hash
from services.points.domain.coupon import GiveBackPolicy
from services.points.domain.programme import Programmes
from services.points.storage.adjustments import load_proposals
from services.points.storage.bill_writer import AnotherWriterCameFirst, NewBill, write_bills
from services.points.storage.driver import Driver, driver_of
from services.points.storage.locked_books import (
    find_bills,
    follow_merges,
    load_counters,
    load_lots,
    load_originals,
    lock_wallets_on,
)
from services.points.storage.pass_facts import load_pass_facts
from services.points.storage.top_ups import load_top_ups, top_up_ids
from services.points.usecases.bill_coupons import lock_coupons, write_coupons

_ATTEMPTS_MAX = 5

Publish = Callable[[Transaction, Sequence[NewBill], datetime], None]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a command did; for a replayed one, what it did the first time."""

    receipt: Receipt
    replayed: bool


Outcome = Posted | DomainError


class _Merged(Exception):
    """A wallet of the batch was merged into another one, which must be locked too."""


class _NotKept(Exception):
    """Ends the transaction of a preview, and with it all that was locked or made for it."""

    def __init__(self, drafts: Drafts) -> None:
        super().__init__()
        self.drafts = drafts


async def post_bills(
    database: Database,
    commands: Sequence[Command],
    *,
    programmes: Programmes,
    publish: Publish,
    now: datetime,
    coupon_give_back: GiveBackPolicy = GiveBackPolicy.IF_VALID,
) -> list[Outcome]:
    """Posts each command or says why not, in the order given; all that stand share one commit.

    Unavailable TRANSACTION_CONFLICT when the same ids are being posted elsewhere again and again.
    """
    heirs: set[str] = set()
    look_first = False
    for _ in range(_ATTEMPTS_MAX):
        books = Books(programmes, now, coupon_give_back=coupon_give_back)
        try:
            async with database.driver_transaction() as tx:
                return await _post(tx, commands, books, publish, heirs, look_first)
        except AnotherWriterCameFirst:
            look_first = True
        except _Merged:
            heirs = await _find_heirs(database, commands)
    raise Unavailable("TRANSACTION_CONFLICT", "the same bills are being posted elsewhere")


async def preview_bill(
    database: Database, command: Command, *, programmes: Programmes, now: datetime
) -> Drafts:
    """What a command would do now; nothing is written. Raises the DomainError of a refused one."""
    heirs: set[str] = set()
    for _ in range(_ATTEMPTS_MAX):
        books = Books(programmes, now)
        try:
            async with database.driver_transaction() as tx:
                await _lock(tx, [command], books, heirs)
                await _load(tx, [command], books)
                raise _NotKept(command.decide(books))
        except _NotKept as preview:
            return preview.drafts
        except _Merged:
            heirs = await _find_heirs(database, [command])
    raise Unavailable("TRANSACTION_CONFLICT", "the wallets are being merged elsewhere")


async def find_bill(database: Database, bill_id: str) -> StoredBill | None:
    """A bill by its id, whoever's it is. Bills never change: no lock is needed to read one."""
    async with database.peek() as connection:
        return (await find_bills(await driver_of(connection), [bill_id])).get(bill_id)


async def find_replays(database: Database, commands: Sequence[Command]) -> list[Posted | None]:
    """The first answer of each command that was posted before with the same content, else None."""
    async with database.peek() as connection:
        known = await find_bills(await driver_of(connection), [c.bill_id for c in commands])
    outcomes = (_replay(known.get(command.bill_id), command) for command in commands)
    return [outcome if isinstance(outcome, Posted) else None for outcome in outcomes]


async def _post(
    tx: DriverTransaction,
    commands: Sequence[Command],
    books: Books,
    publish: Publish,
    heirs: set[str],
    look_first: bool,
) -> list[Outcome]:
    await _lock(tx, commands, books, heirs)
    await _load(tx, commands, books)
    # Nearly every id is new, so the table is asked only when writing finds that one is not.
    # After the locks: whoever posted the same bill before has committed by now.
    ids = [bill_id for c in commands for bill_id in (c.bill_id, *c.further_bill_ids)]
    known = await find_bills(tx.driver, ids) if look_first else {}
    drafted: dict[str, NewBill] = {}
    new_bills: list[NewBill] = []
    outcomes: list[Outcome | None] = []
    for command in commands:
        replay = _replay(known.get(command.bill_id), command)
        if replay is None and any(bill_id in known for bill_id in command.further_bill_ids):
            replay = id_reused(command.kind.name.lower(), command.bill_id)
        if replay is None and command.bill_id in drafted:
            replay = _repeated(drafted[command.bill_id], command)
        if replay is not None:
            outcomes.append(replay)
            continue
        try:
            drafts = command.decide(books)
        except DomainError as refusal:
            outcomes.append(refusal)
            continue
        except Exception:
            if look_first:
                raise
            # A retry that was decided a second time has left wallets here as they cannot be.
            raise AnotherWriterCameFirst from None
        for draft in drafts:
            new_bills.append(_book(draft, command))
            books.add_later(_stored(new_bills[-1]), draft.posting.transfers)
            books.note_top_ups(draft.posting)
            books.note_coupons(draft.coupons)
        drafted[command.bill_id] = new_bills[-len(drafts)]
        outcomes.append(Posted(drafts[0].receipt, replayed=False))
    await _answer_refused_retries(tx.driver, commands, outcomes, known)
    if new_bills:
        await write_coupons(tx, new_bills, books)
        await write_bills(tx.driver, new_bills, books.now)
        publish(tx, new_bills, books.now)
    return [outcome for outcome in outcomes if outcome is not None]


async def _lock(
    tx: DriverTransaction, commands: Sequence[Command], books: Books, heirs: set[str]
) -> None:
    members = {member for command in commands for member in command.members}
    books.wallets = await lock_wallets_on(tx.driver, members | heirs)
    if any(w.merged_into not in books.wallets for w in books.wallets.values() if w.merged_into):
        raise _Merged


async def _find_heirs(database: Database, commands: Sequence[Command]) -> set[str]:
    """Into whom the members of the commands were merged, and these in turn."""
    async with database.transaction() as tx:
        members = {member for command in commands for member in command.members}
        return await follow_merges(tx.connection, members)


async def _load(tx: DriverTransaction, commands: Sequence[Command], books: Books) -> None:
    driver = tx.driver
    with_lots = {
        books.wallet(member).member_id
        for command in commands
        if command.needs_lots
        for member in command.members
    }
    if with_lots:
        named_holds = [hold_id for command in commands for hold_id in command.holds]
        await load_lots(driver, [books.wallets[member] for member in with_lots], named_holds)
    if periods := {period for command in commands for period in command.periods}:
        await load_counters(driver, list(books.wallets.values()), periods)
    if originals := {bill_id for command in commands for bill_id in command.originals}:
        books.originals = await load_originals(driver, originals, books.wallets)
    top_ups = [command.top_ups for command in commands if command.top_ups is not None]
    if top_ups:
        asked = {bill_id for ids in top_ups for bill_id in ids}
        books.top_ups = await load_top_ups(driver, asked | top_up_ids(books.wallets.values()))
        books.follows_top_ups = True
    await load_proposals(driver, books, [each for c in commands for each in c.proposals])
    asked_passes = [question for command in commands for question in command.passes]
    sold_passes = [bill_id for command in commands for bill_id in command.sold_passes]
    await load_pass_facts(driver, books, asked_passes, sold_passes)
    await lock_coupons(tx, commands, books)


async def _answer_refused_retries(
    driver: Driver,
    commands: Sequence[Command],
    outcomes: list[Outcome | None],
    known: dict[str, StoredBill],
) -> None:
    """A retry of what was posted gets the first answer, though today it would be refused."""
    refused = [
        position
        for position, outcome in enumerate(outcomes)
        if isinstance(outcome, DomainError) and commands[position].bill_id not in known
    ]
    if not refused:
        return
    found = await find_bills(driver, [commands[position].bill_id for position in refused])
    for position in refused:
        command = commands[position]
        outcomes[position] = _replay(found.get(command.bill_id), command) or outcomes[position]


def _book(draft: Draft, command: Command) -> NewBill:
    """Applies a draft to its wallet and makes it the next link of the wallet's chain."""
    posting = draft.posting
    wallet = posting.wallet
    posting.apply()
    sequence, previous = 0, b""
    if wallet.is_member:
        sequence, previous = wallet.bill_count + 1, wallet.last_hash
    document = command.message.SerializeToString()
    allocation = write_allocation(draft.allocation)
    receipt = write_receipt(draft.receipt, posting.bill_id)
    link = bill_hash(
        previous,
        member_id=wallet.member_id,
        bill_id=posting.bill_id,
        kind=posting.kind,
        sequence=sequence,
        document=document,
        allocation=allocation,
        receipt=receipt,
        transfers=posting.transfers,
    )
    if wallet.is_member:
        wallet.bill_count, wallet.last_hash = sequence, link
    return NewBill(draft, sequence, link, document, allocation, receipt)


def _stored(bill: NewBill) -> StoredBill:
    """A new bill as it will be read again."""
    draft, posting = bill.draft, bill.draft.posting
    return StoredBill(
        member_id=posting.wallet.member_id,
        bill_id=posting.bill_id,
        kind=posting.kind,
        store_id=posting.store_id,
        business_date=posting.business_date,
        occurred_at=posting.occurred_at,
        total_fen=draft.total_fen,
        points_earned=draft.points_earned,
        programme_version=draft.programme_version,
        original_bill_id=draft.original_bill_id,
        document=bill.document,
        allocation=bill.allocation,
        receipt=bill.receipt,
    )


def _replay(stored: StoredBill | None, command: Command) -> Outcome | None:
    if stored is None:
        return None
    if stored.kind is not command.kind or not same_content(stored.document, command.message):
        return id_reused(command.kind.name.lower(), command.bill_id)
    return Posted(read_receipt(stored.receipt), replayed=True)


def _repeated(drafted: NewBill, command: Command) -> Outcome:
    """The same id twice in one batch."""
    kind = drafted.draft.posting.kind
    if kind is not command.kind or not same_content(drafted.document, command.message):
        return id_reused(command.kind.name.lower(), command.bill_id)
    return Posted(drafted.draft.receipt, replayed=True)
