"""Reads coupons and orders: one with its history, and lists, keyset-paged."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chassis.database import Database
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.coupons.coupon import Coupon, CouponState, unknown_coupon
from services.points.domain.coupons.coupon_event import (
    CouponEvent,
    CouponEventKind,
    CouponRequest,
    with_order_revoked,
)
from services.points.domain.coupons.coupon_order import CouponOrder
from services.points.pages import id_in_token, id_of_token, number_of_token
from services.points.storage.coupons.coupon_orders import CouponOrderRepository, OrderEvent
from services.points.storage.coupons.coupon_queries import CouponQueries
from services.points.storage.queries.ledger_queries import LAST_ID
from services.points.storage.wallets.merges import load_merges
from services.points.usecases.coupons.change_coupon_order import unknown_order

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_MAX = 253_402_300_799_999_999  # the last moment of the year 9999


@dataclass(frozen=True, slots=True)
class CouponRecord:
    """A coupon, the order it came with, and all that happened to it since."""

    coupon: Coupon
    order: CouponOrder
    events: list[CouponEvent]


async def read_coupon(database: Database, coupon_id: str) -> CouponRecord:
    """One coupon; NotFound UNKNOWN_COUPON."""
    async with database.read() as connection:
        queries = CouponQueries(connection)
        found = await queries.coupons([coupon_id])
        if not found:
            raise unknown_coupon(coupon_id)
        (coupon,) = found
        orders = CouponOrderRepository(connection)
        order = await orders.find(coupon.order_id)
        if order is None:
            raise LookupError(f"coupon {coupon_id} has no order")
        events = await queries.events(coupon_id)
        if order[0].revoked_at is not None:
            revocation = await orders.revocation(coupon.order_id)
            if revocation is not None:
                events = with_order_revoked(coupon, events, _revoking(coupon_id, revocation))
        return CouponRecord(coupon, order[0], events)


async def list_coupons(
    database: Database,
    member_id: str,
    *,
    state: CouponState | None,
    business_date: date,
    asked_date: date | None,
    now: datetime,
    page_token: str,
    limit: int,
) -> tuple[list[Coupon], str]:
    """A page of what a member may use, newest first, and the token of the next.

    The coupons of everybody who is one with the member since a merge are among them.
    `asked_date` is the business date as far as it was asked for: a token of today's list, which
    nobody named, must not end at midnight.
    """
    question = ("coupons", member_id, state, asked_date)
    before = None
    if (key := decode_page_token(page_token, int, str, question=question)) is not None:
        microseconds = number_of_token(key[0], _MICROSECONDS_MAX)
        before = (_EPOCH + microseconds * _MICROSECOND, id_of_token(key[1]))
    async with database.read() as connection:
        family = (await load_merges(connection, [member_id])).family(member_id)
        rows = list(
            await CouponQueries(connection).of_member(
                family, state, business_date, now, before, limit + 1
            )
        )
    if len(rows) <= limit:
        return rows, ""
    last = rows[limit - 1]
    return rows[:limit], encode_page_token(
        (last.issued_at - _EPOCH) // _MICROSECOND, last.coupon_id, question=question
    )


async def read_coupon_order(database: Database, order_id: str) -> CouponOrder:
    """One order; NotFound UNKNOWN_COUPON_ORDER."""
    async with database.read() as connection:
        found = await CouponOrderRepository(connection).find(order_id)
    if found is None:
        raise unknown_order(order_id)
    return found[0]


async def list_coupon_orders(
    database: Database, page_token: str, limit: int
) -> tuple[list[CouponOrder], str]:
    """A page of orders, newest id first, and the token of the next."""
    question = ("coupon orders",)
    before = id_in_token(page_token, question) or LAST_ID
    async with database.read() as connection:
        rows = list(await CouponOrderRepository(connection).page(before, limit + 1))
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], encode_page_token(rows[limit - 1].order_id, question=question)


def _revoking(coupon_id: str, revocation: OrderEvent) -> CouponRequest:
    return CouponRequest(
        kind=CouponEventKind.REVOKED,
        request_id=revocation.event_id,
        coupon_id=coupon_id,
        caller=revocation.caller,
        happened_at=revocation.happened_at,
        document_id=revocation.order_id,
        reason=revocation.reason,
    )
