"""Tokens: what proves a caller, what does not, and keys that change under a running service."""

import base64
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, Response

import chassis.auth
from chassis.auth import Principal, TokenVerifier, current_principal, set_principal
from chassis.errors import Forbidden, Unauthenticated, Unavailable
from chassis.ops import HttpServer
from tests.fixtures.polling import eventually
from tests.fixtures.tokens import KEY_ID, sign_token, signing_key, write_jwks
from tools.local_stack.servers import free_port


def jwk_of(key: Ed25519PrivateKey, key_id: str) -> dict[str, Any]:
    public = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**public, "kid": key_id, "alg": "EdDSA"}


def replace_keys(path: Path, *keys: dict[str, Any]) -> None:
    path.write_text(json.dumps({"keys": keys}))


def token_of(key: Any, key_id: str | None, algorithm: str = "EdDSA", **claims: Any) -> str:
    now = int(time.time())
    standard = {"sub": "test", "iss": "yika", "aud": "yika", "exp": now + 600}
    wanted = {k: v for k, v in {**standard, **claims}.items() if v is not None}
    return jwt.encode(wanted, key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    return write_jwks(tmp_path / "jwks.json")


@pytest.fixture
def verifier(jwks: Path) -> TokenVerifier:
    return TokenVerifier(str(jwks), "yika", "yika")


class TestVerify:
    async def test_tells_who_calls_and_what_for(self, verifier: TokenVerifier) -> None:
        token = sign_token(["a.b", "c.d"], stores=["s1"], subject="till-7")
        for _ in range(2):  # read, then remembered
            principal = await verifier.verify(token)
            assert principal == Principal("till-7", frozenset({"a.b", "c.d"}), frozenset({"s1"}))

    async def test_takes_a_token_from_a_clock_that_runs_ahead(
        self, verifier: TokenVerifier
    ) -> None:
        token = token_of(signing_key(), KEY_ID, iat=int(time.time()) + 5)
        assert (await verifier.verify(token)).subject == "test"

    async def test_grants_nothing_that_is_not_claimed(self, verifier: TokenVerifier) -> None:
        principal = await verifier.verify(token_of(signing_key(), KEY_ID))
        assert principal == Principal("test", frozenset(), frozenset())

    @pytest.mark.parametrize("subject", ["x" * 255, "收银员 8001", "auth0|5f7c8ec7c3"])
    async def test_takes_whoever_has_a_name(self, verifier: TokenVerifier, subject: str) -> None:
        assert (await verifier.verify(sign_token([], subject=subject))).subject == subject

    @pytest.mark.parametrize(
        ("token", "reason"),
        [
            ("", "TOKEN_MISSING"),
            ("nonsense", "TOKEN_INVALID"),
            ("a.b.c", "TOKEN_INVALID"),
            ("令牌.令牌.令牌", "TOKEN_INVALID"),
            (sign_token([], lifetime_seconds=-10), "TOKEN_EXPIRED"),
            (sign_token([], issuer="someone"), "TOKEN_INVALID"),
            (sign_token([], audience="another"), "TOKEN_INVALID"),
            (sign_token([], key=Ed25519PrivateKey.generate()), "TOKEN_INVALID"),
            (token_of(signing_key(), "unknown-key"), "TOKEN_INVALID"),
            (token_of(signing_key(), None), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, exp=None), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub=None), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, iss=None), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, aud=None), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub=7), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub=""), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub=" "), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub="a\0b"), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub="a\ud800"), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, sub="x" * 256), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, permissions="a.b"), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, permissions=[1]), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, stores={"s1": True}), "TOKEN_INVALID"),
            (token_of(signing_key(), KEY_ID, stores=7), "TOKEN_INVALID"),
            (token_of("", KEY_ID, "none"), "TOKEN_INVALID"),
        ],
    )
    async def test_refuses_a_token_that_proves_nothing(
        self, verifier: TokenVerifier, token: str, reason: str
    ) -> None:
        with pytest.raises(Unauthenticated) as refusal:
            await verifier.verify(token)
        assert refusal.value.reason == reason

    async def test_refuses_claims_changed_after_signing(self, verifier: TokenVerifier) -> None:
        head, body, signature = sign_token(["a.b"]).split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        claims["permissions"] = ["everything"]
        forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
            await verifier.verify(f"{head}.{forged}.{signature}")

    async def test_refuses_a_signature_of_another_algorithm(self, tmp_path: Path) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
        path = tmp_path / "rsa.json"
        path.write_text(json.dumps({"keys": [{**public, "kid": "rsa", "alg": "RS256"}]}))
        verifier = TokenVerifier(str(path), "yika", "yika")
        for token in (token_of(key, "rsa", "RS256"), token_of(signing_key(), "rsa")):
            with pytest.raises(Unauthenticated, match="TOKEN_INVALID"):
                await verifier.verify(token)

    async def test_forgets_a_token_that_has_expired(self, verifier: TokenVerifier) -> None:
        token = sign_token([], lifetime_seconds=2)
        await verifier.verify(token)

        async def refused() -> bool:
            try:
                await verifier.verify(token)
            except Unauthenticated as refusal:
                return refusal.reason == "TOKEN_EXPIRED"
            return False

        await eventually(refused)


