"""Reads what the door decides on, under the locks that keep it true until the commit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Original, StoredBill
from services.points.domain.lot import Lot, LotKey
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver, driver_of, fetch
from services.points.storage.holds import load_holds

Row = Any  # a record with the columns of its query by name

_WALLET_COLUMNS = """member_id, points, principal_fen, bonus_fen, debt_points, carry_numerator,
    carry_denominator, sale_count, open_holds, card_type, bill_count, last_hash, frozen_reason,
    merged_into, household_id"""
_BEGIN = "SELECT 1"
_BEGIN_ANEW = "ROLLBACK AND CHAIN"
_LOCK_WALLETS = f"""
    SELECT {_WALLET_COLUMNS} FROM wallets
    WHERE member_id = ANY($1::uuid[]) ORDER BY member_id FOR UPDATE
    """  # noqa: S608 - constants of this file
_CREATE_WALLETS = """
    INSERT INTO wallets (member_id, points, principal_fen, bonus_fen, debt_points,
        carry_numerator, carry_denominator, sale_count, open_holds, card_type, bill_count,
        last_hash)
    SELECT member_id, 0, 0, 0, 0, 0, 1, 0, 0, '', 0, ''
    FROM unnest($1::uuid[]) AS given (member_id) ORDER BY member_id
    ON CONFLICT DO NOTHING
    """
_LOT_COLUMNS = """member_id, bill_id, ordinal, asset, pass_id, granted, remaining, expired,
    rule_version, store_id, earned_at, available_at, expiry_date, moved_by"""
_READ_WALLETS = f"""
    SELECT {_WALLET_COLUMNS.replace("member_id", "wallets.member_id", 1)},
        {_LOT_COLUMNS.split(",", 1)[1]}
    FROM wallets LEFT JOIN lots ON lots.member_id = wallets.member_id AND lots.remaining > 0
    WHERE wallets.member_id = ANY($1::uuid[])
    """  # noqa: S608
_OPEN_LOTS = f"""
    SELECT {_LOT_COLUMNS} FROM lots WHERE member_id = ANY($1::uuid[]) AND remaining > 0
    """  # noqa: S608
_LOTS_BY_KEY = f"""
    SELECT {_LOT_COLUMNS} FROM lots
    WHERE member_id = ANY($1::uuid[])
      AND (bill_id, ordinal) IN (SELECT * FROM unnest($2::uuid[], $3::smallint[]))
    """  # noqa: S608
_COUNTERS = """
    SELECT member_id, rule_id, period, weight, denominator FROM earning_counters
    WHERE member_id = ANY($1::uuid[]) AND period = ANY($2::text[])
    """
_FOLLOW_MERGES = """
    WITH RECURSIVE followed (member_id) AS (
        SELECT unnest($1::uuid[])
        UNION
        SELECT wallets.merged_into FROM wallets JOIN followed USING (member_id)
        WHERE wallets.merged_into IS NOT NULL
    )
    SELECT member_id FROM followed
    """
_BILL_COLUMNS = """member_id, bill_id, kind, store_id, business_date, occurred_at, total_fen,
    points_earned, programme_version, original_bill_id, document, allocation, receipt"""
_BILLS = f"SELECT {_BILL_COLUMNS} FROM bills WHERE bill_id = ANY($1::uuid[])"  # noqa: S608
# The store's walk-in account has no wallet to lock, so the bill itself is what two returns of a
# walk-in sale wait for.
_LOCK_BILLS = f"{_BILLS} ORDER BY bill_id FOR UPDATE"
_LATER_BILLS = f"""
    SELECT {_BILL_COLUMNS} FROM bills WHERE original_bill_id = ANY($1::uuid[])
    ORDER BY posted_at, bill_id
    """  # noqa: S608
_TRANSFERS = """
    SELECT bill_id, asset, debit_account, credit_account, amount, lot_bill_id, lot_ordinal, pass_id
    FROM transfers WHERE member_id = ANY($1::uuid[]) AND bill_id = ANY($2::uuid[])
    ORDER BY bill_id, ordinal
    """


async def lock_wallets(connection: AsyncConnection, member_ids: Iterable[str]) -> dict[str, Wallet]:
    """Locks the members' wallets as lock_wallets_on does. Begins a transaction."""
    await fetch(connection, _BEGIN)
    return await lock_wallets_on(await driver_of(connection), member_ids)


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


async def read_wallets(connection: AsyncConnection, member_ids: Iterable[str]) -> dict[str, Wallet]:
    """The members' wallets with their lots that hold something, in one statement and unlocked.

    Holds are not among them: of wallets with `open_holds` they must be loaded in one snapshot.
    """
    wallets: dict[str, Wallet] = {}
    for row in await fetch(connection, _READ_WALLETS, list(member_ids)):
        member_id = str(row["member_id"])
        if member_id not in wallets:
            wallets[member_id] = wallet_of(row)
        if row["bill_id"] is not None:
            lot = lot_of(row)
            wallets[member_id].lots[lot.key] = lot
    return wallets


async def follow_merges(connection: AsyncConnection, member_ids: Iterable[str]) -> set[str]:
    """The members with all into whom they were merged, and these in turn. Begins a transaction."""
    rows = await fetch(connection, _FOLLOW_MERGES, sorted(member_ids))
    return {str(row["member_id"]) for row in rows}


