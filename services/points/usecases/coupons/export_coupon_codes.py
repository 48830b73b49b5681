"""Makes the plain codes of an order again, for the printing house, and records who took them."""

import asyncio
from datetime import datetime

from chassis.paging import decode_page_token, encode_page_token
from services.points.coupon_desk import CouponDesk
from services.points.domain.coupons.coupon_code import CodeKey, print_code
from services.points.domain.coupons.coupon_order import CODES_MAX, issued_serials
from services.points.pages import number_of_token
from services.points.storage.coupons.coupon_orders import (
    CouponOrderRepository,
    OrderEvent,
    OrderEventKind,
)
from services.points.usecases.coupons.change_coupon_order import unknown_order

Codes = list[tuple[int, str, str]]  # serial number, code as printed, coupon id


async def export_coupon_codes(
    desk: CouponDesk,
    order_id: str,
    *,
    export_id: str,
    caller: str,
    page_token: str,
    limit: int,
    now: datetime,
) -> tuple[Codes, str]:
    """A page of codes issued so far, and the token of the next; empty on the last page.

    Nothing is handed out that is not recorded: the record is committed before the answer.
    """
    question = ("coupon codes", order_id)
    first = 1
    if (last := decode_page_token(page_token, int, question=question)) is not None:
        # Skipped numbers make an order longer than what it wants.
        first = 1 + number_of_token(last[0], 2 * CODES_MAX)
    async with desk.database.transaction() as tx:
        orders = CouponOrderRepository(tx.connection)
        found = await orders.find(order_id)
        if found is None:
            raise unknown_order(order_id)
        order = found[0]
        serials = issued_serials(order, first, limit + 1)
        more, serials = len(serials) > limit, serials[:limit]
        key = desk.keys.key(order.key_number)
        if serials:
            await orders.add_event(
                OrderEvent(
                    order_id,
                    export_id,
                    OrderEventKind.EXPORTED,
                    caller,
                    reason="",
                    happened_at=now,
                    first_serial=serials[0],
                    last_serial=serials[-1],
                )
            )
    codes = await asyncio.to_thread(_codes, key, order_id, serials, order.code_prefix)
    return codes, encode_page_token(serials[-1], question=question) if more else ""


def _codes(key: CodeKey, order_id: str, serials: list[int], prefix: str) -> Codes:
    codes = [key.code(order_id, serial, prefix) for serial in serials]
    return [
        (serial, print_code(code), key.coupon_id(code))
        for serial, code in zip(serials, codes, strict=True)
    ]
