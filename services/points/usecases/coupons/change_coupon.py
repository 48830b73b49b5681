"""Changes one coupon: first answers again, existence, then lock, rule, event, in one commit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Counter

from chassis.database import Transaction
from chassis.errors import DomainError, Invalid, Unavailable, id_reused
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon import Coupon, CouponState, as_owner, unknown_coupon
from services.points.domain.coupons.coupon_event import (
    CouponEvent,
    CouponRequest,
    change_of,
    same_request,
)
from services.points.domain.limits import BUSINESS_DATE_DISTANCE_DAYS_MAX, ledger_day
from services.points.messages.coupons.coupon_facts import change_facts
from services.points.storage.coupons.coupon_queries import CouponQueries
from services.points.storage.coupons.coupons import CouponRepository
from services.points.storage.wallets.merges import load_merges

_ATTEMPTS_MAX = 5

CHANGES = Counter(
    "yika_points_coupon_changes_total", "Coupons changed, by what happened.", ["kind"]
)

# What becomes of a coupon for a buyer, who is given under the coupon's member's id when merged.
Rule = Callable[[Coupon, str | None], Coupon | DomainError]


@dataclass(frozen=True, slots=True)
class ChangedCoupon:
    """What a request did; for a replayed one, what it did the first time."""

    coupon_id: str
    template_id: str
    state: CouponState
    reserved_until: datetime | None
    replayed: bool


class _AnotherWriterCameFirst(Exception):
    """The request's id appeared between looking and writing: all is done again."""


async def change_coupon(desk: CouponDesk, request: CouponRequest, rule: Rule) -> ChangedCoupon:
    """Applies a rule to a coupon, once for each request id.

    The same request again gets the first answer, whatever the rules have become; other content
    under its id is ID_REUSED. NotFound UNKNOWN_COUPON, UNKNOWN_MEMBER, UNKNOWN_STORE.
    """
    if (replay := await _find_replay(desk, request)) is not None:
        return replay
    _check_business_date(request)
    await desk.directory.require_known(
        {request.buyer_id} if request.buyer_id else (),
        {request.store_id} if request.store_id else (),
    )
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with desk.database.transaction() as tx:
                return await _change(tx, request, rule)
        except _AnotherWriterCameFirst:
            continue
    raise Unavailable("TRANSACTION_CONFLICT", "the same request is being carried out elsewhere")


async def _change(tx: Transaction, request: CouponRequest, rule: Rule) -> ChangedCoupon:
    repository = CouponRepository(tx.connection)
    coupon = (await repository.lock([request.coupon_id])).get(request.coupon_id)
    if coupon is None:
        raise unknown_coupon(request.coupon_id)
    # After the lock: whoever carried the same request out before has committed by now.
    stored = (await repository.find_events([request.request_id])).get(request.request_id)
    if stored is not None:
        return _replay(stored, coupon, request)
    changed = rule(coupon, await _buyer(tx, coupon, request.buyer_id))
    if isinstance(changed, DomainError):
        raise changed
    change = change_of(coupon, changed, request)
    if not await repository.save([change]):
        raise _AnotherWriterCameFirst
    for fact in change_facts([change]):
        tx.publish(fact, member_id=changed.account_id)
    kind = change.event.request.kind.name
    tx.after_commit(lambda: CHANGES.labels(kind).inc())
    return _answer(change.event, changed, replayed=False)


async def _buyer(tx: Transaction, coupon: Coupon, buyer_id: str | None) -> str | None:
    if coupon.member_id is None or buyer_id is None or buyer_id == coupon.member_id:
        return buyer_id
    merges = await load_merges(tx.connection, [coupon.member_id, buyer_id])
    return as_owner(coupon, buyer_id, merges.heir)


async def _find_replay(desk: CouponDesk, request: CouponRequest) -> ChangedCoupon | None:
    async with desk.database.read() as connection:
        queries = CouponQueries(connection)
        stored = await queries.event(request.request_id)
        if stored is None:
            return None
        (coupon,) = await queries.coupons([stored.request.coupon_id])
    return _replay(stored, coupon, request)


def _replay(stored: CouponEvent, coupon: Coupon, request: CouponRequest) -> ChangedCoupon:
    if not same_request(stored.request, request):
        raise id_reused("a request", request.request_id)
    return _answer(stored, coupon, replayed=True)


def _answer(event: CouponEvent, coupon: Coupon, *, replayed: bool) -> ChangedCoupon:
    return ChangedCoupon(
        coupon.coupon_id, coupon.template_id, event.state, event.reserved_until, replayed
    )


def _check_business_date(request: CouponRequest) -> None:
    if request.business_date is None:
        return
    # Sales that come days later, from a store that was offline, redeem where the sale is posted.
    today = ledger_day(request.happened_at)
    if abs((request.business_date - today).days) > BUSINESS_DATE_DISTANCE_DAYS_MAX:
        raise Invalid(
            "INVALID_BUSINESS_DATE",
            "business_date is too far from today",
            {"business_date": request.business_date, "today": today},
        )
