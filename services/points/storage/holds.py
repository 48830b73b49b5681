"""The only SQL of holds: reading them under the wallets' locks, writing, and lists of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import ASSETS, Asset
from services.points.domain.holds.hold import HeldLot, Hold, HoldState
from services.points.domain.lot import LotKey
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver, driver_of, fetch, text_of
from services.points.storage.tables import holds

_SELECT = """
    SELECT h.member_id, h.hold_id, h.asset AS hold_asset, h.pass_id, h.store_id, h.register_id,
           h.staff_id, h.created_at, h.expires_at, h.state, h.closed_at, h.voided_by, h.reason,
           h.document, l.lot_bill_id, l.lot_ordinal, l.asset, l.amount, l.posted
    FROM holds AS h JOIN hold_lots AS l USING (member_id, hold_id)
    """
_OPEN = f"""
    {_SELECT} WHERE h.member_id = ANY($1::uuid[]) AND h.state = 1 ORDER BY h.hold_id, l.ordinal
    """
_NAMED = f"""
    {_SELECT} WHERE h.member_id = ANY($1::uuid[]) AND h.hold_id = ANY($2::uuid[])
    ORDER BY h.hold_id, l.ordinal
    """
_FIND = f"{_SELECT} WHERE h.hold_id = ANY($1::uuid[]) ORDER BY h.hold_id DESC, l.ordinal"
_INSERT = """
    INSERT INTO holds (member_id, hold_id, asset, pass_id, store_id, register_id, staff_id,
        created_at, expires_at, state, voided_by, reason, document)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', $11)
    ON CONFLICT DO NOTHING RETURNING 1
    """
_INSERT_LOTS = """
    INSERT INTO hold_lots (member_id, hold_id, ordinal, lot_bill_id, lot_ordinal, asset, amount,
        posted)
    SELECT $1, $2, ordinal, lot_bill_id, lot_ordinal, asset, amount, 0
    FROM unnest($3::smallint[], $4::uuid[], $5::smallint[], $6::smallint[], $7::bigint[])
        AS given (ordinal, lot_bill_id, lot_ordinal, asset, amount)
    """
_SET_STATES = """
    UPDATE holds SET state = given.state,
        closed_at = CASE WHEN given.state = 1 THEN NULL ELSE $4::timestamptz END
    FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) AS given (member_id, hold_id, state)
    WHERE holds.member_id = given.member_id AND holds.hold_id = given.hold_id
    """
_SET_LOTS = """
    UPDATE hold_lots SET posted = given.posted
    FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::bigint[])
        AS given (member_id, hold_id, ordinal, posted)
    WHERE hold_lots.member_id = given.member_id AND hold_lots.hold_id = given.hold_id
      AND hold_lots.ordinal = given.ordinal AND hold_lots.posted <> given.posted
    """
_SET_VOIDED = "UPDATE holds SET voided_by = $3, reason = $4 WHERE member_id = $1 AND hold_id = $2"
_SET_OPEN_COUNT = "UPDATE wallets SET open_holds = $2 WHERE member_id = $1"


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A hold with what is told of it beside its value."""

    member_id: str
    hold: Hold
    register_id: str
    staff_id: str
    created_at: datetime
    document: bytes
    closed_at: datetime | None = None
    voided_by: str = ""
    reason: str = ""


async def load_holds(driver: Driver, wallets: Sequence[Wallet], named: Iterable[str]) -> None:
    """Fills locked wallets with their open holds and, whatever became of them, those named."""
    by_id = {wallet.member_id: wallet for wallet in wallets}
    with_holds = [wallet.member_id for wallet in wallets if wallet.open_holds]
    rows = await driver.fetch(_OPEN, with_holds) if with_holds else []
    found = _records(rows)
    ended = set(named) - {record.hold.hold_id for record in found}
    if ended:
        found += _records(await driver.fetch(_NAMED, list(by_id), list(ended)))
    for record in found:
        by_id[record.member_id].holds[record.hold.hold_id] = record.hold


async def open_holds(connection: AsyncConnection, member_id: str) -> list[Hold]:
    """A member's holds that nobody has closed, on a connection that cannot write."""
    return [record.hold for record in _records(await fetch(connection, _OPEN, [member_id]))]


async def find_holds(driver: Driver, hold_ids: Iterable[str]) -> list[HoldRecord]:
    """Those of the given holds that exist, whoever's they are; newest id first."""
    return _records(await driver.fetch(_FIND, list(hold_ids)))


