"""Tells others what was posted: events of one commit, each within the size that events may have."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Transaction
from services.points.domain.assets import BillKind
from services.points.domain.transfer import Transfer
from services.points.storage.bill_writer import NewBill
from services.points.usecases.event_parts import parts_by_event
from services.points.usecases.holds.publish_holds import publish_closed_holds
from services.points.usecases.returns.return_sale import publish_returns
from services.points.usecases.rewards.publish_gifts import publish_gifts
from services.points.usecases.sales.post_sales import publish_sales
from services.points.usecases.wallets.publish_merges import publish_merges
from yika.points.v1 import events_pb2, ledger_pb2

# A merge may move thousands of lots, and what is told of it must fit an event.
_TRANSFERS_TOLD_MAX = 500
# Kinds that have an event of their own, with what stock and statistics need.
_PUBLISHERS: dict[BillKind, Callable[[Transaction, Sequence[NewBill], datetime], None]] = {
    BillKind.SALE: publish_sales,
    BillKind.SALE_RETURN: publish_returns,
}


def publish_bills(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Adds the events of a batch to its commit."""
    by_kind: dict[BillKind | None, list[NewBill]] = {}
    for bill in bills:
        kind = bill.draft.posting.kind
        by_kind.setdefault(kind if kind in _PUBLISHERS else None, []).append(bill)
    for own_kind, alike in by_kind.items():
        publish = _publish_others if own_kind is None else _PUBLISHERS[own_kind]
        publish(tx, alike, now)
    publish_merges(tx, bills, now)
    publish_gifts(tx, bills, now)
    holds = [
        (bill.draft.posting.wallet.member_id, hold)
        for bill in bills
        for hold in bill.draft.posting.holds.values()
    ]
    publish_closed_holds(tx, holds, now)


def _publish_others(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    lane = bills[0].draft.posting.wallet.member_id
    for posted in parts_by_event(_posted_bill(bill, now) for bill in bills):
        tx.publish(events_pb2.BillsPosted(bills=posted), member_id=lane)


def told_transfers(transfers: Sequence[Transfer]) -> Sequence[Transfer]:
    """The transfers as the event tells them: of a bill with very many, their sums without lots."""
    if len(transfers) <= _TRANSFERS_TOLD_MAX:
        return transfers
    sums: dict[Transfer, int] = {}
    for each in transfers:
        alike = each._replace(amount=0, lot=None)
        sums[alike] = sums.get(alike, 0) + each.amount
    return [alike._replace(amount=amount) for alike, amount in sums.items()]


def _posted_bill(bill: NewBill, now: datetime) -> events_pb2.PostedBill:
    draft, posting = bill.draft, bill.draft.posting
    common: dict[str, Any] = {
        "bill_id": posting.bill_id,
        "store_id": posting.store_id,
        "business_date": to_proto_date(posting.business_date),
        "posted_time": to_timestamp(now),
    }
    return events_pb2.PostedBill(
        kind=ledger_pb2.BillKind.Name(posting.kind),
        member_id=posting.wallet.member_id,
        occurred_time=to_timestamp(posting.occurred_at),
        total_fen=draft.total_fen,
        original_bill_id=draft.original_bill_id or "",
        transfers=[
            ledger_pb2.Transfer(
                asset=ledger_pb2.Asset.Name(each.asset),
                debit_account=each.debit_account,
                credit_account=each.credit_account,
                amount=each.amount,
                pass_id=each.pass_id or "",
                lot_bill_id=each.lot.bill_id if each.lot else "",
                lot_ordinal=each.lot.ordinal if each.lot else 0,
                **common,
            )
            for each in told_transfers(posting.transfers)
        ],
        receipt=ledger_pb2.BillReceipt.FromString(bill.receipt),
        **common,
    )
