"""Signing in at the provider, coming back, signing out, and the language of the screens."""

import secrets
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI, Query, Request
from fastapi.responses import Response
from prometheus_client import Counter

from chassis.clock import utc_now
from chassis.errors import DomainError, Invalid, NotFound, Unauthenticated
from chassis.logs import get_logger
from services.portal.http_api.context import Portal, here, safe_path
from services.portal.http_api.languages import LANGUAGES

log = get_logger(__name__)

SIGN_INS = Counter(
    "yika_portal_sign_ins_total", "Sign-ins that came back, by what became of them.", ["outcome"]
)
_SIGN_IN_SECONDS = 600


def add_sign_in_routes(app: FastAPI, portal: Portal) -> None:
    """The routes around a session."""
    _add_way_out(app, portal)
    _add_way_back(app, portal)
    _add_sign_out(app, portal)
    _add_plain_pages(app, portal)


def _add_way_out(app: FastAPI, portal: Portal) -> None:

    @app.get("/sign-in")
    async def sign_in(request: Request, next: Annotated[str, Query()] = "/") -> Response:
        public = urlsplit(portal.settings.public_url)
        if request.headers.get("host", "") != public.netloc:
            # The provider leads back to the public address, and only its cookies are seen there.
            return portal.redirect(portal.settings.public_url + here(request))
        next_path = safe_path(next)
        if await portal.find_session(request):
            return portal.redirect(next_path)
        address, begun = await portal.identity.begin(next_path)
        browser_id = request.cookies.get(portal.browser_cookie) or secrets.token_urlsafe(32)
        await portal.sessions.begin_sign_in(browser_id, begun)
        response = portal.redirect(address)
        portal.set_cookie(response, portal.browser_cookie, browser_id, seconds=_SIGN_IN_SECONDS)
        return response


def _add_way_back(app: FastAPI, portal: Portal) -> None:
    @app.get("/sign-in/callback")
    async def callback(
        request: Request,
        state: Annotated[str, Query()] = "",
        code: Annotated[str, Query()] = "",
        error: Annotated[str, Query()] = "",
    ) -> Response:
        browser_id = request.cookies.get(portal.browser_cookie, "")
        begun = await portal.sessions.finish_sign_in(browser_id, state) if browser_id else None
        if begun is None:
            SIGN_INS.labels("unknown").inc()
            raise Invalid("SIGN_IN_EXPIRED", "no sign-in of this browser waits for this answer")
        if error or not code:
            SIGN_INS.labels("refused").inc()
            raise Unauthenticated("SIGN_IN_REFUSED", "the provider did not sign the person in")
        try:
            session = await portal.identity.finish(
                code,
                begun,
                now=utc_now(),
                longest=timedelta(hours=portal.settings.session_hours_max),
            )
        except DomainError as refusal:
            SIGN_INS.labels("failed").inc()
            log.warning("sign_in_failed", reason=refusal.reason, error=refusal.message)
            raise
        # A new id at every sign-in: one that was planted before is worth nothing now.
        if old_id := request.cookies.get(portal.session_cookie):
            await portal.sessions.end(old_id)
        session_id = await portal.sessions.start(session, now=utc_now())
        SIGN_INS.labels("accepted").inc()
        response = portal.redirect(safe_path(begun.next_path))
        portal.set_cookie(response, portal.session_cookie, session_id, seconds=None)
        portal.drop_cookie(response, portal.browser_cookie)
        return response


def _add_sign_out(app: FastAPI, portal: Portal) -> None:
    @app.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        session = await portal.find_session(request)
        if session is None:
            response = portal.redirect("/signed-out")
        else:
            request.state.session = session
            await portal.check_csrf(request, session)
            await portal.sessions.end(request.cookies[portal.session_cookie])
            away = await portal.identity.sign_out_url(session.id_token)
            response = portal.redirect(away or "/signed-out")
        portal.drop_cookie(response, portal.session_cookie)
        return response


def _add_plain_pages(app: FastAPI, portal: Portal) -> None:
    @app.get("/signed-out")
    async def signed_out(request: Request) -> Response:
        return portal.page(request, "signed_out.html")

    @app.get("/language/{code}")
    async def language(code: str, next: Annotated[str, Query()] = "/") -> Response:
        if code not in LANGUAGES:
            raise NotFound("PAGE_NOT_FOUND", "there is no such language")
        response = portal.redirect(safe_path(next))
        portal.set_language(response, code)
        return response
