"""Asks for whoever waits together with one question, as the door writes for them.

A wallet read alone takes three round trips to the database; thirty of them take the same three.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from services.points.company import Company
from services.points.halves import Failure, do_in_halves

Question = TypeVar("Question")
Answer = TypeVar("Answer")

_BATCH_MAX = 256


class Gathering(Generic[Question, Answer]):
    """Gathers those who ask alike."""

    def __init__(self, ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]]) -> None:
        """`ask` answers a batch, in order."""
        self._ask = ask
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._company = Company(self._waiting.__len__)
        self._asker: asyncio.Task[None] | None = None
        self._expected = 0

    async def ask(self, question: Question) -> Answer:
        """The answer, which other callers may share; raises what asking raised for it alone.

        What is refused, as when the database is away, is refused to all who were asked for.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        self._company.came()
        if self._asker is None or self._asker.done():
            self._asker = asyncio.create_task(self._ask_for_all())
        return await answer

    async def _ask_for_all(self) -> None:
        while self._waiting:
            await self._company.gather(self._expected)
            if not (batch := self._take()):
                continue
            answers = await do_in_halves(self._ask, [question for question, _ in batch])
            self._expected = len(batch) + len(self._waiting)
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if waiting.done():  # its caller has given up meanwhile
                    continue
                if isinstance(answer, Failure):
                    waiting.set_exception(answer.error)
                else:
                    waiting.set_result(answer)

    def _take(self) -> list[tuple[Question, "asyncio.Future[Answer]"]]:
        """The next to be asked for; those whose callers have given up are left out."""
        batch: list[tuple[Question, asyncio.Future[Answer]]] = []
        while self._waiting and len(batch) < _BATCH_MAX:
            question, answer = self._waiting.popleft()
            if not answer.done():
                batch.append((question, answer))
        return batch
