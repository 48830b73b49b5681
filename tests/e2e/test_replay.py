"""A real chain's baskets go through the platform, and every figure is right to the fen."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from tests.fixtures.stories import Chain, eventually, finish, run_replay, start_replay
from tools.local_stack.stack import Stack
from tools.replay.checkpoint import FILE_NAME
from tools.replay.journey import Journey, load_journey
from yika.points.v1.points_service_pb2 import SummarizeBillsRequest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BASKETS = "3000"


@pytest.fixture(scope="module")
def journey() -> Journey:
    return load_journey()


async def count_bills(chain: Chain, journey: Journey) -> int:
    """How many bills the journey's stores have."""
    request = SummarizeBillsRequest(store_ids=[store.store_id for store in journey.stores])
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
        await eventually(lambda: count_bills(chain, journey), lambda now: now >= before + 100)
    finally:
        replay.kill()
        replay.communicate()
    posted = await count_bills(chain, journey) - before
    assert 100 <= posted < 1000
    status, output = await asyncio.to_thread(run_replay, stack, *april, "--verify")
    assert status == 0, output
    assert await count_bills(chain, journey) == before + 1000


async def test_one_fen_of_difference_fails(stack: Stack) -> None:
    connection = await asyncpg.connect(stack.database_url("reports"))
    change = """
        UPDATE store_days SET revenue_fen = revenue_fen + $1
        WHERE (store_id, day) = (SELECT store_id, day FROM store_days ORDER BY 1, 2 LIMIT 1)
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
