"""Asks for whoever waits together with one question, as the door writes for them.

A wallet read alone takes three round trips to the database; thirty of them take the same three.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from services.points.company import await_company

Question = TypeVar("Question")
Answer = TypeVar("Answer")

_BATCH_MAX = 256


class Gathering(Generic[Question, Answer]):
    """Gathers those who ask alike."""

    def __init__(self, ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]]) -> None:
        """`ask` answers a batch, in order."""
        self._ask = ask
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._asker: asyncio.Task[None] | None = None
        self._expected = 0

    async def ask(self, question: Question) -> Answer:
        """The answer, which other callers may share; raises what asking for its batch raised."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._asker is None or self._asker.done():
            self._asker = asyncio.create_task(self._ask_for_all())
        return await answer

    async def _ask_for_all(self) -> None:
        while self._waiting:
            await await_company(self._waiting.__len__, self._expected)
            size = min(len(self._waiting), _BATCH_MAX)
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                answers = await self._ask([question for question, _ in batch])
            except Exception as error:  # each caller gets it; the next batch is asked all the same
                for _, waiting in batch:
                    if not waiting.done():
                        waiting.set_exception(error)
                continue
            self._expected = size + len(self._waiting)
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if not waiting.done():  # its caller may have given up
                    waiting.set_result(answer)
