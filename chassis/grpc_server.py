"""The gRPC server: health, reflection, and one wrapper for everything an RPC needs.

It gives each call a request id, a trace, metrics, a verified caller with the
permission its proto declares, a deadline, and the mapping of errors.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cache
from typing import Any

import grpc
import structlog
from google.protobuf import descriptor_pool
from google.protobuf.message import DecodeError
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
from opentelemetry.trace import SpanKind

from chassis.auth import TokenVerifier, set_principal
from chassis.deadlines import Deadlines
from chassis.error_mapping import to_grpc
from chassis.errors import DomainError, Invalid
from chassis.ids import new_id
from chassis.logs import get_logger
from chassis.metrics import RPC_IN_FLIGHT, RPC_SECONDS
from chassis.tracing import span_below
from yika.auth.v1 import auth_pb2

log = get_logger(__name__)

MESSAGE_BYTES_MAX = 16 * 1024 * 1024
# A batch is half a MiB, so a caller gets its answer before a proxy thinks the connection dead.
_OPTIONS = (
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
    ("grpc.so_reuseport", 0),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 5000),
)
# Health and reflection are for machines that hold no token, and tell nothing of the chain.
_OPEN_PREFIXES = ("/grpc.health.", "/grpc.reflection.")
# Finding a series by its labels takes longer than counting in it, and a gauge longer than a number.
_seconds = cache(RPC_SECONDS.labels)
_in_flight: Counter[str] = Counter()


def permissions_of(service_name: str) -> dict[str, str]:
    """Method path -> permission, as a service's proto declares them.

    Raises ValueError for a method without one: such a server must not start.
    """
    service = descriptor_pool.Default().FindServiceByName(service_name)
    permissions = {}
    for method in service.methods:
        permission = method.GetOptions().Extensions[auth_pb2.requires]
        if not permission:
            raise ValueError(f"{method.full_name} declares no (yika.auth.v1.requires)")
        permissions[f"/{service_name}/{method.name}"] = permission
    return permissions


class _Call:
    """A call that is being answered: who asked how, until when, and how it ended."""

    def __init__(self, calls: "Calls", method: str, context: grpc.aio.ServicerContext) -> None:
        self._started = time.perf_counter()
        self._method = method
        self._context = context
        self._code = grpc.StatusCode.OK
        self.metadata = dict(context.invocation_metadata() or ())
        left = context.time_remaining()  # None when the caller set no deadline
        self._deadlines, longest = calls.deadlines, calls.timeout_seconds
        self._task = self._deadlines.begin(longest if left is None else min(left, longest))
        self._request_id = self.metadata.get("x-request-id", "")[:64] or new_id()
        structlog.contextvars.bind_contextvars(request_id=self._request_id, rpc=method)
        _in_flight[method] += 1

    async def fail(self, error: BaseException) -> None:
        """Tells the caller of an error by gRPC's own, which is raised; of a lost call nobody."""
        late = self._deadlines.end(self._task)  # first: telling it must not be cancelled
        if isinstance(error, DomainError):
            status = to_grpc(error)
            self._code = status.code
            await self._context.abort_with_status(status)
        elif isinstance(error, asyncio.CancelledError) and late:
            self._code = grpc.StatusCode.DEADLINE_EXCEEDED
            await self._context.abort(self._code, "the deadline passed before the answer was ready")
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            self._code = grpc.StatusCode.CANCELLED
        elif isinstance(error, Exception):
            self._code = grpc.StatusCode.INTERNAL
            log.exception("rpc_failed")
            await self._context.abort(self._code, f"internal error; request id {self._request_id}")

    def end(self) -> None:
        """Counts the call."""
        self._deadlines.end(self._task)
        _in_flight[self._method] -= 1
        seconds = time.perf_counter() - self._started
        _seconds(self._method, self._code.name).observe(seconds)


