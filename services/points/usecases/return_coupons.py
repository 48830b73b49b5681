"""Coupons that come back with a sale: in the commit of the return that makes it whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chassis.database import Transaction
from chassis.errors import DomainError, Invalid
from chassis.ids import canonical_id
from services.points.coupon_facts import change_facts
from services.points.domain.coupon import GiveBackPolicy, give_back
from services.points.domain.coupon_event import (
    CouponChange,
    CouponEventKind,
    CouponRequest,
    change_of,
    give_back_id,
)
from services.points.domain.sale_return import ReturnDraft
from services.points.storage.bill_writer import AnotherWriterCameFirst, NewBill
from services.points.storage.coupons import CouponRepository
from services.points.usecases.change_coupon import CHANGES

_CALLER = "service:points"


async def give_back_coupons(
    tx: Transaction, bills: Sequence[NewBill], policy: GiveBackPolicy, now: datetime
) -> None:
    """Gives the coupons of each sale that is wholly back as far as the policy goes.

    One that the sale does not use, or that was given back for the same return before, is left as
    it is: a return is never refused for a coupon. The wallets are locked already. Raises
    AnotherWriterCameFirst when the same was done elsewhere meanwhile.
    """
    requests = {
        request.coupon_id: request
        for bill in bills
        if isinstance(bill.draft, ReturnDraft) and bill.draft.is_complete
        for request in _requests(bill.draft, now)
    }
    if not requests:
        return
    repository = CouponRepository(tx.connection)
    coupons = await repository.lock(requests)
    done = await repository.find_events(request.request_id for request in requests.values())
    changes: list[CouponChange] = []
    for coupon_id, coupon in coupons.items():
        request = requests[coupon_id]
        if request.request_id in done or request.business_date is None:
            continue
        changed = give_back(
            coupon,
            bill_id=request.returned_bill_id or "",
            business_date=request.business_date,
            policy=policy,
        )
        if not isinstance(changed, DomainError):
            changes.append(change_of(coupon, changed, request))
    if await repository.save(changes) != len(changes):
        raise AnotherWriterCameFirst
    for fact in change_facts(changes):
        tx.publish(fact, member_id=changes[0].coupon.account_id)
    for change in changes:
        counted = CHANGES.labels(change.event.request.kind.name)
        tx.after_commit(counted.inc)


def _requests(draft: ReturnDraft, now: datetime) -> Iterable[CouponRequest]:
    posting = draft.posting
    for named in draft.sold.sale.coupon_ids:
        try:
            coupon_id = canonical_id(named, "coupon_id")
        except Invalid:
            continue  # the sale was never asked for more than a text
        yield CouponRequest(
            kind=CouponEventKind.GIVEN_BACK,
            request_id=give_back_id(posting.bill_id, coupon_id),
            coupon_id=coupon_id,
            caller=_CALLER,
            happened_at=now,
            document_id=posting.bill_id,
            returned_bill_id=draft.original_bill_id,
            store_id=posting.store_id,
            business_date=posting.business_date,
            staff_id=draft.staff_id,
        )
