"""Points that a sale earned and that came back after they had expired: in which lots they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from services.points.domain.assets import POINTS_REDEEMED, Asset, BillKind
from services.points.domain.books import Original
from services.points.domain.lot import LotKey
from services.points.domain.returns.points_grace import points_in_grace, points_that_came_back
from services.points.domain.wallet import Wallet
from services.points.storage.bill_reader import (
    find_later_bills,
    load_lots_by_key,
    load_transfers,
)
from services.points.storage.driver import Driver
from services.points.storage.returns.grace_lots import ReadAllocation

# Beside whom they were granted to: ix_lots_moved_points holds nothing else.
_HOLDERS = f"""
    SELECT DISTINCT member_id FROM lots
    WHERE bill_id = ANY($1::uuid[]) AND asset = {Asset.POINTS:d} AND moved_by IS NOT NULL
    """  # noqa: S608 - constants of this program
_SPENT_BY = f"""
    SELECT DISTINCT bill_id FROM transfers
    WHERE member_id = ANY($1::uuid[]) AND credit_account = '{POINTS_REDEEMED}'
      AND (lot_bill_id, lot_ordinal) IN (SELECT * FROM unnest($2::uuid[], $3::smallint[]))
    """  # noqa: S608
# Whoever's the lots were at the time: ix_lots_expired holds nothing else.
_EXPIRED = f"""
    SELECT bill_id, ordinal, member_id, expired FROM lots
    WHERE bill_id = ANY($1::uuid[]) AND asset = {Asset.POINTS:d} AND expired > 0
    """  # noqa: S608
_GIVES_BACK = (BillKind.SALE_RETURN, BillKind.GIFT_RETURN)
# Tills may be a day ahead of the ledger's clock.
_AHEAD = timedelta(days=2)

Sources = dict[LotKey, LotKey]


async def load_points_in_grace(
    driver: Driver,
    originals: Mapping[str, Original],
    wallets: Mapping[str, Wallet],
    today: date,
    read_allocation: ReadAllocation,
) -> dict[str, Original]:
    """The originals, sales with the lots with days of grace that hold points which they earned.

    Only what had expired came back into such a lot, so nothing is asked about sales whose points
    can be spent. Locked wallets get those lots, also where nothing is left in them.
    """
    sales = {
        key: original.bill.bill_id
        for original in originals.values()
        for key in original.earned_lots
        if _may_have_come_back(original, key, today)
    }
    if not sales:
        return dict(originals)
    owners = {originals[sale_id].bill.member_id for sale_id in sales.values()}
    grace = await _grace_lots(driver, sales, owners, read_allocation)
    if not grace:
        return dict(originals)
    lots = await load_lots_by_key(driver, list(wallets), grace)
    for (member_id, key), lot in lots.items():
        wallets[member_id].lots.setdefault(key, lot)
    expired = await driver.fetch(_EXPIRED, sorted({key.bill_id for key in grace}))
    found = dict(originals)
    for row in expired:
        sale_id = grace.get(LotKey(str(row["bill_id"]), row["ordinal"]))
        if sale_id is not None:
            found[sale_id] = _with_expired(found[sale_id], str(row["member_id"]), row["expired"])
    for sale_id in set(grace.values()):
        keys = frozenset(key for key, sale in grace.items() if sale == sale_id)
        found[sale_id] = replace(found[sale_id], grace_lots=keys)
    return found


def _may_have_come_back(original: Original, key: LotKey, today: date) -> bool:
    """Whether points of a lot left it otherwise than by expiry, and it can have expired."""
    lot = original.lots[key]
    left = lot.granted - lot.remaining - lot.expired
    return left > 0 and lot.expiry_date is not None and lot.expiry_date < today + _AHEAD


def _with_expired(original: Original, member_id: str, points: int) -> Original:
    expired = dict(original.expired_points)
    expired[member_id] = expired.get(member_id, 0) + points
    return replace(original, expired_points=expired)


async def _grace_lots(
    driver: Driver,
    sales: Mapping[LotKey, str],
    owners: Collection[str],
    read_allocation: ReadAllocation,
) -> dict[LotKey, str]:
    """Lots with days of grace -> the sale whose points they hold, given lots of sales by key.

    What was spent of such a lot and came back once more is in yet another one.
    """
    origins, asked, holders = dict(sales), set(sales), set(owners)
    while asked:
        sources, more = await _sources(driver, asked, holders, read_allocation)
        asked = {key for key in sources if key not in origins}
        origins |= {key: origins[sources[key]] for key in asked}
        holders = more
    return {key: sale_id for key, sale_id in origins.items() if key not in sales}


async def _sources(
    driver: Driver, keys: Iterable[LotKey], owners: Collection[str], read_allocation: ReadAllocation
) -> tuple[Sources, set[str]]:
    """Lots that hold what was spent of the given ones -> those, and whom they were granted to."""
    wanted = sorted(set(keys))
    bill_ids = [key.bill_id for key in wanted]
    moved = await driver.fetch(_HOLDERS, bill_ids)
    holders = sorted({*owners, *(str(row["member_id"]) for row in moved)})
    ordinals = [key.ordinal for key in wanted]
    spent = await driver.fetch(_SPENT_BY, holders, bill_ids, ordinals)
    spent_by = [str(row["bill_id"]) for row in spent]
    later = await find_later_bills(driver, spent_by) if spent_by else []
    back = [bill for bill in later if bill.kind in _GIVES_BACK]
    if not back:
        return {}, set()
    transfers = await load_transfers(driver, back)
    found: Sources = {}
    for bill in back:
        came_back = points_that_came_back(read_allocation(bill.allocation))
        sources = points_in_grace(bill.bill_id, transfers.get(bill.bill_id, ()), came_back)
        found |= {key: source for key, source in sources.items() if source in set(wanted)}
    granted = {key.bill_id for key in found}
    return found, {bill.member_id for bill in back if bill.bill_id in granted}