class Calls:
    """What every handler of the server is wrapped in; unary and server-streaming."""

    def __init__(
        self, verifier: TokenVerifier, permissions: Mapping[str, str], timeout_seconds: float
    ) -> None:
        self._verifier = verifier
        self._permissions = permissions
        self.timeout_seconds = timeout_seconds
        self.deadlines = Deadlines()

    def wrap(self, method: str, handler: grpc.RpcMethodHandler) -> grpc.RpcMethodHandler:
        """The handler with all that a call needs around it."""
        if method.startswith(_OPEN_PREFIXES):
            return handler
        RPC_IN_FLIGHT.labels(method).set_function(lambda: _in_flight[method])
        read = handler.request_deserializer
        if inner := handler.unary_unary:

            async def unary(request: bytes, context: grpc.aio.ServicerContext) -> Any:
                call = _Call(self, method, context)
                try:
                    with span_below(call.metadata, method, SpanKind.SERVER):
                        await self._authorize(method, call.metadata)
                        return await inner(_parsed(read, request), context)
                except BaseException as error:
                    await call.fail(error)
                    raise
                finally:
                    call.end()

            # gRPC itself would answer what it cannot read with UNKNOWN, and before any check.
            return handler._replace(unary_unary=unary, request_deserializer=None)
        if inner := handler.unary_stream:

            async def stream(
                request: bytes, context: grpc.aio.ServicerContext
            ) -> AsyncIterator[Any]:
                call = _Call(self, method, context)
                try:
                    with span_below(call.metadata, method, SpanKind.SERVER):
                        await self._authorize(method, call.metadata)
                        async for answer in inner(_parsed(read, request), context):
                            yield answer
                except BaseException as error:
                    await call.fail(error)
                    raise
                finally:
                    call.end()

            return handler._replace(unary_stream=stream, request_deserializer=None)
        raise NotImplementedError(f"{method}: no house rule for client streams yet")

    async def _authorize(self, method: str, metadata: Mapping[str, str]) -> None:
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        # The scheme's case does not matter: RFC 9110, 11.1.
        if scheme.lower() != "bearer":
            token = ""
        principal = self._verifier.remembered(token) or await self._verifier.verify(token)
        principal.require(self._permissions[method])
        set_principal(principal)


class Methods(grpc.GenericRpcHandler):
    """All methods of the server by their paths; generated code adds to it as to a server.

    A server waits for each of its registered methods apart, and grpc.aio goes through all of them
    for every call: with eighty that took as long as a cheap handler. Found by path they cost
    the same however many they are.
    """

    def __init__(self, wrap: Callable[[str, grpc.RpcMethodHandler], grpc.RpcMethodHandler]) -> None:
        self._wrap = wrap
        self._handlers: dict[str, grpc.RpcMethodHandler] = {}

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        """Called by gRPC for each call; None is answered with UNIMPLEMENTED."""
        return self._handlers.get(details.method)

    def add_registered_method_handlers(
        self, service: str, handlers: Mapping[str, grpc.RpcMethodHandler]
    ) -> None:
        """Called by generated code with the methods of a service by their names."""
        for name, handler in handlers.items():
            path = f"/{service}/{name}"
            self._handlers[path] = self._wrap(path, handler)

    def add_generic_rpc_handlers(self, _: object) -> None:
        """Called by generated code with the same methods once more."""


def _parsed(read: Callable[[bytes], Any], request: bytes) -> Any:
    try:
        return read(request)
    except DecodeError as error:
        raise Invalid("MALFORMED_REQUEST", "the request is not a message of this RPC") from error


class GrpcServer:
    """A server with health, reflection and `Calls` around every handler; drains on stop."""

    def __init__(
        self,
        *,
        address: str,
        verifier: TokenVerifier,
        timeout_seconds: float,
        servicers: Sequence[tuple[str, Callable[[Any, Any], None], Any]],
    ) -> None:
        """`servicers`: full proto name of the service, add_..._to_server, the servicer."""
        permissions: dict[str, str] = {}
        for name, _, _ in servicers:
            permissions.update(permissions_of(name))
        self._names = ["", *(name for name, _, _ in servicers)]
        self._health = health.aio.HealthServicer()
        described = [*self._names[1:], health.SERVICE_NAME, reflection.SERVICE_NAME]
        methods = Methods(Calls(verifier, permissions, timeout_seconds).wrap)
        for _, add_to_server, servicer in servicers:
            add_to_server(servicer, methods)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, methods)
        mirror = reflection.aio.ReflectionServicer(described)
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(mirror, methods)
        self._server = grpc.aio.server(handlers=[methods], options=_OPTIONS)
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(f"cannot listen on {address} for gRPC: is the port taken?") from error

    async def start(self) -> None:
        """Starts answering; health says NOT_SERVING until set_serving(True)."""
        await self.set_serving(False)
        await self._server.start()

    async def set_serving(self, serving: bool) -> None:
        """Tells health checks whether this server wants traffic."""
        name_of_status = "SERVING" if serving else "NOT_SERVING"
        status = health_pb2.HealthCheckResponse.ServingStatus.Value(name_of_status)
        for name in self._names:
            await self._health.set(name, status)

    async def stop(self, grace_seconds: float) -> None:
        """Refuses new calls, lets running ones finish within the grace, then cuts them."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace_seconds)
