"""Posts bills: locks the wallets, decides each command, writes everything in one commit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chassis.database import Database, DriverTransaction, Transaction
from chassis.database_failures import GaveWay
from chassis.errors import DomainError, Unavailable, id_reused
from services.points.commands import Command
from services.points.domain.books import Books, StoredBill
from services.points.domain.coupons.coupon import GiveBackPolicy
from services.points.domain.draft import Receipt
from services.points.domain.programme import Programmes
from services.points.domain.unreadable_books import BooksUnreadable
from services.points.messages.documents import (
    read_receipt,
    same_content,
)
from services.points.storage.bill_reader import find_bills
from services.points.storage.bill_writer import (
    AnotherWriterCameFirst,
    NewBill,
    fits_one_statement,
    write_bills,
)
from services.points.storage.driver import Driver
from services.points.storage.locked_books import find_owners, read_wallets
from services.points.usecases.coupons.bill_coupons import write_coupons
from services.points.usecases.load_books import Merged, find_heirs, load_books, lock_books
from services.points.usecases.new_bills import book, stored

_ATTEMPTS_MAX = 5
# Among more commands it gets likely that another batch is about one of their members too, and the
# whole batch would have to be decided again.
_UNLOCKED_MAX = 48

Publish = Callable[[Transaction, Sequence[NewBill], datetime], None]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a command did; for a replayed one, what it did the first time."""

    receipt: Receipt
    replayed: bool


Outcome = Posted | DomainError


class MemberUncertain(Unavailable):
    """Nothing was posted: the books do not know the member, and nobody has asked who does.

    The owner of members is not asked here: who waits for it would keep all others waiting.
    """

    def __init__(self) -> None:
        super().__init__("PEER_UNAVAILABLE", "nobody was asked whether the member exists")


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

    MemberUncertain for those that are not certain to be of members and whose members have no
    wallet; locking makes wallets that lack. Unavailable TRANSACTION_CONFLICT when others are in the
    way again and again. What the books of a command alone make no sense for is its own
    BooksUnreadable; raised when it may be that of any of several.
    """
    look_first = False
    if len(commands) <= _UNLOCKED_MAX and all(command.needs_wallets_alone for command in commands):
        try:
            outcomes = await _post_unlocked(database, commands, Books(programmes, now), publish)
        except AnotherWriterCameFirst:
            outcomes, look_first = None, True
        except GaveWay:
            outcomes = None
        if outcomes is not None:
            return outcomes
    refused = await _refuse_uncertain(database, commands)
    standing = [command for n, command in enumerate(commands) if n not in refused]
    if not standing:
        return list(refused.values())
    books = partial(Books, programmes, now, coupon_give_back=coupon_give_back)
    try:
        posted = iter(await _post_locked(database, standing, books, publish, look_first))
    except BooksUnreadable as error:
        if len(standing) > 1:
            raise  # each is tried again apart, to find whose they are
        posted = iter([error])
    return [refused[n] if n in refused else next(posted) for n in range(len(commands))]


async def _refuse_uncertain(
    database: Database, commands: Sequence[Command]
) -> Mapping[int, DomainError]:
    """By position, the refusal of each command that may name somebody who is no member."""
    unknown = {m for command in commands if not command.is_of_members for m in command.members}
    if not unknown:
        return {}
    async with database.line() as line:
        unknown -= await find_owners(line.driver, unknown)
    return {
        n: MemberUncertain()
        for n, command in enumerate(commands)
        if not (command.is_of_members or unknown.isdisjoint(command.members))
    }


async def _post_locked(
    database: Database,
    commands: Sequence[Command],
    new_books: Callable[[], Books],
    publish: Publish,
    look_first: bool,
) -> list[Outcome]:
    heirs: set[str] = set()
    for _ in range(_ATTEMPTS_MAX):
        books = new_books()
        try:
            async with database.driver_transaction() as tx:
                return await _post(tx, commands, books, publish, heirs, look_first)
        except AnotherWriterCameFirst:
            look_first = True
        except Merged:
            heirs = await find_heirs(database, commands)
        except GaveWay:
            continue
    raise Unavailable("TRANSACTION_CONFLICT", "others are in the way; send it again")


async def find_bill(database: Database, bill_id: str) -> StoredBill | None:
    """A bill by its id, whoever's it is. Bills never change: no lock is needed to read one."""
    async with database.line() as line:
        return (await find_bills(line.driver, [bill_id])).get(bill_id)


