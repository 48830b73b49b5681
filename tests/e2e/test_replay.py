"""A real chain's baskets go through the platform, and every figure is right to the fen."""

import asyncio
from datetime import date
from pathlib import Path

import asyncpg
import numpy as np
import pytest

from chassis.clock import to_proto_date
from tests.fixtures.stories import Chain, eventually, finish, run_replay, start_replay
from tools.local_stack.stack import Stack
from tools.replay.calls import Calls
from tools.replay.checkpoint import FILE_NAME
from tools.replay.journey import Journey, load_journey
from tools.replay.poster import post_sales
from tools.replay.sales import SaleMaker
from yika.inventory.v1.inventory_service_pb2 import BatchGetProductsRequest
from yika.points.v1.points_service_pb2 import SummarizeBillsRequest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BASKETS = "3000"


@pytest.fixture(scope="module")
def journey() -> Journey:
    return load_journey()


async def count_bills(chain: Chain, journey: Journey) -> int:
    """How many bills the journey's stores have."""
    request = SummarizeBillsRequest(
        store_ids=[store.store_id for store in journey.stores],
        from_date=to_proto_date(journey.business_day.min().item()),
        to_date=to_proto_date(journey.business_day.max().item()),
    )
    return sum(row.bill_count for row in (await chain.points.SummarizeBills(request)).rows)


def test_first_3000_baskets(stack: Stack) -> None:
    status, output = run_replay(stack, "--baskets", BASKETS, "--verify")
    assert status == 0, output
    assert "3,000 baskets posted" in output
    assert "verified: zero differences" in output


def test_again_changes_nothing(stack: Stack) -> None:
    status, output = run_replay(stack, "--baskets", BASKETS, "--verify")
    assert status == 0, output
    assert "0 baskets posted, 3,000 known already" in output
    assert "verified: zero differences" in output


async def test_without_its_record_it_learns_what_is_posted(stack: Stack) -> None:
    (Path(stack.state) / FILE_NAME).unlink()
    status, output = await asyncio.to_thread(run_replay, stack, "--baskets", "3100", "--verify")
    assert status == 0, output
    assert "3,000 baskets were found in the books" in output
    assert "100 baskets posted, 3,000 known already" in output


async def test_a_record_that_says_too_much_is_not_believed(stack: Stack, journey: Journey) -> None:
    (Path(stack.state) / FILE_NAME).write_bytes(journey.basket_key.astype("<i8").tobytes())
    status, output = await asyncio.to_thread(run_replay, stack, "--baskets", "3200", "--verify")
    assert status == 0, output
    assert "no longer in the books: posted again" in output
    assert "verifying 3,200 baskets" in output


async def test_killed_in_the_middle_it_goes_on(
    stack: Stack, chain: Chain, journey: Journey
) -> None:
    before = await count_bills(chain, journey)
    april = ("--from", "2017-04-01", "--baskets", "1000")
    replay = start_replay(stack, *april, "--batch", "20", "--rate", "200")
    try:
        await eventually(
            lambda: count_bills(chain, journey),
            lambda now: now >= before + 100,
            timeout_seconds=90,
        )
    finally:
        replay.kill()
        replay.communicate()
    posted = await count_bills(chain, journey) - before
    assert 100 <= posted < 1000
    status, output = await asyncio.to_thread(run_replay, stack, *april, "--verify")
    assert status == 0, output
    assert await count_bills(chain, journey) == before + 1000


async def test_a_refused_sale_is_named_and_not_counted(chain: Chain, journey: Journey) -> None:
    december = journey.select(date(2017, 12, 1), None, 200)
    products = [journey.products[at].product_id for at in journey.products_of(december).tolist()]
    known: set[str] = set()
    for at in range(0, len(products), 500):
        request = BatchGetProductsRequest(product_ids=products[at : at + 500])
        answer = await chain.inventory.BatchGetProducts(request)
        known.update(product.product_id for product in answer.products)
    maker = SaleMaker(journey)
    foreign = [
        at
        for at, sale in zip(december.tolist(), maker.build(december), strict=True)
        if not known.issuperset(line.product_id for line in sale.lines)
    ]
    assert foreign
    before = await count_bills(chain, journey)
    in_books: list[int] = []
    result = await post_sales(
        chain.points.PostSales,
        Calls(patience_seconds=30),
        maker,
        np.asarray(foreign),
        batch_size=50,
        rate=None,
        on_posted=lambda positions, _: in_books.extend(positions.tolist()),
    )
    assert (result.refused, result.posted, in_books) == (len(foreign), 0, [])
    assert set(result.refusal_reasons) <= {"UNKNOWN_PRODUCT", "UNKNOWN_MEMBER"}
    # Batches are sent side by side, so any of them may be refused first.
    named = {refusal.partition(":")[0] for refusal in result.refusals}
    assert named
    assert named <= {maker.sale_id(at) for at in foreign}
    assert await count_bills(chain, journey) == before


async def test_one_fen_of_difference_fails(stack: Stack) -> None:
    connection = await asyncpg.connect(stack.database_url("reports"))
    # By day, for the first day of the journey lies years before the demo chain's.
    change = """
        UPDATE store_days SET revenue_fen = revenue_fen + $1
        WHERE (day, store_id) = (SELECT day, store_id FROM store_days ORDER BY 1, 2 LIMIT 1)
    """
    try:
        await connection.execute(change, 1)
        replay = start_replay(stack, "--baskets", BASKETS, "--verify")
        status, output = await asyncio.to_thread(finish, replay)
    finally:
        await connection.execute(change, -1)
        await connection.close()
    assert status == 1, output
    assert "1 differences" in output
    assert "+1" in output
