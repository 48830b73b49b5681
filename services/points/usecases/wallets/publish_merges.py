"""Tells others which members became one, and which are their own again."""

from collections.abc import Sequence
from datetime import datetime

from chassis.clock import to_timestamp
from chassis.database import Transaction
from services.points.domain.assets import BillKind
from services.points.storage.bill_writer import NewBill
from yika.points.v1 import wallet_events_pb2


def publish_merges(tx: Transaction, bills: Sequence[NewBill], now: datetime) -> None:
    """Adds the events of the merges of a batch, and of their undoings, to its commit.

    Each has two bills, one after the other: first the one of the member that is merged.
    """
    for kind, event_type in (
        (BillKind.MERGE, wallet_events_pb2.MembersMerged),
        (BillKind.MERGE_REVERSAL, wallet_events_pb2.MergesUndone),
    ):
        postings = [bill.draft.posting for bill in bills if bill.draft.posting.kind is kind]
        if postings:
            event = event_type(
                merges=[
                    wallet_events_pb2.MemberMerge(
                        member_id=first.wallet.member_id,
                        into_member_id=second.wallet.member_id,
                        bill_id=first.bill_id,
                        posted_time=to_timestamp(now),
                    )
                    for first, second in zip(postings[::2], postings[1::2], strict=True)
                ]
            )
            tx.publish(event, member_id=postings[0].wallet.member_id)
