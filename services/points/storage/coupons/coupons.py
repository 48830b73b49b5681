"""The only SQL that changes coupons. One lock and one write, whatever the size of the batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.coupons.coupon import Coupon, CouponState
from services.points.domain.coupons.coupon_event import (
    CouponChange,
    CouponEvent,
    CouponEventKind,
    CouponRequest,
)
from services.points.storage.driver import text_of

_COUPONS = """
    SELECT c.member_id, c.coupon_id, c.order_id, c.state, c.version, c.reservation_id, c.sale_id,
           c.reserved_until, c.bill_id, c.issued_at, o.template_id, o.valid_from, o.valid_until,
           o.revoked_at
    FROM coupons AS c JOIN coupon_orders AS o ON o.order_id = c.order_id
    WHERE c.coupon_id = ANY(CAST(:coupon_ids AS uuid[]))
    """
_FIND = text(_COUPONS)
_LOCK = text(f"{_COUPONS} ORDER BY c.coupon_id FOR UPDATE OF c")
_FIND_EVENTS = text(
    """
    SELECT * FROM coupon_events WHERE request_id = ANY(CAST(:request_ids AS uuid[]))
    """
)
# The last state of each coupon, and every event on the way to it.
_SAVE = text(
    """
    WITH changed AS (
        UPDATE coupons
        SET member_id = given.member_id, state = given.state, version = given.version,
            reservation_id = given.reservation_id, sale_id = given.sale_id,
            reserved_until = given.reserved_until, bill_id = given.bill_id
        FROM unnest(CAST(:coupon_ids AS uuid[]), CAST(:member_ids AS uuid[]),
                    CAST(:states AS smallint[]), CAST(:versions AS integer[]),
                    CAST(:reservation_ids AS uuid[]), CAST(:sale_ids AS uuid[]),
                    CAST(:reserved_until AS timestamptz[]), CAST(:bill_ids AS uuid[]))
            AS given (coupon_id, member_id, state, version, reservation_id, sale_id,
                      reserved_until, bill_id)
        WHERE coupons.coupon_id = given.coupon_id
    )
    INSERT INTO coupon_events (member_id, coupon_id, number, request_id, kind, state, document_id,
                               returned_bill_id, buyer_id, store_id, business_date,
                               reserved_until, hold_seconds, caller, staff_id, reason,
                               happened_at)
    SELECT member_id, coupon_id, number, request_id, kind, state, document_id, returned_bill_id,
           buyer_id, store_id, business_date, reserved_until, hold_seconds, caller, staff_id,
           reason, happened_at
    FROM unnest(CAST(:e_member_ids AS uuid[]), CAST(:e_coupon_ids AS uuid[]),
                CAST(:e_numbers AS integer[]), CAST(:e_request_ids AS uuid[]),
                CAST(:e_kinds AS smallint[]), CAST(:e_states AS smallint[]),
                CAST(:e_document_ids AS uuid[]), CAST(:e_returned_bill_ids AS uuid[]),
                CAST(:e_buyer_ids AS uuid[]), CAST(:e_store_ids AS uuid[]),
                CAST(:e_business_dates AS date[]), CAST(:e_reserved_until AS timestamptz[]),
                CAST(:e_hold_seconds AS integer[]), CAST(:e_callers AS text[]),
                CAST(:e_staff_ids AS text[]), CAST(:e_reasons AS text[]),
                CAST(:e_happened_at AS timestamptz[]))
        AS happened (member_id, coupon_id, number, request_id, kind, state, document_id,
                     returned_bill_id, buyer_id, store_id, business_date, reserved_until,
                     hold_seconds, caller, staff_id, reason, happened_at)
    ORDER BY request_id
    ON CONFLICT (request_id) DO NOTHING
    """
)
_INSERT = text(
    """
    INSERT INTO coupons (member_id, coupon_id, order_id, serial, state, version, issued_at)
    SELECT member_id, coupon_id, :order_id, serial, :state, 0, :issued_at
    FROM unnest(CAST(:member_ids AS uuid[]), CAST(:coupon_ids AS uuid[]),
                CAST(:serials AS integer[])) AS given (member_id, coupon_id, serial)
    ORDER BY coupon_id
    ON CONFLICT DO NOTHING
    RETURNING serial
    """
)


class CouponRepository:
    """Writes of coupons inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, coupon_ids: Iterable[str]) -> dict[str, Coupon]:
        """Locks coupons in sorted order; coupon_id -> coupon of those that exist.

        The id of a code is one of CodeKeys.candidates(code). Lock wallets first, then coupons:
        two batches must not wait for each other in a circle.
        """
        return await self._coupons(_LOCK, coupon_ids)

    async def find(self, coupon_ids: Iterable[str]) -> dict[str, Coupon]:
        """The same coupons, as they are; nothing is locked."""
        return await self._coupons(_FIND, coupon_ids)

    async def find_events(self, request_ids: Iterable[str]) -> dict[str, CouponEvent]:
        """request_id -> event of those requests that were carried out before."""
        rows = await self._connection.execute(_FIND_EVENTS, {"request_ids": list(request_ids)})
        return {str(row.request_id): event_of(row) for row in rows}

    async def save(self, changes: Sequence[CouponChange]) -> int:
        """Writes changes of coupons that this transaction has locked, in the order they were made.

        Returns how many events were new. Fewer than changes means that another writer has used
        one of the request ids meanwhile: the transaction must be given up and begun again.
        """
        if not changes:
            return 0
        coupons = list({change.coupon.coupon_id: change.coupon for change in changes}.values())
        parameters: dict[str, Any] = {
            "coupon_ids": [coupon.coupon_id for coupon in coupons],
            "member_ids": [coupon.account_id for coupon in coupons],
            "states": [coupon.state for coupon in coupons],
            "versions": [coupon.version for coupon in coupons],
            "reservation_ids": [coupon.reservation_id for coupon in coupons],
            "sale_ids": [coupon.sale_id for coupon in coupons],
            "reserved_until": [coupon.reserved_until for coupon in coupons],
            "bill_ids": [coupon.bill_id for coupon in coupons],
        }
        events = [change.event for change in changes]
        requests = [event.request for event in events]
        parameters |= {
            "e_member_ids": [event.account_id for event in events],
            "e_coupon_ids": [request.coupon_id for request in requests],
            "e_numbers": [event.number for event in events],
            "e_request_ids": [request.request_id for request in requests],
            "e_kinds": [request.kind for request in requests],
            "e_states": [event.state for event in events],
            "e_document_ids": [request.document_id for request in requests],
            "e_returned_bill_ids": [request.returned_bill_id for request in requests],
            "e_buyer_ids": [request.buyer_id for request in requests],
            "e_store_ids": [request.store_id for request in requests],
            "e_business_dates": [request.business_date for request in requests],
            "e_reserved_until": [event.reserved_until for event in events],
            "e_hold_seconds": [request.hold_seconds for request in requests],
            "e_callers": [request.caller for request in requests],
            "e_staff_ids": [request.staff_id for request in requests],
            "e_reasons": [request.reason for request in requests],
            "e_happened_at": [request.happened_at for request in requests],
        }
        result = await self._connection.execute(_SAVE, parameters)
        return int(result.rowcount)

    async def insert(
        self,
        order_id: str,
        serials: Sequence[int],
        coupon_ids: Sequence[str],
        member_ids: Sequence[str],
        issued_at: datetime,
    ) -> set[int]:
        """Writes new coupons; the serial numbers written.

        One is left out when its id is taken. `member_ids` are the coupons' accounts: of an
        anonymous one its own id.
        """
        rows = await self._connection.execute(
            _INSERT,
            {
                "order_id": order_id,
                "serials": list(serials),
                "coupon_ids": list(coupon_ids),
                "member_ids": list(member_ids),
                "state": CouponState.ISSUED,
                "issued_at": issued_at,
            },
        )
        return set(rows.scalars())

    async def _coupons(self, query: TextClause, coupon_ids: Iterable[str]) -> dict[str, Coupon]:
        wanted = sorted(set(coupon_ids))
        if not wanted:
            return {}
        rows = await self._connection.execute(query, {"coupon_ids": wanted})
        return {coupon.coupon_id: coupon for coupon in map(coupon_of, rows)}