async def insert_hold(driver: Driver, record: HoldRecord) -> bool:
    """Writes a new hold; False, and nothing may be committed, when its id is taken."""
    hold = record.hold
    done = await driver.fetch(
        _INSERT,
        record.member_id,
        hold.hold_id,
        hold.asset,
        hold.pass_id,
        hold.store_id,
        record.register_id,
        record.staff_id,
        record.created_at,
        hold.expires_at,
        hold.state,
        record.document,
    )
    if not done:
        return False
    await driver.execute(
        _INSERT_LOTS,
        record.member_id,
        hold.hold_id,
        list(range(len(hold.lots))),
        [part.key.bill_id for part in hold.lots],
        [part.key.ordinal for part in hold.lots],
        [part.asset for part in hold.lots],
        [part.amount for part in hold.lots],
    )
    return True


async def write_holds(
    driver: Driver, changed: Mapping[tuple[str, str], Hold], now: datetime
) -> None:
    """Brings holds, by (member_id, hold_id), to what they have become; their wallets are locked."""
    await driver.execute(
        _SET_STATES,
        [owner for owner, _ in changed],
        [hold_id for _, hold_id in changed],
        [hold.state for hold in changed.values()],
        now,
    )
    rows = [
        (owner, hold_id, ordinal, part.posted)
        for (owner, hold_id), hold in changed.items()
        for ordinal, part in enumerate(hold.lots)
        if part.posted
    ]
    if rows:
        await driver.execute(_SET_LOTS, *zip(*rows, strict=True))


async def write_voided(driver: Driver, record: HoldRecord) -> None:
    """Writes down who voided a hold, and why."""
    await driver.execute(
        _SET_VOIDED, record.member_id, record.hold.hold_id, record.voided_by, record.reason
    )


async def write_open_count(driver: Driver, wallet: Wallet) -> None:
    """Writes down how many holds of a locked wallet nobody has closed yet."""
    await driver.execute(_SET_OPEN_COUNT, wallet.member_id, wallet.open_holds)


async def find_hold(connection: AsyncConnection, hold_id: str) -> HoldRecord | None:
    """One hold, on a connection that cannot write; None when there is none."""
    return next(iter(_records(await fetch(connection, _FIND, [hold_id]))), None)


async def list_holds(
    connection: AsyncConnection,
    *,
    member_id: str | None,
    store_id: str | None,
    open_at: datetime | None,
    before: str,
    limit: int,
) -> list[HoldRecord]:
    """A page of holds, newest id first; with `open_at` only those that are open at that moment."""
    query = select(holds.c.hold_id).where(holds.c.hold_id < before)
    if member_id is not None:
        query = query.where(holds.c.member_id == member_id)
    if store_id is not None:
        query = query.where(holds.c.store_id == store_id)
    if open_at is not None:
        query = query.where(holds.c.state == HoldState.OPEN, holds.c.expires_at > open_at)
    ids = (await connection.execute(query.order_by(holds.c.hold_id.desc()).limit(limit))).scalars()
    return await find_holds(await driver_of(connection), list(ids))


async def count_open(connection: AsyncConnection, now: datetime) -> dict[Asset, int]:
    """How many holds set value aside, by what they hold; those of unknown assets are left out."""
    rows = await connection.execute(
        select(holds.c.asset, func.count())
        .where(holds.c.state == HoldState.OPEN, holds.c.expires_at > now)
        .group_by(holds.c.asset)
    )
    return {ASSETS[asset]: count for asset, count in rows if asset in ASSETS}


def _records(rows: Iterable[Any]) -> list[HoldRecord]:
    """Rows of holds and their lots, in the order in which their holds come."""
    found: dict[tuple[str, str], HoldRecord] = {}
    for row in rows:
        key = str(row["member_id"]), str(row["hold_id"])
        record = found.get(key) or _record(row)
        part = HeldLot(
            LotKey(str(row["lot_bill_id"]), row["lot_ordinal"]),
            Asset(row["asset"]),
            row["amount"],
            row["posted"],
        )
        found[key] = replace(record, hold=replace(record.hold, lots=(*record.hold.lots, part)))
    return list(found.values())


def _record(row: Any) -> HoldRecord:
    return HoldRecord(
        member_id=str(row["member_id"]),
        hold=Hold(
            hold_id=str(row["hold_id"]),
            asset=Asset(row["hold_asset"]),
            lots=(),
            expires_at=row["expires_at"],
            pass_id=text_of(row["pass_id"]),
            store_id=str(row["store_id"]),
            state=HoldState(row["state"]),
        ),
        register_id=row["register_id"],
        staff_id=row["staff_id"],
        created_at=row["created_at"],
        document=row["document"],
        closed_at=row["closed_at"],
        voided_by=row["voided_by"],
        reason=row["reason"],
    )
