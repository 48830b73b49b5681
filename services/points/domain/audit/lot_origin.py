"""Where lots come from: store, times and bringer must be those of the bills. Pure.

They decide whom a settlement pays, in which order lots are spent, and from when.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.points.domain.assets import ISSUED, WALLET, BillKind
from services.points.domain.audit.audited import AuditedBill
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.lot import Lot, LotKey, first_moment
from services.points.domain.sales.earning_facts import SoldFact
from services.points.domain.sales.sale_posting import pending_until
from services.points.domain.transfer import Transfer


class _Origin(NamedTuple):
    """What a lot got from the bill that granted it."""

    store_id: str | None  # None: that of the lot in whose place it stands
    earned_at: datetime | None
    spendable_from: frozenset[datetime | None]  # one of them; empty: not known
    ref: TransferRef


class LotOrigins:
    """Follows the transfers that filled lots, then compares the lots with them."""

    def __init__(self) -> None:
        self._origins: dict[LotKey, _Origin] = {}
        self._brought: dict[LotKey, dict[str, TransferRef]] = {}  # by bills that did not grant it

    def follow(self, bill: AuditedBill, transfers: Sequence[tuple[TransferRef, Transfer]]) -> None:
        """Takes in a bill; bills come in any order."""
        times: frozenset[datetime | None] | None = None
        for ref, each in transfers:
            key = each.lot
            if key is None or each.credit_account != WALLET:
                continue
            if key.bill_id != bill.bill_id:
                self._brought.setdefault(key, {})[bill.bill_id] = ref
                continue
            said = bill.said or bill.row
            if times is None:
                times = _times(bill)
            # Value that comes back after it had expired keeps the store that granted it first.
            is_new = each.debit_account == ISSUED.get(each.asset)
            store_id = said.store_id if is_new else None
            self._origins[key] = _Origin(store_id, said.occurred_at, times, ref)

    def finish(self, lots: Collection[Lot]) -> list[Break]:
        """All breaks, given the account's lots. Every bill must have been taken in."""
        return [each for lot in lots for each in self._lot_breaks(lot)]

    def _lot_breaks(self, lot: Lot) -> Iterable[Break]:
        origin, brought = self._origins.get(lot.key), self._brought.get(lot.key, {})
        name = f"{lot.bill_id}:{lot.ordinal}"
        if origin is not None:
            for column, should_be, found in _differences(lot, origin):
                subject, amounts = f"{name}:{column}", (str(should_be), str(found))
                yield Break(BreakKind.LOT_TERMS, subject, *amounts, (origin.ref,))
        if lot.moved_by is None:
            is_right = origin is not None or not brought
        else:
            is_right = lot.moved_by in brought
        if not is_right:
            proof = tuple(brought.values()) or ((origin.ref,) if origin else ())
            subject, amounts = f"{name}:moved_by", (", ".join(brought), lot.moved_by or "")
            yield Break(BreakKind.LOT_TERMS, subject, *amounts, proof)


def _differences(lot: Lot, origin: _Origin) -> Iterable[tuple[str, object, object]]:
    """Columns of a lot that are not what its bill says: what they should be, and what they are."""
    if origin.store_id not in (None, lot.store_id):
        yield "store_id", origin.store_id, lot.store_id
    if origin.earned_at not in (None, lot.earned_at):
        yield "earned_at", origin.earned_at, lot.earned_at
    if origin.spendable_from and lot.available_at not in origin.spendable_from:
        times = ", ".join(sorted(map(str, origin.spendable_from)))
        yield "available_at", times, lot.available_at


def _times(bill: AuditedBill) -> frozenset[datetime | None]:
    """From when lots that a bill grants can be spent; empty when it does not tell."""
    said = bill.said or bill.row
    occurred_at, posted_at = said.occurred_at, bill.row.posted_at
    at_once = {occurred_at}  # what sales and returns granted before first_moment held for all
    if occurred_at is not None and posted_at is not None:
        at_once.add(first_moment(occurred_at, posted_at))
    if bill.kind != BillKind.SALE:
        return frozenset(at_once)
    if not isinstance(bill.earning, SoldFact) or occurred_at is None:
        return frozenset()
    day, times = said.business_date, set[datetime | None]()
    try:
        for grant in bill.earning.grants:
            until = pending_until(day, grant.pending_days)
            times |= at_once if until is None else {until}
    except OverflowError:  # days that no programme has
        return frozenset()
    return frozenset(times)
