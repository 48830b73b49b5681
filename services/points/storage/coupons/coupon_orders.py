"""The only SQL of orders of coupons and of wrong codes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import Row, Select, case, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.coupons.coupon_order import CouponOrder, CouponOrderState
from services.points.storage.coupons.coupon_tables import (
    coupon_order_events,
    coupon_orders,
    coupon_tries,
)


class OrderEventKind(IntEnum):
    """What somebody did with an order."""

    CANCELLED = 1
    REVOKED = 2
    EXPORTED = 3


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something that somebody did with an order; the id is the request's."""

    order_id: str
    event_id: str
    kind: OrderEventKind
    caller: str
    reason: str
    happened_at: datetime
    first_serial: int | None = None
    last_serial: int | None = None


class CouponOrderRepository:
    """Reads and writes of orders inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, order: CouponOrder, document: bytes) -> bool:
        """Writes a new order; False when its id is taken."""
        values = _columns(order)
        statement = upsert(coupon_orders).values(
            **values,
            order_id=order.order_id,
            anonymous=order.anonymous,
            template_id=order.template_id,
            wanted_count=order.wanted_count,
            code_prefix=order.code_prefix,
            key_number=order.key_number,
            valid_from=order.valid_from,
            valid_until=order.valid_until,
            caller=order.caller,
            reason=order.reason,
            document=document,
            created_at=order.created_at,
        )
        result = await self._connection.execute(
            statement.on_conflict_do_nothing(index_elements=["order_id"])
        )
        return bool(result.rowcount)

    async def find(self, order_id: str) -> tuple[CouponOrder, bytes] | None:
        """An order and the request that made it."""
        query = select(coupon_orders).where(coupon_orders.c.order_id == order_id)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else (order_of(row), row.document)

    async def lock(self, order_id: str) -> CouponOrder | None:
        """Locks an order; while codes are made, waits for the batch at work."""
        query = select(coupon_orders).where(coupon_orders.c.order_id == order_id)
        return await self._one(query.with_for_update())

    async def claim(self, key_numbers: Collection[int]) -> CouponOrder | None:
        """Locks the oldest order that still issues and that no other replica is at work on.

        Only orders whose key is at hand: one without must not stop the others.
        """
        query = (
            select(coupon_orders)
            .where(
                coupon_orders.c.state == CouponOrderState.ISSUING,
                coupon_orders.c.key_number.in_(key_numbers),
            )
            .order_by(coupon_orders.c.created_at, coupon_orders.c.order_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return await self._one(query)

    async def _one(self, query: Select[Any]) -> CouponOrder | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else order_of(row)

    async def save(self, order: CouponOrder) -> None:
        """Writes what can change of an order that this transaction has locked."""
        await self._connection.execute(
            update(coupon_orders)
            .where(coupon_orders.c.order_id == order.order_id)
            .values(**_columns(order))
        )

    async def page(self, before_order_id: str, limit: int) -> Sequence[CouponOrder]:
        """Orders, newest id first."""
        rows = await self._connection.execute(
            select(coupon_orders)
            .where(coupon_orders.c.order_id < before_order_id)
            .order_by(coupon_orders.c.order_id.desc())
            .limit(limit)
        )
        return [order_of(row) for row in rows]

    async def find_event(self, event_id: str) -> OrderEvent | None:
        """What was done before under a request's id."""
        query = select(coupon_order_events).where(coupon_order_events.c.event_id == event_id)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _event_of(row)

    async def revocation(self, order_id: str) -> OrderEvent | None:
        """Who revoked an order, and why."""
        query = select(coupon_order_events).where(
            coupon_order_events.c.order_id == order_id,
            coupon_order_events.c.kind == OrderEventKind.REVOKED,
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _event_of(row)

    async def add_event(self, event: OrderEvent) -> bool:
        """Writes what was done; False when the request's id is taken."""
        result = await self._connection.execute(
            upsert(coupon_order_events)
            .values(
                order_id=event.order_id,
                event_id=event.event_id,
                kind=event.kind,
                caller=event.caller,
                reason=event.reason,
                first_serial=event.first_serial,
                last_serial=event.last_serial,
                happened_at=event.happened_at,
            )
            .on_conflict_do_nothing(index_elements=["event_id"])
        )
        return bool(result.rowcount)


class TryRepository:
    """Wrong codes of the running minute, counted for all replicas together."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wrong_count(self, caller: str, store_id: str, since: datetime) -> int:
        """Wrong codes of a caller in a store, if their minute began after `since`."""
        found = await self._connection.scalar(
            select(coupon_tries.c.wrong_count).where(
                coupon_tries.c.caller == caller,
                coupon_tries.c.store_id == store_id,
                coupon_tries.c.began_at > since,
            )
        )
        return int(found or 0)

    async def add_wrong(self, caller: str, store_id: str, now: datetime) -> int:
        """Counts one more wrong code; how many it makes in the minute that runs."""
        statement = upsert(coupon_tries).values(
            caller=caller, store_id=store_id, began_at=now, wrong_count=1
        )
        running = coupon_tries.c.began_at > now - timedelta(minutes=1)
        count = await self._connection.scalar(
            statement.on_conflict_do_update(
                index_elements=["caller", "store_id"],
                set_={
                    "wrong_count": case((running, coupon_tries.c.wrong_count + 1), else_=1),
                    "began_at": case((running, coupon_tries.c.began_at), else_=now),
                },
            ).returning(coupon_tries.c.wrong_count)
        )
        return int(count or 0)


def _event_of(row: Row[Any]) -> OrderEvent:
    return OrderEvent(
        order_id=row.order_id,
        event_id=row.event_id,
        kind=OrderEventKind(row.kind),
        caller=row.caller,
        reason=row.reason,
        happened_at=row.happened_at,
        first_serial=row.first_serial,
        last_serial=row.last_serial,
    )


def order_of(row: Row[Any]) -> CouponOrder:
    """The order of a row."""
    return CouponOrder(
        order_id=row.order_id,
        anonymous=row.anonymous,
        template_id=row.template_id,
        wanted_count=row.wanted_count,
        code_prefix=row.code_prefix,
        key_number=row.key_number,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        caller=row.caller,
        reason=row.reason,
        created_at=row.created_at,
        state=CouponOrderState(row.state),
        issued_count=row.issued_count,
        last_serial=row.last_serial,
        skipped_serials=tuple(row.skipped_serials),
        finished_at=row.finished_at,
        revoked_at=row.revoked_at,
    )


def _columns(order: CouponOrder) -> dict[str, Any]:
    """The columns that change in the life of an order."""
    return {
        "issued_count": order.issued_count,
        "last_serial": order.last_serial,
        "skipped_serials": list(order.skipped_serials),
        "state": order.state,
        "finished_at": order.finished_at,
        "revoked_at": order.revoked_at,
    }
