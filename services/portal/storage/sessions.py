"""Sessions of signed-in people and sign-ins under way, in Redis or Valkey.

A cookie holds 32 random bytes and nothing else; the key here is their digest, so that who reads
the store cannot act as anybody. Everything ends by itself.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chassis.errors import Unavailable

_SESSION = "yika:portal:session:"
_SIGN_IN = "yika:portal:sign-in:"
_SIGN_IN_SECONDS = 600
_TIMEOUT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Session:
    """What the portal knows of a signed-in person."""

    subject: str
    name: str
    access_token: str
    id_token: str
    permissions: tuple[str, ...]
    stores: tuple[str, ...]
    csrf_token: str
    ends_at: float  # seconds since 1970: the absolute end, whatever happens until then


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that has gone to the provider and not come back."""

    state: str
    nonce: str
    code_verifier: str
    next_path: str


def _key(prefix: str, *parts: str) -> str:
    return prefix + ":".join(hashlib.sha256(part.encode()).hexdigest() for part in parts)


def _parse(text: str | bytes) -> Session | None:
    """The session of a stored text; None when another release wrote it in another shape."""
    fields = json.loads(text)
    try:
        fields |= {name: tuple(fields[name]) for name in ("permissions", "stores")}
        return Session(**fields)
    except (KeyError, TypeError):
        return None


@asynccontextmanager
async def _mapped() -> AsyncIterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable(
            "SESSIONS_UNAVAILABLE", f"the session store does not answer: {type(error).__name__}"
        ) from error


class Sessions:
    """The store of sessions."""

    def __init__(self, url: str, *, idle: timedelta) -> None:
        self._redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
        )
        self._idle = idle

    async def ping(self) -> None:
        """Unavailable when the store does not answer."""
        async with _mapped():
            await self._redis.ping()

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()

    async def start(self, session: Session, *, now: datetime) -> str:
        """Keeps a session; returns the new random id that names it."""
        session_id = secrets.token_urlsafe(32)
        async with _mapped():
            await self._redis.set(
                _key(_SESSION, session_id),
                json.dumps(asdict(session)),
                ex=self._seconds_left(session, now),
            )
        return session_id

    async def read(self, session_id: str, *, now: datetime, acts: bool) -> Session | None:
        """The session of an id; None when it ended. `acts`: the person did something just now."""
        key = _key(_SESSION, session_id)
        async with _mapped():
            text = await self._redis.get(key)
            if text is None:
                return None
            session = _parse(text)
            if session is None or session.ends_at <= now.timestamp():
                await self._redis.delete(key)
                return None
            if acts:
                await self._redis.expire(key, self._seconds_left(session, now))
        return session

    async def end(self, session_id: str) -> None:
        """Forgets a session."""
        async with _mapped():
            await self._redis.delete(_key(_SESSION, session_id))

    async def begin_sign_in(self, browser_id: str, sign_in: SignIn) -> None:
        """Keeps a sign-in of a browser for ten minutes."""
        async with _mapped():
            await self._redis.set(
                _key(_SIGN_IN, browser_id, sign_in.state),
                json.dumps(asdict(sign_in)),
                ex=_SIGN_IN_SECONDS,
            )

    async def finish_sign_in(self, browser_id: str, state: str) -> SignIn | None:
        """The sign-in that this browser began with this state, once."""
        async with _mapped():
            text = await self._redis.getdel(_key(_SIGN_IN, browser_id, state))
        return None if text is None else SignIn(**json.loads(text))

    def _seconds_left(self, session: Session, now: datetime) -> int:
        left = session.ends_at - now.timestamp()
        return max(1, int(min(left, self._idle.total_seconds())))
