"""Sets value of a wallet aside: lock, look for the id, choose lots, write, event, in one commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chassis.database import Database, Transaction
from chassis.errors import Unavailable, id_reused
from services.points.domain.holds.hold import Hold
from services.points.domain.holds.hold_request import HoldLimits, HoldRequest, set_aside
from services.points.domain.programme import Programmes
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.merges import follow
from services.points.messages.documents import same_content
from services.points.storage.driver import Driver, driver_of
from services.points.storage.holds import (
    HoldRecord,
    find_holds,
    insert_hold,
    write_holds,
    write_open_count,
)
from services.points.storage.locked_books import load_lots, lock_wallets
from services.points.storage.wallets.merges import heirs_of
from services.points.usecases.holds.publish_holds import publish_closed_holds, publish_created_hold
from yika.points.v1 import hold_service_pb2

_ATTEMPTS_MAX = 5


@dataclass(frozen=True, slots=True)
class CreatedHold:
    """A hold; when `replayed`, one that was made before with the same content."""

    record: HoldRecord
    replayed: bool


class _LookAgain(Exception):
    """The wallet was merged into another one, or the id was taken between looking and writing."""


async def create_hold(
    database: Database,
    request: HoldRequest,
    message: hold_service_pb2.CreateHoldRequest,
    *,
    programmes: Programmes,
    limits: HoldLimits,
    now: datetime,
) -> CreatedHold:
    """Makes a hold, once for each id; refuses as set_aside does, and ID_REUSED.

    `message` is the request as it came: it is stored, and compared when the id comes again.
    """
    members = {request.member_id}
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with database.transaction() as tx:
                wallets = await lock_wallets(tx.connection, members)
                wallet = wallets[request.member_id]
                for heir in follow(request.member_id, partial(_merged_into, wallets)):
                    if heir not in wallets:
                        raise _LookAgain
                    wallet = wallets[heir]
                return await _create(tx, wallet, request, message, programmes, limits, now)
        except _LookAgain:
            async with database.line() as line:
                members |= await heirs_of(line.driver, members)
    raise Unavailable("TRANSACTION_CONFLICT", "the same hold is being made elsewhere")


def _merged_into(wallets: Mapping[str, Wallet], member_id: str) -> str | None:
    return wallets[member_id].merged_into


async def _create(
    tx: Transaction,
    wallet: Wallet,
    request: HoldRequest,
    message: hold_service_pb2.CreateHoldRequest,
    programmes: Programmes,
    limits: HoldLimits,
    now: datetime,
) -> CreatedHold:
    driver = await driver_of(tx.connection)
    # After the lock: whoever made the same hold before has committed by now.
    for stored in await find_holds(driver, [request.hold_id]):
        if not same_content(stored.document, message):
            raise id_reused("hold", request.hold_id)
        return CreatedHold(stored, replayed=True)
    await load_lots(driver, [wallet])
    order = programmes.kind_of(wallet.card_type, now, now).spending_order
    hold = set_aside(wallet, request, limits=limits, order=order, now=now)
    record = HoldRecord(
        wallet.member_id,
        hold,
        request.register_id,
        request.staff_id,
        created_at=now,
        document=message.SerializeToString(),
    )
    if not await insert_hold(driver, record):
        raise _LookAgain
    wallet.open_holds += 1
    await change_holds(tx, driver, wallet, [], now)
    publish_created_hold(tx, record)
    return CreatedHold(record, replayed=False)


async def change_holds(
    tx: Transaction, driver: Driver, wallet: Wallet, changed: list[Hold], now: datetime
) -> None:
    """Writes changed holds of a locked wallet, and closes those that nobody has since they ended.

    Their open count follows, and others are told of those that ended.
    """
    ended = {hold.hold_id: hold for hold in [*wallet.timed_out(now), *changed]}
    wallet.change_holds(ended)
    await write_open_count(driver, wallet)
    if ended:
        owned = {(wallet.member_id, hold_id): hold for hold_id, hold in ended.items()}
        await write_holds(driver, owned, now)
        publish_closed_holds(tx, [(wallet.member_id, hold) for hold in ended.values()], now)
