"""Reads what the books say of top-ups, wherever merges and card transfers moved their lots."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from services.points.domain.assets import BillKind
from services.points.domain.lot import Lot, LotKey
from services.points.domain.stored_value.stored_balance import STORED_VALUE
from services.points.domain.stored_value.top_up_record import (
    BONUS_ORDINAL,
    PRINCIPAL_ORDINAL,
    TopUpRecord,
)
from services.points.domain.wallet import Wallet
from services.points.storage.bill_reader import load_lots_by_key, load_transfers
from services.points.storage.driver import Driver
from services.points.storage.returns.grace_lots import ReadAllocation, load_grace_lots

_BILLS = """
    SELECT member_id, bill_id, kind, business_date FROM bills WHERE bill_id = ANY($1::uuid[])
    """
# Whoever's the lots were at the time: ix_transfers_left_top_ups holds nothing else.
_LEFT = """
    SELECT lot_bill_id, lot_ordinal, credit_account, sum(amount)::bigint AS amount FROM transfers
    WHERE lot_bill_id = ANY($1::uuid[])
      AND credit_account IN ('principal_cashed_out', 'principal_issued', 'bonus_expired')
    GROUP BY lot_bill_id, lot_ordinal, credit_account
    """


def top_up_ids(lots: Iterable[Lot]) -> set[str]:
    """The bills that the lots of stored value among some come from."""
    return {lot.bill_id for lot in lots if lot.asset in STORED_VALUE}


async def load_lots_of_top_ups(
    driver: Driver, bill_ids: Collection[str], wallets: Mapping[str, Wallet]
) -> None:
    """Fills locked wallets with their lots of top-ups also where nothing is left in them.

    They tell whose the value was, when a card or a merge had brought it.
    """
    ordinals = (PRINCIPAL_ORDINAL, BONUS_ORDINAL)
    keys = [LotKey(bill_id, ordinal) for bill_id in bill_ids for ordinal in ordinals]
    if not keys:
        return
    members = [member_id for member_id, wallet in wallets.items() if wallet.lots_loaded]
    for (member_id, key), lot in (await load_lots_by_key(driver, members, keys)).items():
        wallets[member_id].lots.setdefault(key, lot)


async def load_top_ups(
    driver: Driver, bill_ids: Collection[str], read_allocation: ReadAllocation
) -> dict[str, TopUpRecord]:
    """The records of those of the bills that are in the books; empty ones for other kinds.

    The wallets that have their lots must be locked for the answer to stay true.
    """
    records = {
        str(row["bill_id"]): TopUpRecord(
            str(row["bill_id"]),
            str(row["member_id"]),
            BillKind(row["kind"]),
            row["business_date"],
        )
        for row in await driver.fetch(_BILLS, list(bill_ids))
    }
    top_ups = {
        bill_id: record for bill_id, record in records.items() if record.kind is BillKind.TOP_UP
    }
    if not top_ups:
        return records
    moved = await load_transfers(driver, list(top_ups.values()))
    for bill_id, record in top_ups.items():
        records[bill_id] = record.granted(moved.get(bill_id, ()))
    bonus = {record.bonus: record.bill_id for record in top_ups.values()}
    grace = await load_grace_lots(driver, bonus, read_allocation)
    for key, bill_id in grace.items():
        records[bill_id] = replace(records[bill_id], grace=(*records[bill_id].grace, key))
    origins = {record.principal: record.bill_id for record in top_ups.values()} | bonus | grace
    for row in await driver.fetch(_LEFT, sorted({key.bill_id for key in origins})):
        origin = origins.get(LotKey(str(row["lot_bill_id"]), row["lot_ordinal"]))
        if origin is not None:
            records[origin] = records[origin].less(row["credit_account"], row["amount"])
    return records
