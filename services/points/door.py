"""The door of the ledger: group commit. Whoever waits together is posted together.

One writer takes all that waits (up to a limit), so under load a transaction carries many
commands and alone a command waits for nobody. A defect of one command fails that one alone.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from prometheus_client import Gauge, Histogram

from chassis.errors import Exhausted
from services.points.commands import Command
from services.points.company import Company
from services.points.halves import Failure, do_in_halves
from services.points.usecases.post_bills import Outcome

BATCH_SIZE = Histogram(
    "yika_points_door_batch_commands",
    "Commands that shared one transaction.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
)
QUEUED = Gauge("yika_points_door_queued_commands", "Commands waiting at the ledger's door.")

# A writer that takes longer may be waiting for a wallet that another replica keeps; that must not
# keep those who need others.
_PATIENCE_SECONDS = 0.1

PostBatch = Callable[[Sequence[Command]], Awaitable[list[Outcome]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Submission:
    commands: Sequence[Command]
    answer: "asyncio.Future[list[Outcome]]"


class Door:
    """Forms batches and posts them with a bounded number of writers."""

    def __init__(
        self, post_batch: PostBatch, *, batch_max: int, writers: int, queue_max: int
    ) -> None:
        self._post_batch = post_batch
        self._batch_max = batch_max
        self._writers = writers
        self._queue_max = queue_max
        self._waiting: deque[_Submission] = deque()
        self._company = Company(lambda: self._queued)
        self._changed = asyncio.Event()
        self._queued = 0
        self._just_begun: set[object] = set()  # of those who write
        self._expected = 0

    async def post(self, commands: Sequence[Command]) -> list[Outcome]:
        """Posts commands and returns one outcome each, in order.

        Commands of one call stay together, unless a defect of one of them would fail the others;
        then the call fails, and sent again it is told what became of those. Exhausted when too many
        wait already.
        """
        if not commands:
            return []
        if self._queued + len(commands) > self._queue_max:
            raise Exhausted("DOOR_FULL", "too many commands are waiting; send it again later")
        answer: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        submission = _Submission(commands, answer)
        self._count(len(commands))
        self._waiting.append(submission)
        self._changed.set()
        self._company.came()
        try:
            return await answer
        except asyncio.CancelledError:
            self._forget(submission)
            raise

    async def run(self) -> None:
        """Runs the writers until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._writers):
                group.create_task(self._write())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            while not self._is_worth_a_transaction():
                self._changed.clear()
                await self._changed.wait()
            writing = object()
            self._just_begun.add(writing)
            timer = loop.call_later(_PATIENCE_SECONDS, self._wait_no_more_for, writing)
            try:
                await self._company.gather(self._expected)
                if self._waiting:  # else another writer took them meanwhile
                    await self._settle(self._take())
            finally:
                timer.cancel()
                self._wait_no_more_for(writing)

    def _wait_no_more_for(self, writing: object) -> None:
        self._just_begun.discard(writing)
        self._changed.set()

    def _forget(self, submission: _Submission) -> None:
        """Lets nobody post what waits for a writer when its caller has gone.

        The caller sends it again, may be refused for what holds then, and would not expect it
        to be booked minutes later, when that holds no more.
        """
        with contextlib.suppress(ValueError):  # a writer has taken it
            self._waiting.remove(submission)
            self._count(-len(submission.commands))

    def _is_worth_a_transaction(self) -> bool:
        """Whether a writer should begin: one at a time, or what waits fills half a batch.

        While one writes the others gather; two small transactions cost twice what one does. One
        that has been writing for long keeps nobody from beginning.
        """
        return bool(self._waiting) and (not self._just_begun or 2 * self._queued >= self._batch_max)

    def _take(self) -> list[_Submission]:
        submissions = [self._waiting.popleft()]
        size = len(submissions[0].commands)
        while self._waiting and size + len(self._waiting[0].commands) <= self._batch_max:
            submissions.append(self._waiting.popleft())
            size += len(submissions[-1].commands)
        self._count(-size)
        BATCH_SIZE.observe(size)
        return submissions

    def _count(self, change: int) -> None:
        self._queued += change
        QUEUED.set(self._queued)

    async def _settle(self, submissions: Sequence[_Submission]) -> None:
        commands = [command for one in submissions for command in one.commands]
        try:
            outcomes = iter(await do_in_halves(self._post_batch, commands))
        except asyncio.CancelledError:
            for one in submissions:
                one.answer.cancel()
            raise
        self._expected = len(commands) + self._queued
        for one in submissions:
            ended = list(islice(outcomes, len(one.commands)))
            failed = [each.error for each in ended if isinstance(each, Failure)]
            if one.answer.done():  # its caller may have given up waiting
                continue
            if failed:
                one.answer.set_exception(failed[0])
            else:
                one.answer.set_result([each for each in ended if not isinstance(each, Failure)])
