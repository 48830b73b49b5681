"""Posts sales: locks the wallets, runs the rules once a sale, writes everything in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.clock import to_timestamp
from chassis.database import Database, Transaction
from chassis.errors import DomainError, Unavailable, id_reused
from chassis.events import EVENT_BYTES_MAX
from pricing.earning import EarningRule, points_earned
from services.points.documents import same_content
from services.points.domain.ledger import sale_posting
from services.points.domain.sale import Sale
from services.points.storage.repository import LedgerRepository, NewBill, StoredBill
from yika.points.v1 import events_pb2, sale_pb2

# Room for the envelope of each sale in the event beside the sale itself.
_EVENT_BYTES_FILLED = EVENT_BYTES_MAX - 64 * 1024
_ATTEMPTS_MAX = 5


@dataclass(frozen=True, slots=True)
class PostSale:
    """A checked sale, with the message that becomes its document."""

    sale: Sale
    message: sale_pb2.Sale


@dataclass(frozen=True, slots=True)
class PostedSale:
    """What a sale did; for a replayed one, what it did the first time."""

    points_earned: int
    balance_points: int
    replayed: bool


class _AnotherWriterCameFirst(Exception):
    """A bill appeared between looking and writing: the whole batch is done again."""


async def post_sales(
    database: Database, commands: Sequence[PostSale], *, rule: EarningRule, now: datetime
) -> list[PostedSale | DomainError]:
    """Posts each sale or says why not, in the order given; all that stand share one commit."""
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with database.transaction() as tx:
                return await _post(tx, commands, rule, now)
        except _AnotherWriterCameFirst:
            continue
    raise Unavailable("TRANSACTION_CONFLICT", "the same sales are being posted elsewhere")


async def _post(
    tx: Transaction, commands: Sequence[PostSale], rule: EarningRule, now: datetime
) -> list[PostedSale | DomainError]:
    repository = LedgerRepository(tx.connection)
    balances = await repository.lock_points(
        command.sale.member_id for command in commands if command.sale.member_id
    )
    # After the locks: whoever posted the same sale before has committed by now.
    known = await repository.find_bills({command.sale.sale_id for command in commands})
    new_bills: list[NewBill] = []
    touched: dict[str, int] = {}
    outcomes: list[PostedSale | DomainError] = []
    for command in commands:
        sale = command.sale
        stored = known.get(sale.sale_id)
        if stored is not None:
            outcomes.append(_replay(stored, command))
            continue
        earned = points_earned(rule, sale.total_fen)
        posting = sale_posting(sale, earned, rule.rule_version)
        balance = 0
        if sale.member_id is not None:
            balance = balances[sale.member_id] + posting.points_earned
            balances[sale.member_id] = balance
            if posting.points_earned:
                touched[sale.member_id] = balance
        document = command.message.SerializeToString()
        new_bills.append(NewBill(sale, posting, balance, document))
        # The same sale may stand twice in one batch.
        known[sale.sale_id] = StoredBill(document, posting.points_earned, balance)
        outcomes.append(PostedSale(posting.points_earned, balance, replayed=False))
    if new_bills:
        if await repository.insert_bills(new_bills, now) != len(new_bills):
            raise _AnotherWriterCameFirst
        await repository.insert_transfers(new_bills, now)
        await repository.insert_lots(new_bills)
        await repository.set_points(touched)
        _publish(tx, new_bills, now)
    return outcomes


async def find_replays(database: Database, commands: Sequence[PostSale]) -> list[PostedSale | None]:
    """The first answer of each sale that was posted before with the same content, else None."""
    async with database.read() as connection:
        known = await LedgerRepository(connection).find_bills(c.sale.sale_id for c in commands)
    outcomes: list[PostedSale | None] = []
    for command in commands:
        stored = known.get(command.sale.sale_id)
        outcome = _replay(stored, command) if stored is not None else None
        outcomes.append(outcome if isinstance(outcome, PostedSale) else None)
    return outcomes


def _replay(stored: StoredBill, command: PostSale) -> PostedSale | DomainError:
    if not same_content(stored.document, command.message):
        return id_reused("sale", command.sale.sale_id)
    return PostedSale(stored.points_earned, stored.points_after, replayed=True)


def _publish(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Puts the sales into as few events as their size allows."""
    posted_time = to_timestamp(now)
    event = events_pb2.SalesPosted()
    filled = 0
    for bill in bills:
        size = len(bill.document)
        if event.sales and filled + size > _EVENT_BYTES_FILLED:
            tx.publish(event, member_id=bills[0].sale.account_id)
            event = events_pb2.SalesPosted()
            filled = 0
        posted = event.sales.add(points_earned=bill.posting.points_earned, posted_time=posted_time)
        posted.sale.MergeFromString(bill.document)
        filled += size + 64
    tx.publish(event, member_id=bills[0].sale.account_id)
