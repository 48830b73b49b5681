"""Brings the checkpoint in line with what the points service holds, before anything is posted.

A record that says more than the ledger (a stack that was reset) is dropped store by store, and
those baskets are sent again; one that says less (a lost file) is learnt from the ledger.
"""

from typing import Any

import numpy as np
from google.type.date_pb2 import Date

from tools.replay.calls import Calls
from tools.replay.checkpoint import Checkpoint
from tools.replay.journey import Journey
from tools.replay.sales import SaleMaker
from yika.points.v1.points_service_pb2 import ListBillsRequest, SummarizeBillsRequest
from yika.points.v1.points_service_pb2_grpc import PointsServiceStub

_BILLS_PAGE = 500


async def reconcile(
    points: PointsServiceStub,
    calls: Calls,
    journey: Journey,
    maker: SaleMaker,
    checkpoint: Checkpoint,
) -> tuple[int, int]:
    """Corrects the checkpoint; returns how many baskets it forgot and how many it learnt."""
    ledger = Ledger(points, calls, journey)
    held = await ledger.bills_per_store()
    recorded = np.bincount(journey.basket_store[checkpoint.posted], minlength=len(held))
    posted = checkpoint.posted & ~(recorded > held)[journey.basket_store]
    forgotten = int(checkpoint.posted.sum() - posted.sum())
    before = int(posted.sum())
    behind = (recorded < held)[journey.basket_store]
    if behind.any():
        position_of = maker.position_of()
        for day in np.unique(journey.business_day[behind]):
            posted |= await ledger.posted_on(day, behind, position_of)
    learnt = int(posted.sum()) - before
    if forgotten or learnt:
        checkpoint.replace(posted)
    return forgotten, learnt


class Ledger:
    """What the points service holds of the journey's stores."""

    def __init__(self, points: PointsServiceStub, calls: Calls, journey: Journey) -> None:
        self._points = points
        self._calls = calls
        self._journey = journey
        self._store_ids = [store.store_id for store in journey.stores]

    async def bills_per_store(self, day: Any = None) -> Any:
        """Number of bills by position of the store; of one business date if given."""
        days = self._journey.business_day
        request = SummarizeBillsRequest(
            store_ids=self._store_ids,
            from_date=_date(days.min() if day is None else day),
            to_date=_date(days.max() if day is None else day),
        )
        position = {store_id: at for at, store_id in enumerate(self._store_ids)}
        held = np.zeros(len(position), dtype=np.int64)
        for row in (await self._calls(self._points.SummarizeBills, request)).rows:
            held[position[row.store_id]] += row.bill_count
        return held

    async def posted_on(self, day: Any, among: Any, position_of: dict[str, int]) -> Any:
        """Flags of the baskets of a day that are in the books, in the stores of `among`.

        A store with as many bills as baskets has them all; only one in between is listed.
        """
        stores = self._journey.basket_store
        held = await self.bills_per_store(day)
        today = among & (self._journey.business_day == day)
        baskets = np.bincount(stores[today], minlength=len(held))
        posted = today & (held >= baskets)[stores]
        for store in np.flatnonzero((held > 0) & (held < baskets)).tolist():
            posted[await self._list(self._store_ids[store], _date(day), position_of)] = True
        return posted

    async def _list(self, store_id: str, day: Date, position_of: dict[str, int]) -> list[int]:
        found: list[int] = []
        request = ListBillsRequest(store_id=store_id, business_date=day, page_size=_BILLS_PAGE)
        while True:
            page = await self._calls(self._points.ListBills, request)
            ids = [bill.bill_id for bill in page.bills]
            found += [position_of[bill_id] for bill_id in ids if bill_id in position_of]
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token


def _date(day: Any) -> Date:
    """A day of the journey as the contract wants it."""
    calendar = day.item()
    return Date(year=calendar.year, month=calendar.month, day=calendar.day)
