"""Changes wallets beside bills: once for each id, with its history and its event, in one commit."""

from google.protobuf.message import Message

from chassis.clock import to_timestamp
from chassis.database import Database, Transaction
from chassis.errors import Unavailable, id_reused
from services.points.domain.wallets.wallet_change import (
    WalletChange,
    WalletChangeKind,
    check_change,
)
from services.points.storage.locked_books import lock_wallets
from services.points.storage.wallets.wallet_changes import WalletChangeRepository
from yika.points.v1 import wallet_events_pb2

_ATTEMPTS_MAX = 5


class _AnotherWriterCameFirst(Exception):
    """The change's id appeared between looking and writing: all is done again."""


async def change_wallets(database: Database, change: WalletChange) -> bool:
    """Carries a change out; True when the same one had been before.

    AlreadyExists ID_REUSED for other content under its id; PreconditionFailed as check_change
    says. The history keeps the change for ever, so its id is known for ever.
    """
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with database.transaction() as tx:
                return await carry_out(tx, change)
        except _AnotherWriterCameFirst:
            continue
    raise Unavailable("TRANSACTION_CONFLICT", "the same change is being carried out elsewhere")


async def carry_out(tx: Transaction, change: WalletChange) -> bool:
    """The same as a part of a larger transaction."""
    locked = await lock_wallets(tx.connection, change.member_ids)
    repository = WalletChangeRepository(tx.connection)
    # After the lock: whoever carried the same change out before has committed by now.
    stored = await repository.find(change.change_id)
    if stored is not None:
        if not stored.same_content(change):
            raise id_reused("a change", change.change_id)
        return True
    household: frozenset[str] = frozenset()
    if change.household_id is not None:
        await repository.lock_household(change.household_id)
        household = frozenset(await repository.household(change.household_id))
    check_change(change, locked, household)
    if not await repository.add(change):
        raise _AnotherWriterCameFirst
    if change.kind in (WalletChangeKind.FROZEN, WalletChangeKind.UNFROZEN):
        reason = change.reason if change.kind is WalletChangeKind.FROZEN else None
        await repository.set_frozen(change.member_ids[0], reason)
    else:
        joined = change.kind is WalletChangeKind.LINKED
        await repository.set_household(change.member_ids, change.household_id if joined else None)
    tx.publish(_event(change), member_id=change.member_ids[0])
    return False


def _event(change: WalletChange) -> Message:
    happened_time = to_timestamp(change.happened_at)
    freeze = [
        wallet_events_pb2.WalletFreeze(
            member_id=member_id, change_id=change.change_id, happened_time=happened_time
        )
        for member_id in change.member_ids
    ]
    if change.kind is WalletChangeKind.FROZEN:
        return wallet_events_pb2.WalletsFrozen(wallets=freeze)
    if change.kind is WalletChangeKind.UNFROZEN:
        return wallet_events_pb2.WalletsUnfrozen(wallets=freeze)
    linked = change.kind is WalletChangeKind.LINKED
    event = wallet_events_pb2.HouseholdLinked if linked else wallet_events_pb2.HouseholdUnlinked
    return event(
        household_id=change.household_id or "",
        member_ids=change.member_ids,
        change_id=change.change_id,
        happened_time=happened_time,
    )