class TestKeyRotation:
    async def test_in_the_file_needs_no_restart(self, jwks: Path, verifier: TokenVerifier) -> None:
        await verifier.verify(sign_token([]))
        fresh = Ed25519PrivateKey.generate()
        replace_keys(jwks, jwk_of(fresh, "fresh"))
        await eventually(lambda: accepts(verifier, token_of(fresh, "fresh")))
        assert not await accepts(verifier, token_of(signing_key(), KEY_ID, sub="someone else"))

    async def test_stops_tokens_of_a_key_that_was_taken_back(
        self, jwks: Path, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chassis.auth, "_KEYS_MAX_AGE_SECONDS", 0.2)
        token = sign_token([])
        await verifier.verify(token)
        replace_keys(jwks, jwk_of(Ed25519PrivateKey.generate(), "fresh"))

        async def refused() -> bool:
            return not await accepts(verifier, token)

        await eventually(refused)

    async def test_over_http_needs_no_restart(self, issuer: "Issuer") -> None:
        verifier = TokenVerifier(issuer.url, "yika", "yika")
        await verifier.verify(sign_token([]))
        fresh = Ed25519PrivateKey.generate()
        issuer.body = json.dumps({"keys": [jwk_of(signing_key(), KEY_ID), jwk_of(fresh, "fresh")]})
        await eventually(lambda: accepts(verifier, token_of(fresh, "fresh")))
        assert await accepts(verifier, sign_token([], subject="with the old key"))

    async def test_asks_the_issuer_once_a_second_at_most_for_unknown_keys(
        self, issuer: "Issuer"
    ) -> None:
        verifier = TokenVerifier(issuer.url, "yika", "yika")
        started = time.monotonic()
        for number in range(200):
            assert not await accepts(verifier, token_of(signing_key(), f"unknown-{number}"))
        assert issuer.requests <= 1 + (time.monotonic() - started)

    @pytest.mark.parametrize("body", ["", "not json", "[]", "{}", '{"keys": [{}]}', '{"keys": 1}'])
    async def test_keeps_the_keys_it_has_when_new_ones_cannot_be_read(
        self, issuer: "Issuer", monkeypatch: pytest.MonkeyPatch, body: str
    ) -> None:
        monkeypatch.setattr(chassis.auth, "_KEYS_MAX_AGE_SECONDS", 0.0)
        verifier = TokenVerifier(issuer.url, "yika", "yika")
        await verifier.verify(sign_token([]))
        issuer.body = body
        asked = issuer.requests
        assert await accepts(verifier, sign_token([], subject="another"))
        assert issuer.requests > asked

    @pytest.mark.parametrize("body", ["", "not json", "[]", "{}", '{"keys": 1}'])
    async def test_is_unavailable_while_there_are_no_keys_at_all(
        self, issuer: "Issuer", body: str
    ) -> None:
        issuer.body = body
        verifier = TokenVerifier(issuer.url, "yika", "yika")
        with pytest.raises(Unavailable, match="KEYS_UNAVAILABLE"):
            await verifier.verify(sign_token([]))

    @pytest.mark.parametrize("source", ["/no/such/file", "http://127.0.0.1:1/jwks", ""])
    async def test_is_unavailable_without_the_source(self, source: str) -> None:
        with pytest.raises(Unavailable, match="KEYS_UNAVAILABLE"):
            await TokenVerifier(source, "yika", "yika").verify(sign_token([]))


class Issuer:
    """What serves the keys over HTTP."""

    def __init__(self) -> None:
        self.body = json.dumps({"keys": [jwk_of(signing_key(), KEY_ID)]})
        self.requests = 0
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/jwks"
        app = FastAPI()

        @app.get("/jwks")
        async def keys() -> Response:
            self.requests += 1
            return Response(self.body, media_type="application/json")

        self.server = HttpServer(app, "127.0.0.1", port)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    await issuer.server.start()
    yield issuer
    await issuer.server.stop()


async def accepts(verifier: TokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except Unauthenticated:
        return False
    return True


class TestPrincipal:
    def test_requires_a_permission(self) -> None:
        principal = Principal("till", frozenset({"a.b"}), frozenset())
        principal.require("a.b")
        with pytest.raises(Forbidden) as refusal:
            principal.require("a")
        assert refusal.value.reason == "PERMISSION_MISSING"
        assert refusal.value.metadata == {"permission": "a", "subject": "till"}

    def test_requires_a_store(self) -> None:
        Principal("hq", frozenset(), frozenset({"*"})).require_store("s9")
        principal = Principal("till", frozenset(), frozenset({"s1"}))
        principal.require_store("s1")
        for store_id in ("s2", "", "*"):
            with pytest.raises(Forbidden, match="STORE_OUT_OF_SCOPE"):
                principal.require_store(store_id)
        with pytest.raises(Forbidden, match="does not reach every store"):
            principal.require_store("*")

    async def test_belongs_to_the_request(self) -> None:
        with pytest.raises(Unauthenticated, match="TOKEN_MISSING"):
            current_principal()
        principal = Principal("till", frozenset(), frozenset())
        set_principal(principal)
        assert current_principal() is principal
