"""What the issuer remembers for a moment: authorization codes and failed attempts."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from tools.dev_issuer.people import Person


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for until it is exchanged."""

    person: Person
    client_id: str
    redirect_uri: str
    code_challenge: str
    nonce: str
    expires_at: float


class Codes:
    """Codes that work once, for a minute; the oldest go when too many wait."""

    def __init__(self, *, waiting_max: int = 1000, clock: Callable[[], float] = time.monotonic):
        self._grants: OrderedDict[str, Grant] = OrderedDict()
        self._waiting_max = waiting_max
        self._clock = clock

    def now(self) -> float:
        """The clock that expiry is judged by."""
        return self._clock()

    def put(self, code: str, grant: Grant) -> None:
        """Remembers a code."""
        self._grants[code] = grant
        while len(self._grants) > self._waiting_max:
            self._grants.popitem(last=False)

    def take(self, code: str) -> Grant | None:
        """The grant of a code, gone afterwards; None when unknown, used or too old."""
        grant = self._grants.pop(code, None)
        if grant is None or grant.expires_at < self._clock():
            return None
        return grant


class Attempts:
    """Counts failures per login and refuses when too many came within the window."""

    def __init__(
        self,
        *,
        failures_max: int = 5,
        window_seconds: float = 300,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures: dict[str, deque[float]] = {}
        self._failures_max = failures_max
        self._window_seconds = window_seconds
        self._clock = clock

    def blocked(self, login: str) -> bool:
        """True while a login has no attempt left."""
        failures = self._failures.get(login, deque())
        while failures and failures[0] < self._clock() - self._window_seconds:
            failures.popleft()
        return len(failures) >= self._failures_max

    def failed(self, login: str) -> None:
        """Counts a failure. Callers give unknown names one common login, so memory is bounded."""
        self._failures.setdefault(login, deque(maxlen=self._failures_max)).append(self._clock())

    def succeeded(self, login: str) -> None:
        """Forgets the failures of a login."""
        self._failures.pop(login, None)
