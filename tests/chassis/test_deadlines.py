"""One timer for many deadlines: who is late is cancelled, and nobody else."""

import asyncio
import time

import pytest

from chassis.deadlines import Deadlines

SOON, LATER = 0.1, 60.0


async def run(deadlines: Deadlines, seconds: float, work: float) -> str:
    """How a piece of work ends that has so many seconds."""
    task = deadlines.begin(seconds)
    try:
        await asyncio.sleep(work)
    except asyncio.CancelledError:
        if deadlines.end(task):
            return "late"
        raise
    return "late after all" if deadlines.end(task) else "done"


class TestDeadlines:
    async def test_end_who_is_late_and_nobody_else(self) -> None:
        deadlines = Deadlines()
        begun = time.perf_counter()
        each = [(SOON, LATER), (LATER, 2 * SOON), (SOON, 0), (2 * SOON, LATER)]
        ends = await asyncio.gather(
            *(asyncio.create_task(run(deadlines, *times)) for times in each)
        )
        assert ends == ["late", "done", "done", "late"]
        assert SOON <= time.perf_counter() - begun < LATER / 2

    async def test_let_the_task_go_on_afterwards(self) -> None:
        assert await run(Deadlines(), 0, LATER) == "late"
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
        await asyncio.sleep(0)

    async def test_leave_it_cancelled_when_somebody_else_cancelled_it_too(self) -> None:
        deadlines = Deadlines()

        async def patient() -> str:
            return await run(deadlines, 0, LATER)

        task = asyncio.create_task(patient())
        await asyncio.sleep(0)
        deadlines._look(asyncio.get_running_loop())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_look_no_more_when_nobody_has_one(self) -> None:
        deadlines = Deadlines()
        assert await run(deadlines, LATER, 0) == "done"
        await asyncio.sleep(2 * SOON)
        assert not deadlines._looks
        assert await run(deadlines, 0, LATER) == "late", "the next one is looked after again"

    async def test_can_be_ended_by_another_task(self) -> None:
        deadlines = Deadlines()
        task = deadlines.begin(SOON)
        assert not await asyncio.create_task(asyncio.to_thread(deadlines.end, task))
        await asyncio.sleep(2 * SOON)
