"""Turns baskets of the journey into Sale messages; the only hot loop of the replay's own."""

from typing import Any

import numpy as np
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from tools.replay.journey import Journey
from yika.points.v1.sale_pb2 import Sale, SaleLine, Tender

CASH = "cash"
MANUFACTURER_COUPON = "manufacturer_coupon"
_NANOSECONDS = 1_000_000_000


class SaleMaker:
    """Builds sales by position. Numpy scalars are slow one by one, so whole batches of columns
    become Python lists first."""

    def __init__(self, journey: Journey) -> None:
        self._journey = journey
        self._sale_ids = journey.sale_ids()
        self._store_ids = [store.store_id for store in journey.stores]
        self._member_ids = [member.member_id for member in journey.members]
        self._product_ids = [product.product_id for product in journey.products]
        days = np.unique(journey.business_day)
        self._days = {
            day: Date(year=day.year, month=day.month, day=day.day) for day in days.tolist()
        }

    def sale_id(self, position: int) -> str:
        """The id of a basket's sale."""
        return self._sale_ids[position]

    def position_of(self) -> dict[str, int]:
        """Sale id -> position, for all baskets."""
        return {sale_id: position for position, sale_id in enumerate(self._sale_ids)}

    def build(self, positions: Any) -> list[Sale]:
        """The sales of some baskets, in the order asked."""
        journey = self._journey
        columns = [
            positions,
            journey.basket_store[positions],
            journey.basket_member[positions],
            journey.business_day[positions],
            journey.sold_ns[positions],
            journey.total_fen[positions],
            journey.coupon_fen[positions],
            journey.line_start[positions],
            journey.line_start[positions + 1],
        ]
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [self._build_one(*row) for row in rows]

    def _build_one(
        self,
        position: int,
        store: int,
        member: int,
        day: Any,
        sold_ns: int,
        total_fen: int,
        coupon_fen: int,
        first: int,
        end: int,
    ) -> Sale:
        journey = self._journey
        product_ids = self._product_ids
        lines = [
            SaleLine(
                product_id=product_ids[product],
                quantity_milli=quantity_milli,
                list_fen=list_fen,
                discount_fen=discount_fen,
            )
            for product, quantity_milli, list_fen, discount_fen in zip(
                journey.line_product[first:end].tolist(),
                journey.quantity_milli[first:end].tolist(),
                journey.list_fen[first:end].tolist(),
                journey.discount_fen[first:end].tolist(),
                strict=True,
            )
        ]
        amounts = ((MANUFACTURER_COUPON, coupon_fen), (CASH, total_fen - coupon_fen))
        seconds, nanoseconds = divmod(sold_ns, _NANOSECONDS)
        return Sale(
            sale_id=self._sale_ids[position],
            member_id=self._member_ids[member],
            store_id=self._store_ids[store],
            business_date=self._days[day],
            sold_time=Timestamp(seconds=seconds, nanos=nanoseconds),
            lines=lines,
            tenders=[Tender(kind=kind, amount_fen=fen) for kind, fen in amounts if fen > 0],
            total_fen=total_fen,
        )
