"""Explains lots and bills: which rule in which version gave what, in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from chassis.database import Database
from chassis.errors import NotFound
from pricing.earning import Explanation
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import StoredBill
from services.points.domain.limits import ledger_day
from services.points.domain.lot import Lot, LotKey
from services.points.domain.named_bill import unknown_bill
from services.points.domain.programme import Programme, Programmes
from services.points.domain.rewards.points_adjustment import RULE_ID
from services.points.domain.rewards.value_explanation import (
    GrantedValue,
    SaleGrant,
    explain_value,
    ways_come,
)
from services.points.messages.documents import read_allocation
from services.points.storage.rewards.value_sources import ValueSources

# In the place of a lot's ordinal, where a debt took all that was granted.
NO_LOT = -1


@dataclass(frozen=True, slots=True)
class ValueExplanation:
    """A sentence and what it is about; `ordinal` is NO_LOT where no lot was made."""

    bill_id: str
    ordinal: int
    value: GrantedValue
    text: Explanation


async def explain_lot(
    database: Database, programmes: Programmes, member_id: str, key: LotKey
) -> ValueExplanation:
    """Why a member has a lot, or had; NotFound UNKNOWN_LOT."""
    async with database.read() as connection:
        sources = ValueSources(connection)
        lot = await sources.lot(member_id, key)
        bill = await sources.bill(key.bill_id)
        if lot is None or bill is None:
            raise NotFound(
                "UNKNOWN_LOT",
                "the member has no such lot",
                {"member_id": member_id, "bill_id": key.bill_id, "ordinal": key.ordinal},
            )
        sold = _grants(bill).get(lot.rule_version) if lot.asset is Asset.POINTS else None
        # Not what the lot itself says was granted: here that is what came, and came back.
        amount = (await sources.granted(bill)).get(key, 0)
        debt = await sources.settled(bill)
        value = _value(lot, bill, amount, _settled(bill, amount, sold, debt))
        if lot.moved_by:
            # One document is named there, and it may have come by several.
            value = replace(value, came=ways_come(await sources.passed(member_id, key)))
    return _explained(bill, programmes, key.ordinal, value, sold)


async def explain_bill(
    database: Database, programmes: Programmes, bill: StoredBill
) -> Sequence[ValueExplanation]:
    """What a bill granted and why, in the order of its lots; debts that took all of it last."""
    async with database.read() as connection:
        sources = ValueSources(connection)
        amounts = await sources.granted(bill)
        lots = [lot for lot in await sources.lots(bill) if lot.key in amounts]
        debt = await sources.settled(bill)
    grants = _grants(bill)
    found: list[ValueExplanation] = []
    for lot in lots:
        amount = amounts[lot.key]
        sold = grants.pop(lot.rule_version, None) if lot.asset is Asset.POINTS else None
        value = _value(lot, bill, amount, _settled(bill, amount, sold, debt))
        found.append(_explained(bill, programmes, lot.ordinal, value, sold))
    for sold in grants.values():
        grant = sold.grant
        value = GrantedValue(
            Asset.POINTS,
            grant.points,
            grant.rule_version,
            expiry_date=grant.expiry_date,
            settled=grant.points,
        )
        found.append(_explained(bill, programmes, NO_LOT, value, sold))
    if bill.kind is BillKind.POINTS_ADJUSTMENT and debt and not lots:
        version = f"{RULE_ID}@{bill.programme_version}"
        value = GrantedValue(Asset.POINTS, debt, version, settled=debt)
        found.append(_explained(bill, programmes, NO_LOT, value, None))
    return found


async def find_explained_bill(database: Database, bill_id: str) -> StoredBill:
    """A bill; NotFound UNKNOWN_BILL."""
    async with database.read() as connection:
        bill = await ValueSources(connection).bill(bill_id)
    if bill is None:
        raise unknown_bill(bill_id)
    return bill


def _grants(bill: StoredBill) -> dict[str, SaleGrant]:
    """What a sale earned, by rule version; nothing of other bills."""
    if bill.kind is not BillKind.SALE or not bill.allocation:
        return {}
    earned = read_allocation(bill.allocation).earned
    if earned is None:
        return {}
    return {grant.rule_version: SaleGrant(grant, earned.basis) for grant in earned.grants}


def _settled(bill: StoredBill, amount: int, sold: SaleGrant | None, debt: int) -> int:
    """What a debt took of a grant before the rest of it, `amount`, became a lot.

    `debt` is all that the bill granted to a debt.
    """
    if sold is not None:
        return sold.grant.points - amount
    return debt if bill.kind is BillKind.POINTS_ADJUSTMENT else 0


def _value(lot: Lot, bill: StoredBill, amount: int, settled: int) -> GrantedValue:
    return GrantedValue(
        asset=lot.asset,
        amount=amount + settled,
        rule_version=lot.rule_version,
        pass_id=lot.pass_id,
        available_on=_first_day(lot, bill),
        expiry_date=lot.expiry_date,
        settled=settled,
    )


def _first_day(lot: Lot, bill: StoredBill) -> date | None:
    """The store's day from which it can be spent, when that lies after the bill's."""
    if lot.available_at <= bill.occurred_at:
        return None
    return ledger_day(lot.available_at)


def _explained(
    bill: StoredBill,
    programmes: Programmes,
    ordinal: int,
    value: GrantedValue,
    sold: SaleGrant | None,
) -> ValueExplanation:
    programme: Programme = programmes.version(bill.programme_version)
    text = explain_value(bill, programme, value, sold)
    return ValueExplanation(bill.bill_id, ordinal, value, text)
