"""Finds bonus that came back after it had expired: in which lots with days of grace it is."""

from collections.abc import Callable, Collection, Mapping

from services.points.domain.assets import BONUS_REDEEMED, Asset, BillKind
from services.points.domain.draft import SaleAllocation
from services.points.domain.lot import LotKey
from services.points.domain.returns.grace import bonus_in_grace, bonus_that_came_back
from services.points.storage.bill_reader import find_bills, find_later_bills, load_transfers
from services.points.storage.driver import Driver

ReadAllocation = Callable[[bytes], SaleAllocation]

# By whoever had the lots: ix_lots_bonus tells, and a member's transfers are few beside all of them.
_SPENT_BY = f"""
    SELECT DISTINCT transfers.bill_id FROM lots JOIN transfers USING (member_id)
    WHERE lots.bill_id = ANY($1::uuid[]) AND lots.asset = {Asset.BONUS:d}
      AND transfers.lot_bill_id = lots.bill_id AND transfers.lot_ordinal = lots.ordinal
      AND transfers.credit_account = '{BONUS_REDEEMED}'
    """  # noqa: S608 - constants of this program
_GIVES_BACK = (BillKind.SALE_RETURN, BillKind.PASS_REFUND)


async def load_grace_lots(
    driver: Driver, bonus: Mapping[LotKey, str], read_allocation: ReadAllocation
) -> dict[LotKey, str]:
    """Lots with days of grace -> the top-up whose bonus they hold, given the lots of bonus by key.

    What was spent of such a lot and came back once more is in yet another one.
    """
    origins = dict(bonus)
    asked = {key.bill_id for key in bonus}
    while asked:
        found = {
            key: origins[source]
            for key, source in (await _sources(driver, asked, read_allocation)).items()
            if source in origins and key not in origins
        }
        origins |= found
        asked = {key.bill_id for key in found}
    return {key: bill_id for key, bill_id in origins.items() if key not in bonus}


async def _sources(
    driver: Driver, bill_ids: Collection[str], read_allocation: ReadAllocation
) -> dict[LotKey, LotKey]:
    """Lots with days of grace by what was spent of the bills' lots -> the lot that was spent."""
    spent_by = [str(row["bill_id"]) for row in await driver.fetch(_SPENT_BY, list(bill_ids))]
    later = await find_later_bills(driver, spent_by) if spent_by else []
    back = [bill for bill in later if bill.kind in _GIVES_BACK]
    if not back:
        return {}
    transfers = await load_transfers(driver, back)
    originals = await find_bills(driver, {bill.original_bill_id or "" for bill in back})
    sources: dict[LotKey, LotKey] = {}
    for bill in back:
        came_back = bonus_that_came_back(
            bill.kind,
            bill.total_fen,
            read_allocation(bill.allocation),
            read_allocation(originals[bill.original_bill_id or ""].allocation),
        )
        sources |= bonus_in_grace(bill.bill_id, transfers.get(bill.bill_id, ()), came_back)
    return sources