async def find_replays(database: Database, commands: Sequence[Command]) -> list[Posted | None]:
    """The first answer of each command that was posted before with the same content, else None."""
    async with database.line() as line:
        known = await find_bills(line.driver, [c.bill_id for c in commands])
    outcomes = (_replay(known.get(command.bill_id), command) for command in commands)
    return [outcome if isinstance(outcome, Posted) else None for outcome in outcomes]


async def _post_unlocked(
    database: Database, commands: Sequence[Command], books: Books, publish: Publish
) -> list[Outcome] | None:
    """Posts with one read and one write, which refuses when a wallet changed in between.

    None, and nothing is written, for what only locks can decide: wallets to be made, merged or
    with holds, and refusals, which must not overtake another try of the same command.
    """
    members = sorted({member for command in commands for member in command.members})
    async with database.one_statement() as tx:
        books.wallets = await read_wallets(tx.driver, members) if members else {}
        wallets = books.wallets.values()
        if len(wallets) < len(members) or any(w.merged_into or w.open_holds for w in wallets):
            return None
        outcomes, new_bills = _decide(commands, books, {}, looked=False)
        if any(isinstance(outcome, DomainError) for outcome in outcomes):
            return None
        if not fits_one_statement(new_bills):
            return None
        publish(tx, new_bills, books.now)
        await write_bills(tx, new_bills, books.now)
    return outcomes


async def _post(
    tx: DriverTransaction,
    commands: Sequence[Command],
    books: Books,
    publish: Publish,
    heirs: set[str],
    look_first: bool,
) -> list[Outcome]:
    await lock_books(tx, commands, books, heirs)
    await load_books(tx, commands, books)
    # Nearly every id is new, so the table is asked only when writing finds that one is not.
    # After the locks: whoever posted the same bill before has committed by now.
    ids = [bill_id for c in commands for bill_id in (c.bill_id, *c.further_bill_ids)]
    known = await find_bills(tx.driver, ids) if look_first else {}
    outcomes, new_bills = _decide(commands, books, known, looked=look_first)
    await _answer_refused_retries(tx.driver, commands, outcomes, known)
    if new_bills:
        await write_coupons(tx, new_bills, books)
        publish(tx, new_bills, books.now)
        await write_bills(tx, new_bills, books.now)
    return outcomes


def _decide(
    commands: Sequence[Command], books: Books, known: Mapping[str, StoredBill], *, looked: bool
) -> tuple[list[Outcome], list[NewBill]]:
    """The outcome of each command, and the bills of those that stand.

    `known` are those of their ids that are in the books, if anybody has `looked`.
    """
    drafted: dict[str, NewBill] = {}
    new_bills: list[NewBill] = []
    outcomes: list[Outcome] = []
    for command in commands:
        replay = _replay(known.get(command.bill_id), command)
        if replay is None and command.bill_id in drafted:
            replay = _repeated(drafted[command.bill_id], command)
        if replay is None and any(
            bill_id in known or bill_id in drafted for bill_id in command.further_bill_ids
        ):
            replay = id_reused(command.kind.name.lower(), command.bill_id)
        if replay is not None:
            outcomes.append(replay)
            continue
        try:
            drafts = command.decided(books)
        except DomainError as refusal:
            outcomes.append(refusal)
            continue
        except Exception:
            if looked:
                raise
            # A retry that was decided a second time has left wallets here as they cannot be.
            raise AnotherWriterCameFirst from None
        for draft in drafts:
            new_bills.append(book(draft, command))
            if draft.original_bill_id:
                books.add_later(stored(new_bills[-1]), draft.posting.transfers)
            books.note(draft)
            drafted[draft.posting.bill_id] = new_bills[-1]
        outcomes.append(Posted(drafts[0].receipt, replayed=False))
    return outcomes, new_bills


async def _answer_refused_retries(
    driver: Driver,
    commands: Sequence[Command],
    outcomes: list[Outcome],
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


def _replay(known: StoredBill | None, command: Command) -> Outcome | None:
    if known is None:
        return None
    if known.kind is not command.kind or not same_content(known.document, command.message):
        return id_reused(command.kind.name.lower(), command.bill_id)
    return Posted(read_receipt(known.receipt), replayed=True)


def _repeated(drafted: NewBill, command: Command) -> Outcome:
    """The same id twice in one batch, or the id of another one's second bill."""
    kind = drafted.draft.posting.kind
    if kind is not command.kind or not same_content(drafted.document, command.message):
        return id_reused(command.kind.name.lower(), command.bill_id)
    return Posted(drafted.draft.receipt, replayed=True)
