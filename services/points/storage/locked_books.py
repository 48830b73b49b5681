"""Reads what the door decides on, under the locks that keep it true until the commit."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import ASSETS, Asset
from services.points.domain.lot import Lot, LotKey
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver, driver_of, fetch, text_of
from services.points.storage.holds import load_holds

Row = Any  # a record with the columns of its query by name

_WALLET_COLUMNS = """member_id, points, principal_fen, bonus_fen, debt_points, carry_numerator,
    carry_denominator, sale_count, open_holds, card_type, bill_count, last_hash, frozen_reason,
    merged_into, household_id, change_count"""


def _nulls(count: int) -> str:
    """The places of columns that another part of a union has."""
    return ", ".join(["NULL"] * count)


_BEGIN = "SELECT 1"
_BEGIN_ANEW = "ROLLBACK AND CHAIN"
_FIND_WALLETS = f"""
    SELECT {_WALLET_COLUMNS} FROM wallets WHERE member_id = ANY($1::uuid[])
    """  # noqa: S608 - constants of this file
_LOCK_WALLETS = f"{_FIND_WALLETS} ORDER BY member_id FOR UPDATE"
_COUNT_CHANGE = """
    UPDATE wallets SET change_count = change_count + 1 WHERE member_id = ANY($1::uuid[])
    """
_CREATE_WALLETS = """
    INSERT INTO wallets (member_id, points, principal_fen, bonus_fen, debt_points,
        carry_numerator, carry_denominator, sale_count, open_holds, card_type, bill_count,
        last_hash)
    SELECT member_id, 0, 0, 0, 0, 0, 1, 0, 0, '', 0, ''
    FROM unnest($1::uuid[]) AS given (member_id) ORDER BY member_id
    ON CONFLICT DO NOTHING
    """
LOT_COLUMNS = """member_id, bill_id, ordinal, asset, pass_id, granted, remaining, expired,
    rule_version, store_id, earned_at, available_at, expiry_date, moved_by"""
# Whose, and then the fields of a Lot in their order: lots come by the thousand, so they are made by
# place and not by name, and their ids need not be objects first.
_LOT_FIELDS = """lots.bill_id::text, ordinal, asset, pass_id::text, granted, remaining, expired,
    rule_version, store_id::text, earned_at, available_at, expiry_date, moved_by::text"""
_LOT_WIDTH = 1 + len(Lot._fields)
_OPEN_LOTS = f"""
    SELECT member_id::text, {_LOT_FIELDS} FROM lots
    WHERE member_id = ANY($1::uuid[]) AND is_open
    """  # noqa: S608
# The wallets, and beside them their lots: joined, each lot would bring the columns of its wallet,
# which cost more to read than a row. A row has either those or these.
_READ_WALLETS = f"""
    SELECT member_id::text, {_nulls(len(Lot._fields))}, {_WALLET_COLUMNS.split(",", 1)[1]}
    FROM wallets WHERE member_id = ANY($1::uuid[])
    UNION ALL
    SELECT member_id::text, {_LOT_FIELDS}, {_nulls(_WALLET_COLUMNS.count(","))}
    FROM lots WHERE member_id = ANY($1::uuid[]) AND is_open
    """  # noqa: S608
_OWNERS = "SELECT member_id::text FROM wallets WHERE member_id = ANY($1::uuid[])"
_COUNTERS = """
    SELECT member_id, rule_id, period, weight, denominator FROM earning_counters
    WHERE member_id = ANY($1::uuid[]) AND ($2::text[] IS NULL OR period = ANY($2::text[]))
    """


async def lock_wallets(connection: AsyncConnection, member_ids: Iterable[str]) -> dict[str, Wallet]:
    """Locks wallets as lock_wallets_on does, for anything but bills. Begins a transaction.

    It counts as a change of them, so that nobody posts what was decided on them before.
    """
    await fetch(connection, _BEGIN)
    driver = await driver_of(connection)
    wallets = await lock_wallets_on(driver, member_ids)
    await driver.execute(_COUNT_CHANGE, list(wallets))
    return wallets


async def lock_wallets_on(driver: Driver, member_ids: Iterable[str]) -> dict[str, Wallet]:
    """Locks the members' wallets in sorted order, making those that lack.

    Must come first in its transaction, which begins anew when some lack and others are locked:
    whoever waits for a wallet that another one is making must hold none, or two batches could
    wait for each other in a circle. Asking beforehand which exist would cost every batch.
    """
    wanted = sorted(set(member_ids))
    if not wanted:
        return {}
    rows = await driver.fetch(_LOCK_WALLETS, wanted)
    if len(rows) < len(wanted):
        if rows:
            await driver.execute(_BEGIN_ANEW)
        await driver.execute(_CREATE_WALLETS, wanted)
        rows = await driver.fetch(_LOCK_WALLETS, wanted)
    return {wallet.member_id: wallet for wallet in map(wallet_of, rows)}


async def find_owners(driver: Driver, member_ids: Iterable[str]) -> set[str]:
    """Those of the members who have a wallet, be it merged."""
    return {row["member_id"] for row in await driver.fetch(_OWNERS, list(member_ids))}


async def find_wallets(driver: Driver, member_ids: Iterable[str]) -> dict[str, Wallet]:
    """The members' wallets as they are, without their lots; those that lack are empty.

    For a snapshot that decides as the door does and writes nothing: nothing is locked or made.
    """
    wanted = list(member_ids)
    found = map(wallet_of, await driver.fetch(_FIND_WALLETS, wanted))
    return {member_id: Wallet(member_id) for member_id in wanted} | {
        wallet.member_id: wallet for wallet in found
    }


async def read_wallets(driver: Driver, member_ids: Iterable[str]) -> dict[str, Wallet]:
    """The members' wallets with their lots that hold something, in one statement and unlocked.

    Holds are not among them: of wallets with `open_holds` they must be loaded in one snapshot.
    """
    wallets: dict[str, Wallet] = {}
    lots: list[Row] = []
    for row in await driver.fetch(_READ_WALLETS, list(member_ids)):
        if row["change_count"] is None:
            lots.append(row)
        else:
            wallet = wallets[row["member_id"]] = wallet_of(row)
            wallet.lots_loaded = True
    for row in lots:
        member_id, bill_id, ordinal, asset, *others = row[:_LOT_WIDTH]
        lot = Lot(bill_id, ordinal, ASSETS[asset], *others)
        wallets[member_id].lots[LotKey(bill_id, ordinal)] = lot
    return wallets


async def load_lots(
    driver: Driver, wallets: Sequence[Wallet], hold_ids: Iterable[str] = ()
) -> None:
    """Fills locked wallets with their lots that hold something, and their open holds.

    Of the holds named also those that have ended: a refusal then says how.
    """
    by_id = {wallet.member_id: wallet for wallet in wallets}
    for member_id, bill_id, ordinal, asset, *others in await driver.fetch(_OPEN_LOTS, list(by_id)):
        lot = Lot(bill_id, ordinal, ASSETS[asset], *others)
        by_id[member_id].lots[LotKey(bill_id, ordinal)] = lot
    await load_holds(driver, wallets, hold_ids)
    for wallet in wallets:
        wallet.lots_loaded = True


async def load_counters(
    driver: Driver, wallets: Iterable[Wallet], periods: Iterable[str] | None
) -> None:
    """Fills locked wallets with what capped rules have given in the periods; None: in all."""
    by_id = {wallet.member_id: wallet for wallet in wallets}
    asked = None if periods is None else list(periods)
    for row in await driver.fetch(_COUNTERS, list(by_id), asked):
        key = CounterKey(row["rule_id"], row["period"])
        by_id[str(row["member_id"])].counters[key] = Tally(
            int(row["weight"]), int(row["denominator"])
        )


def wallet_of(row: Row) -> Wallet:
    """A wallet without its lots."""
    return Wallet(
        member_id=str(row["member_id"]),
        balances={
            Asset.POINTS: row["points"],
            Asset.PRINCIPAL: row["principal_fen"],
            Asset.BONUS: row["bonus_fen"],
        },
        debt_points=row["debt_points"],
        carry=Carry(row["carry_numerator"], row["carry_denominator"]),
        sale_count=row["sale_count"],
        open_holds=row["open_holds"],
        card_type=row["card_type"],
        bill_count=row["bill_count"],
        last_hash=row["last_hash"],
        frozen_reason=row["frozen_reason"],
        merged_into=text_of(row["merged_into"]),
        household_id=text_of(row["household_id"]),
        change_count=row["change_count"],
    )


def lot_of(row: Row) -> Lot:
    """A lot as it stands."""
    return Lot(
        str(row["bill_id"]),
        row["ordinal"],
        Asset(row["asset"]),
        text_of(row["pass_id"]),
        row["granted"],
        row["remaining"],
        row["expired"],
        row["rule_version"],
        str(row["store_id"]),
        row["earned_at"],
        row["available_at"],
        row["expiry_date"],
        text_of(row["moved_by"]),
    )
