"""An OpenID Connect provider for development: authorization-code flow with PKCE, demo people.

It never runs in production: everybody who reads the source knows the passwords.
"""

import base64
import hashlib
import logging
import secrets
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.dev_issuer.codes import Attempts, Codes, Grant
from tools.dev_issuer.keys import SigningKey
from tools.dev_issuer.people import PEOPLE, Person
from tools.dev_issuer.settings import IssuerSettings

log = logging.getLogger("yika.dev_issuer")

_CODE_SECONDS = 60
_HERE = Path(__file__).parent
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class AuthorizationRequest:
    """The parameters of /authorize, checked. `error` is what the client must be told, if any."""

    FIELDS = (
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    )

    def __init__(self, parameters: dict[str, str], settings: IssuerSettings) -> None:
        self.parameters = {name: parameters.get(name, "") for name in self.FIELDS}
        self.redirect_uri = self.parameters["redirect_uri"]
        # Never redirect to an address that is not registered, not even with an error.
        self.trusted = (
            self.parameters["client_id"] == settings.issuer_client_id
            and self.redirect_uri in settings.redirect_uris
        )
        self.error = self._find_error()

    def _find_error(self) -> str:
        if self.parameters["response_type"] != "code":
            return "unsupported_response_type"
        if "openid" not in self.parameters["scope"].split():
            return "invalid_scope"
        if (
            self.parameters["code_challenge_method"] != "S256"
            or not self.parameters["code_challenge"]
        ):
            return "invalid_request"
        return ""

    def answer(self, **fields: str) -> RedirectResponse:
        """Back to the client, with its state."""
        query = urlencode({**fields, "state": self.parameters["state"]})
        return RedirectResponse(f"{self.redirect_uri}?{query}", status_code=303)


def discovery_document(settings: IssuerSettings) -> dict[str, Any]:
    """What /.well-known/openid-configuration says."""
    url = settings.issuer_url
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}/authorize",
        "token_endpoint": f"{url}/token",
        "jwks_uri": f"{url}/jwks.json",
        "end_session_endpoint": f"{url}/logout",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
    }


def build_app(
    settings: IssuerSettings,
    key: SigningKey,
    *,
    people: tuple[Person, ...] = PEOPLE,
    codes: Codes | None = None,
    attempts: Attempts | None = None,
) -> FastAPI:
    """The issuer as an app over one signing key."""
    app = FastAPI(title="Yika development issuer", docs_url=None, redoc_url=None, openapi_url=None)
    issuer = Issuer(settings, key, people, codes or Codes(), attempts or Attempts())
    document = discovery_document(settings)

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return document

    @app.get("/jwks.json")
    async def jwks() -> dict[str, Any]:
        return key.jwks()

    @app.get("/style.css")
    async def style() -> Response:
        return Response((_HERE / "templates" / "style.css").read_text(), media_type="text/css")

    @app.get("/authorize")
    async def show_form(request: Request) -> Response:
        return issuer.show_form(dict(request.query_params))

    @app.post("/authorize")
    async def sign_in(request: Request) -> Response:
        form = await request.form(max_fields=20, max_files=0)
        return issuer.sign_in({name: str(value) for name, value in form.items()})

    @app.post("/token")
    async def token(
        grant_type: Annotated[str, Form()] = "",
        code: Annotated[str, Form()] = "",
        redirect_uri: Annotated[str, Form()] = "",
        client_id: Annotated[str, Form()] = "",
        code_verifier: Annotated[str, Form()] = "",
    ) -> JSONResponse:
        if grant_type != "authorization_code":
            return _refuse("unsupported_grant_type")
        return issuer.exchange(code, redirect_uri, client_id, code_verifier)

    @app.get("/logout")
    async def logout(
        post_logout_redirect_uri: Annotated[str, Query()] = "",
        state: Annotated[str, Query()] = "",
    ) -> Response:
        # Nobody stays signed in here: each /authorize asks for the password.
        if post_logout_redirect_uri not in settings.signed_out_uris:
            return issuer.page(400, problem="退出后要返回的地址未登记。")
        query = f"?{urlencode({'state': state})}" if state else ""
        return RedirectResponse(post_logout_redirect_uri + query, status_code=303)

    return app


