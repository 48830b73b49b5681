"""Frees what a hold still sets aside, before its time runs out."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.auth import Principal
from chassis.database import Database
from services.points.domain.holds.hold import HoldState
from services.points.storage.driver import driver_of
from services.points.storage.holds import HoldRecord, find_holds, load_holds, write_voided
from services.points.storage.locked_books import lock_wallets
from services.points.usecases.holds.create_hold import change_holds
from services.points.usecases.holds.read_holds import read_hold


@dataclass(frozen=True, slots=True)
class VoidedHold:
    """A hold that is voided; `replayed` when it was before."""

    record: HoldRecord
    replayed: bool


async def void_hold(
    database: Database,
    hold_id: str,
    *,
    staff_id: str,
    reason: str,
    principal: Principal,
    now: datetime,
) -> VoidedHold:
    """Voids an open hold; voiding it again gets the first answer.

    NotFound UNKNOWN_HOLD, Forbidden for one of a store out of reach, PreconditionFailed
    HOLD_EXPIRED when it timed out, HOLD_CLOSED when bills have posted it or freed its rest. What
    was posted before stays posted.
    """
    # What is read here without a lock never changes: whose hold it is, and which store's.
    owner = (await read_hold(database, hold_id, principal)).member_id
    async with database.transaction() as tx:
        wallet = (await lock_wallets(tx.connection, [owner]))[owner]
        driver = await driver_of(tx.connection)
        (record,) = await find_holds(driver, [hold_id])
        if record.hold.state is HoldState.VOIDED:
            return VoidedHold(record, replayed=True)
        record.hold.require_open(now)
        await load_holds(driver, [wallet], ())
        voided = replace(
            record,
            hold=record.hold.ended(HoldState.VOIDED),
            closed_at=now,
            voided_by=staff_id,
            reason=reason,
        )
        await change_holds(tx, driver, wallet, [voided.hold], now)
        await write_voided(driver, voided)
        return VoidedHold(voided, replayed=False)
