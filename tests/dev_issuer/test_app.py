"""The issuer over HTTP, as any OpenID Connect client meets it."""

import base64
import hashlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest

from chassis.auth import TokenVerifier
from chassis.ops import HttpServer
from tools.dev_issuer.app import build_app
from tools.dev_issuer.codes import Attempts
from tools.dev_issuer.keys import load_or_create
from tools.dev_issuer.people import PASSWORD
from tools.dev_issuer.settings import IssuerSettings
from tools.local_stack.servers import free_port

CALLBACK = "http://127.0.0.1:7100/sign-in/callback"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
REQUEST = {
    "response_type": "code",
    "client_id": "yika-portal",
    "redirect_uri": CALLBACK,
    "scope": "openid profile",
    "state": "the-state",
    "nonce": "the-nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an issuer of its own."""
    port = free_port()
    settings = IssuerSettings(state_dir=tmp_path, issuer_port=port, issuer_url="")
    key = load_or_create(tmp_path, issuer=settings.issuer_url)
    server = HttpServer(build_app(settings, key, attempts=Attempts()), "127.0.0.1", port)
    await server.start()
    try:
        async with httpx2.AsyncClient(base_url=settings.issuer_url, timeout=20) as client:
            yield client
    finally:
        await server.stop()


async def sign_in(client: httpx2.AsyncClient, login: str = "manager", **fields: str) -> str:
    """The code that the callback gets."""
    form = {**REQUEST, "login": login, "password": PASSWORD, **fields}
    answer = await client.post("/authorize", data=form)
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location.startswith(CALLBACK)
    query = parse_qs(urlsplit(location).query)
    assert query["state"] == ["the-state"]
    return query["code"][0]


async def exchange(client: httpx2.AsyncClient, code: str, **fields: str) -> httpx2.Response:
    """The answer of the token endpoint."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": "yika-portal",
        "code_verifier": VERIFIER,
        **fields,
    }
    return await client.post("/token", data=form)


class TestDiscovery:
    async def test_names_itself_by_its_address(self, client: httpx2.AsyncClient) -> None:
        document = (await client.get("/.well-known/openid-configuration")).json()
        base = str(client.base_url).rstrip("/")
        assert document["issuer"] == base
        assert document["token_endpoint"] == f"{base}/token"
        assert document["code_challenge_methods_supported"] == ["S256"]
        keys = (await client.get(urlsplit(document["jwks_uri"]).path)).json()["keys"]
        assert [key["crv"] for key in keys] == ["Ed25519"]
        assert all("d" not in key for key in keys)


class TestAuthorize:
    async def test_shows_a_form_that_says_development_only(
        self, client: httpx2.AsyncClient
    ) -> None:
        page = await client.get("/authorize", params=REQUEST)
        assert page.status_code == 200
        assert "开发环境专用" in page.text
        assert PASSWORD not in page.text
        assert "script" not in page.headers["content-security-policy"]

    @pytest.mark.parametrize(
        "wrong", [{"redirect_uri": "http://evil.example/"}, {"client_id": "somebody-else"}]
    )
    async def test_never_redirects_to_an_unknown_address(
        self, client: httpx2.AsyncClient, wrong: dict[str, str]
    ) -> None:
        for answer in (
            await client.get("/authorize", params={**REQUEST, **wrong}),
            await client.post(
                "/authorize", data={**REQUEST, **wrong, "login": "hq", "password": PASSWORD}
            ),
        ):
            assert answer.status_code == 400
            assert "location" not in answer.headers

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"scope": "profile"}, "invalid_scope"),
            ({"code_challenge": ""}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
        ],
    )
    async def test_tells_the_client_what_is_wrong(
        self, client: httpx2.AsyncClient, wrong: dict[str, str], error: str
    ) -> None:
        answer = await client.get("/authorize", params={**REQUEST, **wrong})
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        assert query == {"error": [error], "state": ["the-state"]}

    async def test_refuses_a_wrong_password_and_then_everything(
        self, client: httpx2.AsyncClient
    ) -> None:
        form = {**REQUEST, "login": "hq", "password": "wrong"}
        for _ in range(5):
            assert (await client.post("/authorize", data=form)).status_code == 401
        blocked = await client.post("/authorize", data={**form, "password": PASSWORD})
        assert blocked.status_code == 429
        assert await sign_in(client, "finance")

    async def test_limits_unknown_logins_together(self, client: httpx2.AsyncClient) -> None:
        statuses = [
            (
                await client.post(
                    "/authorize", data={**REQUEST, "login": f"nobody-{n}", "password": "x"}
                )
            ).status_code
            for n in range(6)
        ]
        assert statuses == [401] * 5 + [429]

    async def test_logs_nothing_personal(
        self, client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, logger="yika.dev_issuer"):
            await client.post(
                "/authorize", data={**REQUEST, "login": "finance", "password": "secret-typo"}
            )
            await sign_in(client, "finance")
        assert [record.getMessage() for record in caplog.records if record.name.startswith("yika")]
        assert "finance" not in caplog.text
        assert "secret-typo" not in caplog.text


class TestToken:
    async def test_gives_tokens_that_services_and_the_client_verify(
        self, client: httpx2.AsyncClient, tmp_path: Path
    ) -> None:
        answer = (await exchange(client, await sign_in(client))).json()
        base = str(client.base_url).rstrip("/")
        verifier = TokenVerifier(str(tmp_path / "jwks.json"), base, "yika")
        principal = await verifier.verify(answer["access_token"])
        assert principal.subject == "manager"
        assert "reports.sales.read" in principal.permissions
        assert len(principal.stores) == 1
        assert "*" not in principal.stores
        identity = jwt.decode(answer["id_token"], options={"verify_signature": False})
        assert identity["aud"] == "yika-portal"
        assert identity["nonce"] == "the-nonce"
        assert identity["name"] == "门店店长"

    async def test_takes_a_code_once(self, client: httpx2.AsyncClient) -> None:
        code = await sign_in(client)
        assert (await exchange(client, code)).status_code == 200
        again = await exchange(client, code)
        assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})

    @pytest.mark.parametrize(
        "wrong",
        [
            {"code_verifier": "w" * 64},
            {"code_verifier": ""},
            {"client_id": "somebody-else"},
            {"redirect_uri": "http://127.0.0.1:7100/elsewhere"},
        ],
    )
    async def test_burns_a_code_that_the_wrong_caller_brings(
        self, client: httpx2.AsyncClient, wrong: dict[str, str]
    ) -> None:
        code = await sign_in(client)
        refused = await exchange(client, code, **wrong)
        assert (refused.status_code, refused.json()) == (400, {"error": "invalid_grant"})
        assert (await exchange(client, code)).status_code == 400

    async def test_knows_one_grant_type(self, client: httpx2.AsyncClient) -> None:
        answer = await exchange(client, "x", grant_type="password")
        assert (answer.status_code, answer.json()) == (400, {"error": "unsupported_grant_type"})


class TestLogout:
    async def test_leads_back_to_a_registered_address_only(
        self, client: httpx2.AsyncClient
    ) -> None:
        back = "http://127.0.0.1:7100/signed-out"
        known = await client.get("/logout", params={"post_logout_redirect_uri": back})
        assert (known.status_code, known.headers["location"]) == (303, back)
        unknown = await client.get(
            "/logout", params={"post_logout_redirect_uri": "http://evil.example/"}
        )
        assert unknown.status_code == 400
        assert "location" not in unknown.headers