async def load_lots(
    driver: Driver, wallets: Sequence[Wallet], hold_ids: Iterable[str] = ()
) -> None:
    """Fills locked wallets with their lots that hold something, and their open holds.

    Of the holds named also those that have ended: a refusal then says how.
    """
    by_id = {wallet.member_id: wallet for wallet in wallets}
    for row in await driver.fetch(_OPEN_LOTS, list(by_id)):
        lot = lot_of(row)
        by_id[str(row["member_id"])].lots[lot.key] = lot
    await load_holds(driver, wallets, hold_ids)
    for wallet in wallets:
        wallet.lots_loaded = True


async def load_counters(driver: Driver, wallets: Sequence[Wallet], periods: Iterable[str]) -> None:
    """Fills locked wallets with what capped rules have given in the periods."""
    by_id = {wallet.member_id: wallet for wallet in wallets}
    for row in await driver.fetch(_COUNTERS, list(by_id), list(periods)):
        key = CounterKey(row["rule_id"], row["period"])
        by_id[str(row["member_id"])].counters[key] = Tally(
            int(row["weight"]), int(row["denominator"])
        )


async def find_bills(driver: Driver, bill_ids: Iterable[str]) -> dict[str, StoredBill]:
    """Those of the given bills that are in the books, whoever's they are."""
    rows = await driver.fetch(_BILLS, list(bill_ids))
    return {bill.bill_id: bill for bill in map(bill_of, rows)}


async def load_originals(
    driver: Driver, bill_ids: Iterable[str], wallets: Mapping[str, Wallet]
) -> dict[str, Original]:
    """Bills that commands refer to, with their transfers, lots and the bills about them.

    The wallets of their members must be locked: that is what keeps them as they are read. Those
    wallets get the lots that the transfers name, also where nothing is left in them.
    """
    rows = await driver.fetch(_LOCK_BILLS, list(bill_ids))
    bills = {bill.bill_id: bill for bill in map(bill_of, rows)}
    if not bills:
        return {}
    later: dict[str, list[StoredBill]] = {}
    for row in await driver.fetch(_LATER_BILLS, list(bills)):
        later.setdefault(str(row["original_bill_id"]), []).append(bill_of(row))
    every = [*bills.values(), *(bill for about in later.values() for bill in about)]
    owners = sorted({bill.member_id for bill in every})
    transfers: dict[str, list[Transfer]] = {}
    for row in await driver.fetch(_TRANSFERS, owners, [bill.bill_id for bill in every]):
        transfers.setdefault(str(row["bill_id"]), []).append(transfer_of(row))
    keys = {each.lot for moves in transfers.values() for each in moves if each.lot is not None}
    lots = await load_lots_by_key(driver, sorted({*owners, *wallets}), keys)
    for (member_id, key), lot in lots.items():
        if member_id in wallets:
            wallets[member_id].lots.setdefault(key, lot)
    return {
        bill.bill_id: Original(
            bill,
            tuple(transfers.get(bill.bill_id, ())),
            {
                each.lot: lots[bill.member_id, each.lot]
                for each in transfers.get(bill.bill_id, ())
                if each.lot is not None
            },
            tuple(later.get(bill.bill_id, ())),
            tuple(
                each
                for about in later.get(bill.bill_id, ())
                for each in transfers.get(about.bill_id, ())
            ),
        )
        for bill in bills.values()
    }


async def load_lots_by_key(
    driver: Driver, member_ids: Sequence[str], keys: Iterable[LotKey]
) -> dict[tuple[str, LotKey], Lot]:
    """(member_id, key) -> lot, whatever is left in it."""
    wanted = sorted(set(keys))
    rows = await driver.fetch(
        _LOTS_BY_KEY, list(member_ids), [k.bill_id for k in wanted], [k.ordinal for k in wanted]
    )
    return {(str(row["member_id"]), lot_of(row).key): lot_of(row) for row in rows}


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
        merged_into=_text(row["merged_into"]),
        household_id=_text(row["household_id"]),
    )


def lot_of(row: Row) -> Lot:
    """A lot as it stands."""
    return Lot(
        str(row["bill_id"]),
        row["ordinal"],
        Asset(row["asset"]),
        _text(row["pass_id"]),
        row["granted"],
        row["remaining"],
        row["expired"],
        row["rule_version"],
        str(row["store_id"]),
        row["earned_at"],
        row["available_at"],
        row["expiry_date"],
        _text(row["moved_by"]),
    )


def bill_of(row: Row) -> StoredBill:
    """A bill as it was posted."""
    return StoredBill(
        member_id=str(row["member_id"]),
        bill_id=str(row["bill_id"]),
        kind=BillKind(row["kind"]),
        store_id=str(row["store_id"]),
        business_date=row["business_date"],
        occurred_at=row["occurred_at"],
        total_fen=row["total_fen"],
        points_earned=row["points_earned"],
        programme_version=row["programme_version"],
        original_bill_id=_text(row["original_bill_id"]),
        document=row["document"],
        allocation=row["allocation"],
        receipt=row["receipt"],
    )


def transfer_of(row: Row) -> Transfer:
    """A transfer as it was posted."""
    lot = row["lot_bill_id"]
    return Transfer(
        Asset(row["asset"]),
        row["debit_account"],
        row["credit_account"],
        row["amount"],
        None if lot is None else LotKey(str(lot), row["lot_ordinal"]),
        _text(row["pass_id"]),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
