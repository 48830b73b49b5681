"""DomainError to gRPC status, and the way back. HTTP is in chassis.http_errors."""

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from chassis.errors import DomainError, Unavailable

ERROR_DOMAIN = "yika"
# A refusal travels in the trailer of a call, which holds 8 KiB: the message twice, once with its
# bytes escaped. One that does not fit would reach nobody, and refusals repeat what was sent.
_MESSAGE_BYTES_MAX = 600
_VALUE_BYTES_MAX = 300
_BY_GRPC_CODE = {error.kind.grpc_code: error for error in DomainError.__subclasses__()}


def to_status(error: DomainError) -> status_pb2.Status:
    """The google.rpc.Status of a refusal, with exactly one ErrorInfo (AIP-193)."""
    metadata = {key: _cut(value, _VALUE_BYTES_MAX) for key, value in error.metadata.items()}
    message = _cut(error.message, _MESSAGE_BYTES_MAX)
    detail = Any()
    detail.Pack(
        error_details_pb2.ErrorInfo(reason=error.reason, domain=ERROR_DOMAIN, metadata=metadata)
    )
    return status_pb2.Status(code=error.kind.grpc_code, message=message, details=[detail])


def _cut(text: str, bytes_max: int) -> str:
    return text.encode(errors="replace")[:bytes_max].decode(errors="ignore")


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
                refusal = _BY_GRPC_CODE.get(status.code, Unavailable)
                return refusal(info.reason, status.message, dict(info.metadata))
    code = error.code()
    message = f"the called service failed: {code.name}: {error.details()}"
    return Unavailable("PEER_UNAVAILABLE", message)
