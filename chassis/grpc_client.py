"""Channels to other services: a deadline, bounded retries, the caller's token, the trace."""

import json
from collections.abc import Callable
from typing import Any

import grpc
import structlog

from chassis.grpc_server import MESSAGE_BYTES_MAX
from chassis.ids import new_id
from chassis.tracing import current_traceparent

# Retried by gRPC itself when the peer was away (UNAVAILABLE) or cut the call because it stops
# (CANCELLED). Every write carries its own key, so a retry after an answer that got lost is safe.
_SERVICE_CONFIG = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 4,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "2s",
                    "backoffMultiplier": 3,
                    "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
                },
            }
        ]
    }
)


class _CallDetails(grpc.aio.ClientInterceptor):
    """Adds token, request id, trace and a deadline to each call."""

    def __init__(self, token: Callable[[], str], timeout_seconds: float) -> None:
        self._token = token
        self._timeout_seconds = timeout_seconds

    def _complete(self, details: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
        metadata = grpc.aio.Metadata(*(details.metadata or ()))
        if "authorization" not in metadata and (token := self._token()):
            metadata["authorization"] = f"Bearer {token}"
        request_id = structlog.contextvars.get_contextvars().get("request_id") or new_id()
        metadata["x-request-id"] = request_id
        if traceparent := current_traceparent():
            metadata["traceparent"] = traceparent
        return grpc.aio.ClientCallDetails(
            details.method,
            self._timeout_seconds if details.timeout is None else details.timeout,
            metadata,
            details.credentials,
            details.wait_for_ready,
        )

    async def call(
        self,
        continuation: Callable[[grpc.aio.ClientCallDetails, Any], Any],
        details: grpc.aio.ClientCallDetails,
        request: Any,
    ) -> Any:
        """Goes on with the completed call, whatever its kind."""
        return await continuation(self._complete(details), request)


class _Unary(_CallDetails, grpc.aio.UnaryUnaryClientInterceptor):
    intercept_unary_unary = _CallDetails.call


class _Stream(_CallDetails, grpc.aio.UnaryStreamClientInterceptor):
    intercept_unary_stream = _CallDetails.call


def open_channel(
    address: str, *, token: Callable[[], str], timeout_seconds: float = 10.0
) -> grpc.aio.Channel:
    """A channel to a service. `token` is asked at each call; a call may bring its own instead.

    Callers turn grpc.RpcError into a DomainError with chassis.error_mapping.from_grpc.
    """
    return grpc.aio.insecure_channel(
        address,
        options=(
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
            ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
            ("grpc.service_config", _SERVICE_CONFIG),
            ("grpc.enable_retries", 1),
            # A killed peer is back within a second or two; the default backs off to minutes.
            ("grpc.initial_reconnect_backoff_ms", 200),
            ("grpc.max_reconnect_backoff_ms", 2000),
        ),
        interceptors=[_Unary(token, timeout_seconds), _Stream(token, timeout_seconds)],
    )
