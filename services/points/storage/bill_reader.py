"""Reads bills with all that undoing them needs, under the locks of their members' wallets."""

from collections.abc import Iterable, Mapping, Sequence

from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Original, StoredBill
from services.points.domain.lot import Lot, LotKey
from services.points.domain.stored_value.top_up_record import TopUpRecord
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet
from services.points.storage.driver import Driver, text_of
from services.points.storage.locked_books import LOT_COLUMNS, Row, lot_of

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
_LOTS_BY_KEY = f"""
    SELECT {LOT_COLUMNS} FROM lots
    WHERE member_id = ANY($1::uuid[])
      AND (bill_id, ordinal) IN (SELECT * FROM unnest($2::uuid[], $3::smallint[]))
    """  # noqa: S608

# Whoever's the lots were at the time: ix_lots_expired holds nothing else.
_EXPIRED_POINTS = f"""
    SELECT bill_id, member_id, sum(expired)::bigint AS points FROM lots
    WHERE bill_id = ANY($1::uuid[]) AND asset = {Asset.POINTS:d} AND expired > 0
    GROUP BY bill_id, member_id
    """  # noqa: S608


async def find_bills(driver: Driver, bill_ids: Iterable[str]) -> dict[str, StoredBill]:
    """Those of the given bills that are in the books, whoever's they are."""
    rows = await driver.fetch(_BILLS, list(bill_ids))
    return {bill.bill_id: bill for bill in map(bill_of, rows)}


async def find_later_bills(driver: Driver, bill_ids: Iterable[str]) -> list[StoredBill]:
    """The bills that refer to the given ones, oldest first, whoever's they are."""
    return [bill_of(row) for row in await driver.fetch(_LATER_BILLS, list(bill_ids))]


async def load_transfers(
    driver: Driver, bills: Sequence[StoredBill | TopUpRecord]
) -> dict[str, list[Transfer]]:
    """What each bill moved, in its order."""
    owners = sorted({bill.member_id for bill in bills})
    transfers: dict[str, list[Transfer]] = {}
    for row in await driver.fetch(_TRANSFERS, owners, [bill.bill_id for bill in bills]):
        transfers.setdefault(str(row["bill_id"]), []).append(transfer_of(row))
    return transfers


async def load_originals(
    driver: Driver,
    bill_ids: Iterable[str],
    wallets: Mapping[str, Wallet],
    *,
    locking: bool = True,
) -> dict[str, Original]:
    """Bills that commands refer to, with their transfers, lots and the bills about them.

    The wallets of their members must be locked: that is what keeps them as they are read; without
    `locking` a snapshot does. Those wallets get the lots that the transfers name, also where
    nothing is left in them.
    """
    rows = await driver.fetch(_LOCK_BILLS if locking else _BILLS, list(bill_ids))
    bills = {bill.bill_id: bill for bill in map(bill_of, rows)}
    if not bills:
        return {}
    later: dict[str, list[StoredBill]] = {}
    for bill in await find_later_bills(driver, bills):
        later.setdefault(bill.original_bill_id or "", []).append(bill)
    every = [*bills.values(), *(bill for about in later.values() for bill in about)]
    owners = sorted({bill.member_id for bill in every})
    transfers = await load_transfers(driver, every)
    keys = {each.lot for moves in transfers.values() for each in moves if each.lot is not None}
    lots = await load_lots_by_key(driver, sorted({*owners, *wallets}), keys)
    for (member_id, key), lot in lots.items():
        if member_id in wallets:
            wallets[member_id].lots.setdefault(key, lot)
    expired = await _load_expired_points(driver, bills.values())
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
            expired.get(bill.bill_id, {}),
        )
        for bill in bills.values()
    }


async def _load_expired_points(
    driver: Driver, bills: Iterable[StoredBill]
) -> dict[str, dict[str, int]]:
    """Sale -> member -> points that the sale earned and that expired with that member."""
    earned = [bill.bill_id for bill in bills if bill.kind is BillKind.SALE and bill.points_earned]
    expired: dict[str, dict[str, int]] = {}
    for row in await driver.fetch(_EXPIRED_POINTS, earned) if earned else ():
        expired.setdefault(str(row["bill_id"]), {})[str(row["member_id"])] = row["points"]
    return expired


async def load_lots_by_key(
    driver: Driver, member_ids: Sequence[str], keys: Iterable[LotKey]
) -> dict[tuple[str, LotKey], Lot]:
    """(member_id, key) -> lot, whatever is left in it."""
    wanted = sorted(set(keys))
    rows = await driver.fetch(
        _LOTS_BY_KEY, list(member_ids), [k.bill_id for k in wanted], [k.ordinal for k in wanted]
    )
    return {(str(row["member_id"]), lot_of(row).key): lot_of(row) for row in rows}


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
        original_bill_id=text_of(row["original_bill_id"]),
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
        text_of(row["pass_id"]),
    )
