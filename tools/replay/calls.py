"""Calls to the services that outlast a service being away: killed, restarted, or busy.

Everything sent twice carries its own id, so sending it again changes nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

from chassis.error_mapping import from_grpc
from chassis.errors import DomainError

_AWAY = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED,  # a server that stops cuts what it could not finish
}
_CALL_TIMEOUT_SECONDS = 60.0
_PAUSE_SECONDS_MIN = 0.1
_PAUSE_SECONDS_MAX = 2.0


class ReplayError(Exception):
    """The replay cannot go on; the message says why in one line."""


class Calls:
    """Makes calls, each again while its service is away, until `patience_seconds` passed in which
    no call at all succeeded."""

    def __init__(self, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._last_success = time.monotonic()
        self.repeated = 0  # calls that had to be made again

    async def __call__(self, method: Callable[..., Awaitable[Any]], request: Any) -> Any:
        """The answer of `method(request)`; DomainError when refused, ReplayError when given up."""

        async def once() -> Any:
            return await method(request, timeout=_CALL_TIMEOUT_SECONDS)

        return await self._until_answered(once)

    async def read_stream(self, method: Callable[..., Any], request: Any) -> list[Any]:
        """All pieces of the stream `method(request)`; a stream that breaks is read again."""

        async def once() -> list[Any]:
            return [piece async for piece in method(request, timeout=_CALL_TIMEOUT_SECONDS)]

        answer: list[Any] = await self._until_answered(once)
        return answer

    async def _until_answered(self, once: Callable[[], Awaitable[Any]]) -> Any:
        pause = _PAUSE_SECONDS_MIN
        started = time.monotonic()
        while True:
            try:
                answer = await once()
            except grpc.aio.AioRpcError as error:
                if error.code() not in _AWAY:
                    raise self._refusal(error) from error
                if time.monotonic() - max(started, self._last_success) > self._patience_seconds:
                    raise ReplayError(
                        f"no answer for {self._patience_seconds:.0f} s; the last one was "
                        f"{error.code().name}: {error.details()}"
                    ) from error
            else:
                self._last_success = time.monotonic()
                return answer
            self.repeated += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, _PAUSE_SECONDS_MAX)

    @staticmethod
    def _refusal(error: grpc.aio.AioRpcError) -> Exception:
        if error.code() in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN}:
            return ReplayError(f"a service failed: {error.details()}")
        refusal: DomainError = from_grpc(error)
        return refusal
