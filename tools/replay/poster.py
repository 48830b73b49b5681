"""Posts the sales: batches through PostSales, a few in flight, every outcome looked at."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tools.replay.calls import Calls
from tools.replay.sales import SaleMaker
from yika.points.v1.points_service_pb2 import PostSalesRequest, PostSalesResponse

IN_FLIGHT = 4
_REFUSALS_KEPT = 20


@dataclass(slots=True)
class Posted:
    """What became of the sales of one run."""

    posted: int = 0
    replayed: int = 0  # of these, posted by an earlier run or an earlier attempt
    refused: int = 0
    refusal_reasons: Counter[str] = field(default_factory=Counter)
    refusals: list[str] = field(default_factory=list)  # the first few, for people

    def count(self, answer: PostSalesResponse) -> list[bool]:
        """Adds the outcomes of a batch; tells for each sale whether it is in the books."""
        in_books = []
        for outcome in answer.outcomes:
            posted = outcome.WhichOneof("outcome") == "posted"
            in_books.append(posted)
            if posted:
                self.posted += 1
                self.replayed += outcome.posted.replayed
                continue
            self.refused += 1
            self.refusal_reasons[outcome.refused.reason or "NO_OUTCOME"] += 1
            if len(self.refusals) < _REFUSALS_KEPT:
                refusal = outcome.refused
                self.refusals.append(f"{outcome.sale_id}: {refusal.reason}: {refusal.message}")
        return in_books


async def post_sales(
    post: Callable[..., Any],
    calls: Calls,
    maker: SaleMaker,
    positions: Any,
    *,
    batch_size: int,
    rate: float | None,
    on_posted: Callable[[Any, int], None],
) -> Posted:
    """Posts the baskets at `positions`, in their order, `batch_size` (1 to 500) at a time, and at
    most `rate` baskets a second if given.

    `post` is the PostSales method; `on_posted(positions in the books, baskets done)` is called
    after each batch.
    """
    result = Posted()
    batches = iter([positions[at : at + batch_size] for at in range(0, len(positions), batch_size)])

    started = time.monotonic()
    taken = 0

    async def work() -> None:
        nonlocal taken
        for batch in batches:  # one iterator for all workers: each batch is taken once
            due = started + (taken / rate if rate else 0)
            taken += len(batch)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            request = PostSalesRequest(sales=maker.build(batch))
            answer = await calls(post, request)
            asked = [sale.sale_id for sale in request.sales]
            if [outcome.sale_id for outcome in answer.outcomes] != asked:
                raise ValueError("PostSales did not answer for each sale in the order asked")
            in_books = np.asarray(result.count(answer), dtype=bool)
            on_posted(batch[in_books], len(batch))

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())
    return result
