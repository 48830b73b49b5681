"""The web app: routes, error pages, and what surrounds every request."""

from contextlib import suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from starlette.exceptions import HTTPException

from chassis.errors import DomainError, Kind, NotFound, Unavailable
from chassis.logs import get_logger
from services.portal.http_api.context import Portal, SignInNeeded, here, sign_in_path
from services.portal.http_api.home import add_home_routes
from services.portal.http_api.middleware import RequestMiddleware
from services.portal.http_api.sign_in import add_sign_in_routes

log = get_logger(__name__)

_STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.EXHAUSTED: 429,
    Kind.UNAVAILABLE: 503,
}


def build_app(portal: Portal) -> FastAPI:
    """The portal as an app over its parts."""
    app = FastAPI(title="Yika portal", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(RequestMiddleware, headers=portal.security_headers())
    add_home_routes(app, portal)
    add_sign_in_routes(app, portal)
    _add_plain_routes(app, portal)
    _add_error_pages(app, portal)
    return app


def _add_plain_routes(app: FastAPI, portal: Portal) -> None:
    @app.get("/static/{digest}/{path:path}")
    async def static(request: Request, digest: str, path: str) -> Response:
        answer = portal.static_files.answer(request, digest, path)
        if answer is None:
            raise NotFound("PAGE_NOT_FOUND", "there is no such file")
        return answer

    @app.get("/favicon.ico")
    async def favicon() -> Response:
        return portal.redirect(portal.static_files.url("logo.svg"))

    @app.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        return PlainTextResponse(
            "User-agent: *\nDisallow: /\n", headers={"Cache-Control": "max-age=86400"}
        )


def _add_error_pages(app: FastAPI, portal: Portal) -> None:
    async def error_page(request: Request, status: int, reason: str) -> Response:
        if not hasattr(request.state, "session"):
            # The frame stays the person's own, if the store of sessions can say whose it is.
            with suppress(Unavailable):
                request.state.session = await portal.find_session(request, acts=False)
        return portal.page(request, "error.html", status=status, reason=reason, code=status)

    @app.exception_handler(SignInNeeded)
    async def _sign_in(request: Request, error: SignInNeeded) -> Response:
        if request.headers.get("hx-request") == "true":
            # A part of a page cannot show a sign-in: the whole page goes there and comes back.
            page = request.headers.get("hx-current-url", "")
            path = page.removeprefix(portal.settings.public_url) or "/"
            headers = {**portal.security_headers(), "HX-Redirect": sign_in_path(path)}
            response = Response(status_code=401, headers=headers)
        else:
            response = portal.redirect(sign_in_path(here(request)))
        # Also when the session lives and its token does not: else sign-in would lead back here.
        portal.drop_cookie(response, portal.session_cookie)
        return response

    @app.exception_handler(DomainError)
    async def _domain_error(request: Request, error: DomainError) -> Response:
        if error.kind is Kind.UNAVAILABLE:
            log.warning("page_unavailable", reason=error.reason, error=error.message)
        return await error_page(request, _STATUS.get(error.kind, 400), error.reason)

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, _: RequestValidationError) -> Response:
        return await error_page(request, 400, "MALFORMED_REQUEST")

    @app.exception_handler(HTTPException)
    async def _http_error(request: Request, error: HTTPException) -> Response:
        reason = "PAGE_NOT_FOUND" if error.status_code == 404 else "MALFORMED_REQUEST"
        return await error_page(request, error.status_code, reason)

    @app.exception_handler(Exception)
    async def _defect(request: Request, error: Exception) -> Response:
        log.error("page_failed", exc_info=error)
        return await error_page(request, 500, "INTERNAL")