class Issuer:
    """The three steps: the form, the password, the exchange of the code."""

    def __init__(
        self,
        settings: IssuerSettings,
        key: SigningKey,
        people: tuple[Person, ...],
        codes: Codes,
        attempts: Attempts,
    ) -> None:
        self._settings = settings
        self._key = key
        self._people = {person.login: person for person in people}
        self._codes = codes
        self._attempts = attempts
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
        )
        self._template = environment.get_template("sign_in.html")
        origins = {
            f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, settings.redirect_uris)
        }
        # A browser checks form-action against the redirect after the form as well.
        self._headers = {
            **_NO_STORE,
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
                f"form-action 'self' {' '.join(sorted(origins))}"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    def page(
        self,
        status: int,
        *,
        parameters: dict[str, str] | None = None,
        login: str = "",
        problem: str = "",
    ) -> HTMLResponse:
        """The one page of the issuer: with `parameters` a form, without them only the problem."""
        people = list(self._people.values())
        text = self._template.render(
            parameters=parameters, login=login, problem=problem, people=people
        )
        return HTMLResponse(text, status_code=status, headers=self._headers)

    def show_form(self, parameters: dict[str, str]) -> Response:
        """The form of an authorization request, or why there is none."""
        request = AuthorizationRequest(parameters, self._settings)
        if not request.trusted:
            return self.page(400, problem="请求的应用或返回地址未登记。")
        if request.error:
            return request.answer(error=request.error)
        return self.page(200, parameters=request.parameters)

    def sign_in(self, form: dict[str, str]) -> Response:
        """A code for a right password; the form again for a wrong one."""
        request = AuthorizationRequest(form, self._settings)
        if not request.trusted:
            return self.page(400, problem="请求的应用或返回地址未登记。")
        if request.error:
            return request.answer(error=request.error)
        login = form.get("login", "")
        person = self._people.get(login)
        counted_as = login if person is not None else ""
        if self._attempts.blocked(counted_as):
            log.warning("sign_in_blocked")
            return self.page(
                429,
                parameters=request.parameters,
                login=login,
                problem="尝试次数过多，请五分钟后再试。",
            )
        password = form.get("password", "").encode()
        expected = (person.password if person is not None else secrets.token_urlsafe()).encode()
        if not secrets.compare_digest(password, expected) or person is None:
            self._attempts.failed(counted_as)
            log.info("sign_in_refused")
            return self.page(
                401, parameters=request.parameters, login=login, problem="账号或密码不正确。"
            )
        self._attempts.succeeded(counted_as)
        code = secrets.token_urlsafe(32)
        grant = Grant(
            person=person,
            client_id=request.parameters["client_id"],
            redirect_uri=request.redirect_uri,
            code_challenge=request.parameters["code_challenge"],
            nonce=request.parameters["nonce"],
            expires_at=self._codes.now() + _CODE_SECONDS,
        )
        self._codes.put(code, grant)
        log.info("sign_in_accepted")
        return request.answer(code=code)

    def exchange(
        self, code: str, redirect_uri: str, client_id: str, code_verifier: str
    ) -> JSONResponse:
        """The tokens of a code; invalid_grant when it was used, is old or is another caller's."""
        grant = self._codes.take(code)
        digest = hashlib.sha256(code_verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            grant is None
            or grant.client_id != client_id
            or grant.redirect_uri != redirect_uri
            or not secrets.compare_digest(grant.code_challenge.encode(), challenge.encode())
        ):
            return _refuse("invalid_grant")
        lifetime_seconds = self._settings.issuer_token_seconds
        person = grant.person
        identity = {
            "sub": person.login,
            "aud": client_id,
            "name": person.role,
            "preferred_username": person.login,
            **({"nonce": grant.nonce} if grant.nonce else {}),
        }
        return JSONResponse(
            {
                "token_type": "Bearer",
                "expires_in": lifetime_seconds,
                "access_token": self._key.sign(
                    person.login,
                    person.permissions,
                    stores=list(person.stores),
                    lifetime_seconds=lifetime_seconds,
                ),
                "id_token": self._key.sign_claims(identity, lifetime_seconds=lifetime_seconds),
            },
            headers=_NO_STORE,
        )


def _refuse(error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=400, headers=_NO_STORE)
