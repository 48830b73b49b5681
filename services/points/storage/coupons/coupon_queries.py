"""The only SQL of reading coupons: one, its history, and a member's list."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, any_, case, cast, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.coupons.coupon import Coupon, CouponState
from services.points.domain.coupons.coupon_event import CouponEvent
from services.points.storage.coupons.coupon_tables import coupon_events, coupon_orders, coupons
from services.points.storage.coupons.coupons import coupon_of, event_of

_COUPONS: Select[Any] = select(
    coupons,
    coupon_orders.c.template_id,
    coupon_orders.c.valid_from,
    coupon_orders.c.valid_until,
    coupon_orders.c.revoked_at,
).join(coupon_orders, coupon_orders.c.order_id == coupons.c.order_id)


def _state_on(business_date: date, now: datetime) -> ColumnElement[int]:
    """The same judgement as domain.coupon.state_on, for lists of one state."""
    return case(
        (coupons.c.state == CouponState.REDEEMED, int(CouponState.REDEEMED)),
        (
            (coupons.c.state == CouponState.REVOKED) | coupon_orders.c.revoked_at.is_not(None),
            int(CouponState.REVOKED),
        ),
        (coupon_orders.c.valid_until < business_date, int(CouponState.EXPIRED)),
        (coupons.c.reserved_until > now, int(CouponState.RESERVED)),
        else_=int(CouponState.ISSUED),
    )


class CouponQueries:
    """Reads of coupons on a connection that cannot write."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def coupons(self, coupon_ids: Collection[str]) -> list[Coupon]:
        """Those of the coupons that exist."""
        wanted = cast(sorted(coupon_ids), ARRAY(Uuid(as_uuid=False)))
        rows = await self._connection.execute(_COUPONS.where(coupons.c.coupon_id == any_(wanted)))
        return [coupon_of(row) for row in rows]

    async def events(self, coupon_id: str) -> list[CouponEvent]:
        """All that happened to a coupon after its issue, oldest first."""
        rows = await self._connection.execute(
            select(coupon_events)
            .where(coupon_events.c.coupon_id == coupon_id)
            .order_by(coupon_events.c.number)
        )
        return [event_of(row) for row in rows]

    async def event(self, request_id: str) -> CouponEvent | None:
        """What a request did."""
        rows = await self._connection.execute(
            select(coupon_events).where(coupon_events.c.request_id == request_id)
        )
        row = rows.one_or_none()
        return None if row is None else event_of(row)

    async def of_member(
        self,
        member_ids: Sequence[str],
        state: CouponState | None,
        business_date: date,
        now: datetime,
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> Sequence[Coupon]:
        """Coupons of a member's family, newest (issued_at, coupon_id) first."""
        query = _COUPONS.where(
            coupons.c.member_id.in_(member_ids), coupons.c.member_id != coupons.c.coupon_id
        )
        if state is not None:
            query = query.where(_state_on(business_date, now) == int(state))
        if before is not None:
            query = query.where(tuple_(coupons.c.issued_at, coupons.c.coupon_id) < before)
        rows = await self._connection.execute(
            query.order_by(coupons.c.issued_at.desc(), coupons.c.coupon_id.desc()).limit(limit)
        )
        return [coupon_of(row) for row in rows]
