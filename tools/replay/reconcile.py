"""Brings the checkpoint in line with what the points service holds, before anything is posted.

A record that says more than the ledger (a stack that was reset) is dropped store by store, and
those baskets are sent again; one that says less (a lost file) is learnt from the bills.
"""

from typing import Any

import numpy as np

from chassis.errors import DomainError, Kind
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
    held = await _bills_per_store(points, calls, journey)
    recorded = np.bincount(journey.basket_store[checkpoint.posted], minlength=len(journey.stores))
    posted = checkpoint.posted.copy()
    posted &= ~(recorded > held)[journey.basket_store]
    forgotten = int(checkpoint.posted.sum() - posted.sum())
    before = int(posted.sum())
    if (recorded < held).any():
        position_of = maker.position_of()
        for member in np.unique(journey.basket_member[(recorded < held)[journey.basket_store]]):
            member_id = journey.members[member].member_id
            posted[await _bills_of(points, calls, member_id, position_of)] = True
    learnt = int(posted.sum()) - before
    if forgotten or learnt:
        checkpoint.replace(posted)
    return forgotten, learnt


async def _bills_per_store(points: PointsServiceStub, calls: Calls, journey: Journey) -> Any:
    request = SummarizeBillsRequest(store_ids=[store.store_id for store in journey.stores])
    answer = await calls(points.SummarizeBills, request)
    position = {store.store_id: at for at, store in enumerate(journey.stores)}
    held = np.zeros(len(journey.stores), dtype=np.int64)
    for row in answer.rows:
        held[position[row.store_id]] += row.bill_count
    return held


async def _bills_of(
    points: PointsServiceStub, calls: Calls, member_id: str, position_of: dict[str, int]
) -> list[int]:
    found: list[int] = []
    request = ListBillsRequest(member_id=member_id, page_size=_BILLS_PAGE)
    while True:
        try:
            page = await calls(points.ListBills, request)
        except DomainError as error:
            if error.kind is Kind.NOT_FOUND:  # not registered yet: no bills
                return []
            raise
        found += [position_of[bill.bill_id] for bill in page.bills if bill.bill_id in position_of]
        if not page.next_page_token:
            return found
        request.page_token = page.next_page_token
