"""What the handlers share: the portal's parts, the request's person and language, the answers."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from chassis.clock import utc_now
from chassis.errors import Forbidden, Unauthenticated
from services.portal.http_api.languages import LANGUAGES
from services.portal.http_api.static_files import StaticFiles
from services.portal.http_api.templates import Templates
from services.portal.identity import IdentityProvider
from services.portal.peers import Reports
from services.portal.settings import Settings
from services.portal.storage.sessions import Session, Sessions

LANGUAGE_COOKIE = "yika_language"
_YEAR_SECONDS = 365 * 24 * 3600
_PATH_CHARACTERS_MAX = 2000


class SignInNeeded(Unauthenticated):
    """The person must sign in; afterwards the browser comes back to where it was."""

    def __init__(self) -> None:
        super().__init__("SESSION_ENDED", "the session has ended; sign in again")


@dataclass(frozen=True, slots=True)
class Portal:
    """The parts that handlers work with."""

    settings: Settings
    sessions: Sessions
    identity: IdentityProvider
    reports: Reports
    templates: Templates
    static_files: StaticFiles

    # The __Host- prefix makes browsers refuse the cookie from anywhere but this very host.
    @property
    def session_cookie(self) -> str:
        """Name of the cookie that holds the session's id."""
        return "__Host-yika_session" if self.settings.secure else "yika_session"

    @property
    def browser_cookie(self) -> str:
        """Name of the cookie that ties a sign-in under way to the browser that began it."""
        return "__Host-yika_sign_in" if self.settings.secure else "yika_sign_in"

    def language(self, request: Request) -> str:
        """The language chosen in this browser, else the default."""
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        return chosen if chosen in LANGUAGES else self.settings.language

    async def find_session(self, request: Request, *, acts: bool = True) -> Session | None:
        """The session of the request's cookie, if it lives."""
        session_id = request.cookies.get(self.session_cookie, "")
        if not session_id:
            return None
        return await self.sessions.read(session_id, now=utc_now(), acts=acts)

    async def need_session(self, request: Request, *, acts: bool = True) -> Session:
        """The session of the request; SignInNeeded without one."""
        session = await self.find_session(request, acts=acts)
        if session is None:
            raise SignInNeeded
        request.state.session = session  # error pages keep the person's name and menu
        return session

    def page(
        self, request: Request, name: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A page in the request's language, never cached."""
        session: Session | None = getattr(request.state, "session", None)
        text = self.templates.render(
            self.language(request),
            name,
            session=session,
            here=here(request),
            **values,
        )
        return HTMLResponse(text, status_code=status, headers=self.security_headers())

    def security_headers(self) -> dict[str, str]:
        """Headers of every answer."""
        policy = {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self'",
            "font-src": "'self'",
            "connect-src": "'self'",
            # Signing out is a form whose answer may lead on to the provider.
            "form-action": f"'self' {self.identity.origin}",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        headers = {
            "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "Cache-Control": "no-store",
        }
        if self.settings.secure:
            headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}"
        return headers

    def redirect(self, address: str) -> RedirectResponse:
        """Leads on with GET."""
        return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})

    def set_cookie(self, response: Response, name: str, value: str, *, seconds: int | None) -> None:
        """A cookie that scripts cannot read; without seconds it ends with the browser."""
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.settings.secure,
        )

    def drop_cookie(self, response: Response, name: str) -> None:
        """Takes a cookie back."""
        response.delete_cookie(
            name, path="/", httponly=True, samesite="lax", secure=self.settings.secure
        )

    def set_language(self, response: Response, language: str) -> None:
        """Remembers the language for a year."""
        self.set_cookie(response, LANGUAGE_COOKIE, language, seconds=_YEAR_SECONDS)

    async def check_csrf(self, request: Request, session: Session) -> None:
        """Forbidden unless a form of this very session was sent from the portal's own pages."""
        origin = request.headers.get("origin")
        public = urlsplit(self.settings.public_url)
        foreign = origin is not None and origin != f"{public.scheme}://{public.netloc}"
        form = await request.form(max_fields=20, max_files=0)
        given = str(form.get("csrf_token", ""))
        if foreign or not secrets.compare_digest(given.encode(), session.csrf_token.encode()):
            raise Forbidden("CSRF_FAILED", "the form does not come from a page of this session")


def here(request: Request) -> str:
    """Path and query of the page a person is on."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def safe_path(path: str) -> str:
    """A path of this site to go on to; "/" for anything that may lead elsewhere."""
    # A browser takes a backslash for a slash, and //host for another site.
    if (
        not path.startswith("/")
        or path.startswith("//")
        or "\\" in path
        or len(path) > _PATH_CHARACTERS_MAX
        or not path.isprintable()
    ):
        return "/"
    return path


def sign_in_path(path: str) -> str:
    """Where to sign in and come back to a path."""
    return "/sign-in" if path == "/" else f"/sign-in?next={quote(path, safe='/')}"
