"""Changes a member: once for each id, with its history and its event, in one commit."""

from chassis.clock import to_timestamp
from chassis.database import Database, Transaction
from chassis.errors import NotFound, id_reused
from services.members.domain.birth_date import check_birth_date
from services.members.domain.member_change import (
    MemberChange,
    MemberChangeKind,
    check_reason,
    check_tier_code,
)
from services.members.storage.changes import MemberChangeRepository
from yika.members.v1 import events_pb2


async def change_member(database: Database, change: MemberChange) -> bool:
    """Carries a change out; True when the same one had been before.

    Invalid with the reason of the broken rule, NotFound MEMBER_NOT_FOUND, AlreadyExists ID_REUSED
    for other content under its id. The history keeps the change for ever, so its id is known for
    ever.
    """
    check_reason(change.reason)
    check_tier_code(change.tier_code)
    check_birth_date(change.birth_date, change.changed_at)
    async with database.transaction() as tx:
        changes = MemberChangeRepository(tx.connection)
        previous_tier_code = await changes.lock_member(change.member_id)
        # After the lock: whoever carried the same change out before has committed by now.
        stored = await changes.content_hash(change.change_id)
        if stored is None and previous_tier_code is not None:
            # Waits for another member's change of the same id, and then sees it.
            if await changes.add(change, previous_tier_code):
                await _carry_out(tx, changes, change, previous_tier_code)
                return False
            stored = await changes.content_hash(change.change_id)
        if stored is None:
            raise NotFound(
                "MEMBER_NOT_FOUND", "there is no such member", {"member_id": change.member_id}
            )
        if stored != change.content_hash():
            raise id_reused("change_id", change.change_id)
        return True


async def _carry_out(
    tx: Transaction, changes: MemberChangeRepository, change: MemberChange, previous_tier_code: str
) -> None:
    if change.kind is MemberChangeKind.BIRTH_DATE:
        await changes.set_birth_date(change.member_id, change.birth_date)
        return
    await changes.set_tier(change.member_id, change.tier_code)
    event = events_pb2.MemberTiersSet()
    event.members.add(
        member_id=change.member_id,
        change_id=change.change_id,
        tier_code=change.tier_code,
        previous_tier_code=previous_tier_code,
        changed_time=to_timestamp(change.changed_at),
    )
    tx.publish(event, member_id=change.member_id)
