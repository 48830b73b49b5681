"""DomainError to gRPC status and to HTTP problem+json: one function each, and the way back."""

from http import HTTPStatus

import grpc
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from chassis.errors import (
    AlreadyExists,
    DomainError,
    Exhausted,
    Forbidden,
    Invalid,
    Kind,
    NotFound,
    PreconditionFailed,
    Unauthenticated,
    Unavailable,
)

ERROR_DOMAIN = "yika"

_GRPC_CODES = {
    Kind.INVALID: code_pb2.INVALID_ARGUMENT,
    Kind.NOT_FOUND: code_pb2.NOT_FOUND,
    Kind.ALREADY_EXISTS: code_pb2.ALREADY_EXISTS,
    Kind.PRECONDITION: code_pb2.FAILED_PRECONDITION,
    Kind.UNAUTHENTICATED: code_pb2.UNAUTHENTICATED,
    Kind.FORBIDDEN: code_pb2.PERMISSION_DENIED,
    Kind.EXHAUSTED: code_pb2.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE: code_pb2.UNAVAILABLE,
}
_HTTP_STATUS = {
    Kind.INVALID: HTTPStatus.BAD_REQUEST,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.ALREADY_EXISTS: HTTPStatus.CONFLICT,
    Kind.PRECONDITION: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.EXHAUSTED: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
_ERRORS = {
    error.kind: error
    for error in (
        Invalid,
        NotFound,
        AlreadyExists,
        PreconditionFailed,
        Unauthenticated,
        Forbidden,
        Exhausted,
        Unavailable,
    )
}
_KINDS_BY_CODE = {code: kind for kind, code in _GRPC_CODES.items()}


def to_status(error: DomainError) -> status_pb2.Status:
    """The google.rpc.Status of a refusal, with exactly one ErrorInfo (AIP-193)."""
    detail = Any()
    detail.Pack(
        error_details_pb2.ErrorInfo(
            reason=error.reason, domain=ERROR_DOMAIN, metadata=error.metadata
        )
    )
    return status_pb2.Status(code=_GRPC_CODES[error.kind], message=error.message, details=[detail])


def to_grpc(error: DomainError) -> grpc.Status:
    """What grpc's abort_with_status takes."""
    return rpc_status.to_status(to_status(error))


def from_grpc(error: grpc.RpcError) -> DomainError:
    """The refusal that a called service answered; a failure without a reason is Unavailable.

    A deadline or a broken connection leaves the outcome unknown, and every write carries the id
    that makes it safe to send again, so both come back as Unavailable.
    """
    status = rpc_status.from_call(error)
    if status is not None:
        for detail in status.details:
            info = error_details_pb2.ErrorInfo()
            if detail.Is(info.DESCRIPTOR) and detail.Unpack(info):
                kind = _KINDS_BY_CODE.get(status.code, Kind.UNAVAILABLE)
                return _ERRORS[kind](info.reason, status.message, dict(info.metadata))
    code = error.code()
    return Unavailable(
        "PEER_UNAVAILABLE", f"the called service failed: {code.name}: {error.details()}"
    )


def to_problem(error: DomainError) -> JSONResponse:
    """RFC 9457 problem+json of a refusal."""
    status = _HTTP_STATUS[error.kind]
    return JSONResponse(
        {
            "type": f"urn:yika:reason:{error.reason}",
            "title": status.phrase,
            "status": int(status),
            "detail": error.message,
            "reason": error.reason,
            "metadata": error.metadata,
        },
        status_code=int(status),
        media_type="application/problem+json",
    )


def install_problem_handlers(app: FastAPI) -> None:
    """Makes every refusal of an HTTP app, malformed input included, a problem+json."""

    @app.exception_handler(DomainError)
    async def _domain_error(_: Request, error: DomainError) -> JSONResponse:
        return to_problem(error)

    @app.exception_handler(RequestValidationError)
    async def _validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        fields = {
            ".".join(str(part) for part in problem["loc"]): problem["msg"]
            for problem in error.errors()
        }
        return to_problem(Invalid("MALFORMED_REQUEST", "the request is not well formed", fields))
