"""The replay goes on while every part is killed in turn; not a fen, point or piece is lost."""

import asyncio

import pytest

from tests.fixtures.stories import finish, start_replay
from tools.local_stack.ports import SERVICES
from tools.local_stack.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

VICTIMS = (*SERVICES, "nats", "valkey", "postgres")


async def test_every_part_is_killed_in_turn(stack: Stack) -> None:
    # A fifth of a real evening's pace of the whole chain would end too soon: the rate keeps the
    # replay going while the victims fall.
    replay = start_replay(
        *(stack, "--from", "2017-07-01", "--baskets", "3000"),
        *("--batch", "25", "--rate", "120", "--verify"),
    )
    waiting = asyncio.create_task(asyncio.to_thread(finish, replay))
    try:
        for victim in VICTIMS:
            assert replay.poll() is None, f"the replay ended before {victim} was killed"
            pid = await asyncio.to_thread(stack.kill, victim)
            await asyncio.to_thread(stack.wait_restarted, victim, pid)
        await asyncio.to_thread(stack.wait_ready)
    finally:
        status, output = await waiting
    assert status == 0, output
    assert "3,000 baskets posted" in output
    assert "verified: zero differences" in output