def coupon_of(row: Row[Any]) -> Coupon:
    """The coupon of a row that joins coupons with coupon_orders."""
    member_id, coupon_id = str(row.member_id), str(row.coupon_id)
    return Coupon(
        coupon_id=coupon_id,
        member_id=None if member_id == coupon_id else member_id,
        order_id=str(row.order_id),
        template_id=str(row.template_id),
        state=CouponState(row.state),
        version=row.version,
        issued_at=row.issued_at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        order_revoked=row.revoked_at is not None,
        reservation_id=text_of(row.reservation_id),
        sale_id=text_of(row.sale_id),
        reserved_until=row.reserved_until,
        bill_id=text_of(row.bill_id),
    )


def event_of(row: Row[Any]) -> CouponEvent:
    """The event of a row of coupon_events."""
    request = CouponRequest(
        kind=CouponEventKind(row.kind),
        request_id=str(row.request_id),
        coupon_id=str(row.coupon_id),
        caller=row.caller,
        happened_at=row.happened_at,
        document_id=text_of(row.document_id),
        returned_bill_id=text_of(row.returned_bill_id),
        buyer_id=text_of(row.buyer_id),
        store_id=text_of(row.store_id),
        business_date=row.business_date,
        hold_seconds=row.hold_seconds,
        staff_id=row.staff_id,
        reason=row.reason,
    )
    return CouponEvent(
        request,
        account_id=str(row.member_id),
        number=row.number,
        state=CouponState(row.state),
        reserved_until=row.reserved_until,
    )
