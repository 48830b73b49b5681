"""Issues coupons to members: one each, all or none, in one commit."""

from collections.abc import Sequence
from datetime import datetime

from google.protobuf.message import Message

from chassis.database import Transaction
from chassis.errors import Invalid, Unavailable
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon_code import CodeKey
from services.points.domain.coupons.coupon_order import (
    MEMBERS_MAX,
    CouponOrder,
    after_batch,
    check_validity,
    issued_serials,
)
from services.points.domain.limits import ledger_day
from services.points.messages.coupons.coupon_facts import issue_fact
from services.points.storage.coupons.coupon_orders import CouponOrderRepository
from services.points.storage.coupons.coupon_queries import CouponQueries
from services.points.storage.coupons.coupons import CouponRepository
from services.points.usecases.coupons.create_coupon_order import find_order

_ATTEMPTS_MAX = 3


class _AnotherWriterCameFirst(Exception):
    """A code was taken between looking and writing: all is done again."""


async def issue_coupons(
    desk: CouponDesk,
    order: CouponOrder,
    member_ids: Sequence[str],
    document: Message,
    now: datetime,
) -> tuple[CouponOrder, list[str], bool]:
    """The order, one coupon id a member in the order given, and whether it is a repetition.

    Invalid INVALID_BATCH_SIZE, DUPLICATE_MEMBER or INVALID_VALIDITY, NotFound UNKNOWN_MEMBER, or
    ID_REUSED: then nothing is issued.
    """
    if (stored := await find_order(desk, order.order_id, document)) is not None:
        return stored, _coupon_ids(desk, stored), True
    _check(order, member_ids, now)
    await desk.directory.require_known(member_ids)
    key = desk.keys.key(order.key_number)
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with desk.database.transaction() as tx:
                issued = await _issue(tx, order, member_ids, document, key, now)
        except _AnotherWriterCameFirst:
            continue
        if issued is not None:
            return issued, _coupon_ids(desk, issued), False
        # Somebody else has committed the same order since the look.
        if (stored := await find_order(desk, order.order_id, document)) is not None:
            return stored, _coupon_ids(desk, stored), True
    raise Unavailable("TRANSACTION_CONFLICT", "the order is being issued elsewhere")


async def _issue(
    tx: Transaction,
    order: CouponOrder,
    member_ids: Sequence[str],
    document: Message,
    key: CodeKey,
    now: datetime,
) -> CouponOrder | None:
    """The finished order; None when its id is taken."""
    if not await CouponOrderRepository(tx.connection).add(order, document.SerializeToString()):
        return None
    serials, coupon_ids = await _free_codes(tx, order, key)
    written = await CouponRepository(tx.connection).insert(
        order.order_id, serials, coupon_ids, member_ids, now
    )
    if len(written) < len(member_ids):
        raise _AnotherWriterCameFirst
    order = after_batch(order, range(1, serials[-1] + 1), written, now)
    await CouponOrderRepository(tx.connection).save(order)
    pairs = list(zip(coupon_ids, member_ids, strict=True))
    tx.publish(issue_fact(order, len(pairs), pairs), member_id=member_ids[0])
    return order


async def _free_codes(
    tx: Transaction, order: CouponOrder, key: CodeKey
) -> tuple[list[int], list[str]]:
    """The first serial numbers whose codes nobody has, with their coupon ids.

    That one is taken is a thing of 63 bits, but members are paired with numbers by their order,
    so it must be known before the rows are written.
    """
    last = order.wanted_count
    while True:
        serials = range(1, last + 1)
        by_id = dict(
            zip(key.batch(order.order_id, serials, order.code_prefix), serials, strict=True)
        )
        taken = {coupon.coupon_id for coupon in await CouponQueries(tx.connection).coupons(by_id)}
        free = {each: serial for each, serial in by_id.items() if each not in taken}
        if len(free) >= order.wanted_count:
            return list(free.values()), list(free)
        last += order.wanted_count - len(free)


def _check(order: CouponOrder, member_ids: Sequence[str], now: datetime) -> None:
    if not 1 <= len(member_ids) <= MEMBERS_MAX:
        raise Invalid(
            "INVALID_BATCH_SIZE",
            f"a call issues 1 to {MEMBERS_MAX} coupons",
            {"size": len(member_ids)},
        )
    seen: set[str] = set()
    for member_id in member_ids:
        if member_id in seen:
            raise Invalid(
                "DUPLICATE_MEMBER", "a member stands twice in the list", {"member_id": member_id}
            )
        seen.add(member_id)
    check_validity(order.valid_from, order.valid_until, ledger_day(now))


def _coupon_ids(desk: CouponDesk, order: CouponOrder) -> list[str]:
    serials = issued_serials(order, 1, order.issued_count)
    key = desk.keys.key(order.key_number)
    return key.batch(order.order_id, serials, order.code_prefix)
