"""Who calls: JWT (EdDSA) checked against a JWKS, and what the token allows.

Claims: `sub` the caller, `permissions` a list such as "points.sales.post", `stores` a list of
store ids or "*" for every store.
"""

import asyncio
import time
import urllib.request
from collections import OrderedDict
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import jwt

from chassis.errors import Forbidden, Unauthenticated, Unavailable
from chassis.logs import get_logger

_TOKENS_REMEMBERED_MAX = 4096
_KEYS_MAX_AGE_SECONDS = 300.0
_KEYS_FETCH_TIMEOUT_SECONDS = 5.0
# No answer, an answer cut short, and an answer that is no JWKS.
_UNREADABLE = (OSError, HTTPException, ValueError, AttributeError, jwt.PyJWTError)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller behind a verified token."""

    subject: str
    permissions: frozenset[str]
    stores: frozenset[str]  # "*" stands for every store

    def require(self, permission: str) -> None:
        """Forbidden unless the token holds the permission."""
        if permission not in self.permissions:
            raise Forbidden(
                "PERMISSION_MISSING",
                f"this needs the permission {permission}",
                {"permission": permission, "subject": self.subject},
            )

    def require_store(self, store_id: str) -> None:
        """Forbidden unless the token reaches the store, or every one for "*"."""
        if "*" not in self.stores and store_id not in self.stores:
            asked = "every store" if store_id == "*" else f"store {store_id}"
            raise Forbidden(
                "STORE_OUT_OF_SCOPE",
                f"the token does not reach {asked}",
                {"store_id": store_id, "subject": self.subject},
            )


_principal: ContextVar[Principal] = ContextVar("principal")


def set_principal(principal: Principal) -> None:
    """Makes the caller known for the rest of this request."""
    _principal.set(principal)


def current_principal() -> Principal:
    """The caller of this request."""
    try:
        return _principal.get()
    except LookupError:
        raise Unauthenticated("TOKEN_MISSING", "a bearer token is required") from None


class TokenVerifier:
    """Turns a bearer token into a Principal; remembers verified tokens until they expire."""

    def __init__(self, jwks: str, issuer: str, audience: str) -> None:
        self._source = jwks
        self._issuer = issuer
        self._audience = audience
        self._keys: dict[str, jwt.PyJWK] = {}
        self._keys_read_at = float("-inf")
        self._keys_lock = asyncio.Lock()
        self._remembered: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    def remembered(self, token: str) -> Principal | None:
        """The Principal of a token that was verified lately."""
        until, principal = self._remembered.get(token, (0.0, None))
        return principal if until > time.time() else None

    async def verify(self, token: str) -> Principal:
        """The Principal of a token; Unauthenticated with a reason when it proves nothing."""
        if not token:
            raise Unauthenticated("TOKEN_MISSING", "a bearer token is required")
        if (remembered := self.remembered(token)) is not None:
            return remembered
        try:
            key_id = str(jwt.get_unverified_header(token).get("kid", ""))
            key = await self._key(key_id)
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["EdDSA"],
                issuer=self._issuer,
                audience=self._audience,
                # An issuer's clock a second ahead must not refuse fresh tokens: iat guards nothing.
                options={"require": ["exp", "iss", "aud", "sub"], "verify_iat": False},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("TOKEN_EXPIRED", "the token has expired") from None
        except jwt.PyJWTError as error:
            raise Unauthenticated("TOKEN_INVALID", f"the token is not valid: {error}") from None
        subject, stores = claims["sub"], claims.get("stores", [])
        # Who decided is kept for ever, so it must be somebody, in a text that every column keeps;
        # 255 characters are what OpenID Connect gives it.
        if not subject.strip() or len(subject) > 255 or not subject.isprintable():
            raise Unauthenticated("TOKEN_INVALID", "sub must be 1 to 255 printable characters")
        principal = Principal(
            subject=subject,
            permissions=_texts(claims.get("permissions", [])),
            stores=_texts([stores] if isinstance(stores, str) else stores),
        )
        # Not longer than keys are: a key that was taken back must stop its tokens too.
        until = min(float(claims["exp"]), time.time() + _KEYS_MAX_AGE_SECONDS)
        self._remembered[token] = (until, principal)
        while len(self._remembered) > _TOKENS_REMEMBERED_MAX:
            self._remembered.popitem(last=False)
        return principal

    async def _key(self, key_id: str) -> jwt.PyJWK:
        async with self._keys_lock:
            age = time.monotonic() - self._keys_read_at
            # An unknown key id may be a fresh one, but must not let callers hammer the issuer.
            if age > _KEYS_MAX_AGE_SECONDS or (key_id not in self._keys and age > 1.0):
                try:
                    self._keys = await asyncio.to_thread(self._read_keys)
                except _UNREADABLE as error:
                    if not self._keys:
                        raise Unavailable(
                            "KEYS_UNAVAILABLE", f"cannot read the signing keys: {error}"
                        ) from error
                    log.warning("signing_keys_not_renewed", error=repr(error))
                self._keys_read_at = time.monotonic()
        if key_id not in self._keys:
            raise Unauthenticated("TOKEN_INVALID", "the token is signed by an unknown key")
        return self._keys[key_id]

    def _read_keys(self) -> dict[str, jwt.PyJWK]:
        if self._source.startswith(("http://", "https://")):
            with urllib.request.urlopen(  # noqa: S310 - the scheme is checked above
                self._source, timeout=_KEYS_FETCH_TIMEOUT_SECONDS
            ) as response:
                text = response.read().decode()
        else:
            text = Path(self._source).read_text()
        return {str(key.key_id): key for key in jwt.PyJWKSet.from_json(text).keys}


def _texts(claim: object) -> frozenset[str]:
    if not isinstance(claim, list) or not all(isinstance(part, str) for part in claim):
        raise Unauthenticated("TOKEN_INVALID", "permissions and stores must be lists of text")
    return frozenset(claim)


class OwnToken:
    """This service's own token, from a file that a secret store may renew under it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._token = ""
        self._seen: tuple[int, int] | None = None

    def get(self) -> str:
        """The token as it is now; empty without a file.

        While the file is away or cannot be read, the token of before until that expires, then
        Unavailable TOKEN_FILE_UNREADABLE.
        """
        if self._path is None:
            return ""
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            if seen != self._seen:
                self._token = self._path.read_text().strip()
                self._seen = seen
        except (OSError, ValueError) as error:
            if not _has_time_left(self._token):
                raise Unavailable(
                    "TOKEN_FILE_UNREADABLE", f"cannot read this service's own token: {error}"
                ) from error
            if self._seen is not None:  # said once
                log.warning("own_token_not_renewed", error=repr(error))
            self._seen = None
        return self._token


def _has_time_left(token: str) -> bool:
    """False as well for what is no token, of which nobody can tell."""
    try:
        jwt.decode(
            token, options={"verify_signature": False, "verify_exp": True, "require": ["exp"]}
        )
    except jwt.PyJWTError:
        return False
    return True
