"""Coupons in the commit of the bills that use them up or give them back."""

from collections.abc import Sequence

from chassis.database import DriverTransaction, Transaction
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.coupons.coupon_event import give_back_id, redemption_id
from services.points.domain.wallets.merges import Merges
from services.points.messages.coupons.coupon_facts import change_facts
from services.points.storage.bill_writer import AnotherWriterCameFirst, NewBill
from services.points.storage.coupons.coupons import CouponRepository
from services.points.storage.wallets.merges import load_merges_on
from services.points.usecases.coupons.change_coupon import CHANGES


async def load_coupons(
    tx: DriverTransaction, commands: Sequence[Command], books: Books, *, locking: bool = True
) -> None:
    """Locks all coupons that commands name, at once and sorted; no statement when none does.

    The wallets must be locked already. All in one statement, also those that come back, so that
    two batches never wait for each other in a circle. Without `locking` they are only read.
    """
    named = [(command, coupon_id) for command in commands for coupon_id in command.coupons]
    if not named:
        return
    repository = CouponRepository(tx.connection)
    find = repository.lock if locking else repository.find
    books.coupons = await find(coupon_id for _, coupon_id in named)
    # Whose wallet is locked says itself whether it was merged: mostly that is everybody.
    owners = {coupon.member_id for coupon in books.coupons.values() if coupon.member_id}
    if strangers := owners - set(books.wallets):
        merges = await load_merges_on(tx.driver, strangers)
        books.merges = Merges({**books.merges.into, **merges.into})
    # After the locks: whoever changed one of them before has committed by now.
    books.coupon_events = await repository.find_events(
        give_back_id(command.bill_id, coupon_id)
        if command.kind is BillKind.SALE_RETURN
        else redemption_id(command.bill_id, coupon_id)
        for command, coupon_id in named
    )


async def write_coupons(tx: Transaction, bills: Sequence[NewBill], books: Books) -> None:
    """Writes what the bills made of coupons, with the events and counts of it.

    Raises AnotherWriterCameFirst when the same was done elsewhere meanwhile.
    """
    if not books.coupons:
        return
    changes = [change for bill in bills for change in bill.draft.coupons]
    if await CouponRepository(tx.connection).save(changes) != len(changes):
        raise AnotherWriterCameFirst
    lane = bills[0].draft.posting.wallet.member_id
    for fact in change_facts(changes):
        tx.publish(fact, member_id=lane)
    for change in changes:
        tx.after_commit(CHANGES.labels(change.event.request.kind.name).inc)
