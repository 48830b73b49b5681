"""DomainError to HTTP problem+json, for the services that people or tills reach by HTTP."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from chassis.errors import DomainError, Invalid


def to_problem(error: DomainError) -> JSONResponse:
    """RFC 9457 problem+json of a refusal."""
    status = error.kind.http_status
    return JSONResponse(
        {
            "type": f"urn:yika:reason:{error.reason}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": error.message,
            "reason": error.reason,
            "metadata": error.metadata,
        },
        status_code=status,
        media_type="application/problem+json",
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Makes every refusal of an HTTP app, malformed input included, a problem+json."""

    @app.exception_handler(DomainError)
    async def _domain_error(_: Request, error: DomainError) -> JSONResponse:
        return to_problem(error)

    @app.exception_handler(RequestValidationError)
    async def _validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = {".".join(map(str, found["loc"])): found["msg"] for found in error.errors()}
        return to_problem(Invalid("MALFORMED_REQUEST", "the request is not well formed", fields))
