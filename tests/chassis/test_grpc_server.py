"""The server: permission, deadline, errors with reasons, hidden defects, health, a graceful end."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_status import rpc_status
from prometheus_client import REGISTRY
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.testing import capture_logs

from chassis.auth import TokenVerifier, current_principal
from chassis.error_mapping import from_grpc
from chassis.errors import DomainError, Invalid, Unavailable
from chassis.grpc_client import open_channel
from chassis.grpc_server import GrpcServer, permissions_of
from chassis.service import Parts
from tests.chassis.servicers import (
    QUERY,
    REPORTS,
    STREAM,
    STREAM_PERMISSION,
    UNARY_PERMISSION,
    answer,
    failure_of,
    pieces,
    stream_parts,
    unary_parts,
)
from tests.fixtures.refusals import drained
from tests.fixtures.running import open_stub, running_server
from tests.fixtures.tokens import sign_token
from yika.inventory.v1 import inventory_service_pb2_grpc
from yika.reports.v1 import report_service_pb2_grpc

ReportStub = report_service_pb2_grpc.ReportServiceStub
InventoryStub = inventory_service_pb2_grpc.InventoryServiceStub
REFUSALS = [kind for kind in DomainError.__subclasses__() if kind is not Unavailable]


async def nothing(context: Any) -> None:
    pass


async def no_pieces(context: Any) -> AsyncIterator[None]:
    return
    yield


async def fail_unary(error: Exception, scratch: Path) -> grpc.aio.AioRpcError:
    async def act(context: Any) -> None:
        raise error

    async with (
        running_server(unary_parts(act), scratch) as address,
        open_stub(ReportStub, address, {UNARY_PERMISSION}) as stub,
    ):
        return await failure_of(answer(stub))


async def fail_stream(error: Exception, scratch: Path, after: int) -> grpc.aio.AioRpcError:
    async def act(context: Any) -> AsyncIterator[None]:
        for _ in range(after):
            yield
        raise error

    async with (
        running_server(stream_parts(act), scratch) as address,
        open_stub(InventoryStub, address, {STREAM_PERMISSION}) as stub,
    ):
        return await failure_of(pieces(stub))


class TestPermission:
    async def test_lets_a_caller_with_the_permission_in(self, tmp_path: Path) -> None:
        subjects = []

        async def act(context: Any) -> None:
            subjects.append(current_principal().subject)

        async with (
            running_server(unary_parts(act), tmp_path) as address,
            open_stub(ReportStub, address, {UNARY_PERMISSION}, subject="till-7") as stub,
        ):
            assert (await answer(stub)).next_page_token == "answer"
        assert subjects == ["till-7"]

    @pytest.mark.parametrize(
        ("token", "code", "reason"),
        [
            ("", grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"),
            ("nonsense", grpc.StatusCode.UNAUTHENTICATED, "TOKEN_INVALID"),
            (
                sign_token([UNARY_PERMISSION], lifetime_seconds=-1),
                grpc.StatusCode.UNAUTHENTICATED,
                "TOKEN_EXPIRED",
            ),
            (sign_token(["a.b"]), grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_MISSING"),
        ],
    )
    async def test_keeps_others_away_from_unary_and_streaming_calls(
        self, tmp_path: Path, token: str, code: grpc.StatusCode, reason: str
    ) -> None:
        reached = []

        async def unary(context: Any) -> None:
            reached.append("unary")

        async def stream(context: Any) -> AsyncIterator[None]:
            reached.append("stream")
            yield

        parts = Parts(servicers=[*unary_parts(unary).servicers, *stream_parts(stream).servicers])
        metadata = [("authorization", f"Bearer {token}")]
        async with (
            running_server(parts, tmp_path) as address,
            grpc.aio.insecure_channel(address) as channel,
        ):
            for call in (
                answer(ReportStub(channel), metadata=metadata),
                pieces(InventoryStub(channel), metadata=metadata),
            ):
                failure = await failure_of(call)
                assert (failure.code(), from_grpc(failure).reason) == (code, reason)
        assert reached == []

    def test_is_declared_by_every_method_or_the_server_does_not_start(self) -> None:
        assert permissions_of(REPORTS)[QUERY] == UNARY_PERMISSION
        with pytest.raises(ValueError, match="declares no"):
            GrpcServer(
                address="127.0.0.1:0",
                verifier=TokenVerifier("", "yika", "yika"),
                timeout_seconds=1,
                servicers=[("grpc.health.v1.Health", lambda *_: None, object())],
            )

    def test_a_busy_port_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        def build(address: str) -> GrpcServer:
            verifier = TokenVerifier("", "yika", "yika")
            return GrpcServer(address=address, verifier=verifier, timeout_seconds=1, servicers=[])

        first = build("127.0.0.1:0")
        with pytest.raises(OSError, match=str(first.port)):
            build(f"127.0.0.1:{first.port}")


class TestErrors:
    @pytest.mark.parametrize("kind", REFUSALS)
    async def test_a_refusal_reaches_the_caller_of_a_unary_call(
        self, tmp_path: Path, kind: type[DomainError]
    ) -> None:
        error = kind("TOO_FEW", "十个不够", {"balance_points": 9})
        failure = await fail_unary(error, tmp_path)
        assert failure.code().value[0] == kind.kind.grpc_code
        back = from_grpc(failure)
        assert (type(back), back.reason, back.message) == (kind, "TOO_FEW", "十个不够")
        assert back.metadata == {"balance_points": "9"}
        [detail] = rpc_status.from_call(failure).details
        assert detail.type_url == "type.googleapis.com/google.rpc.ErrorInfo"

    @pytest.mark.parametrize("kind", REFUSALS)
    @pytest.mark.parametrize("after", [0, 3])
    async def test_a_refusal_reaches_the_caller_of_a_stream(
        self, tmp_path: Path, kind: type[DomainError], after: int
    ) -> None:
        failure = await fail_stream(kind("TOO_FEW", "not enough"), tmp_path, after)
        back = from_grpc(failure)
        assert (type(back), back.reason) == (kind, "TOO_FEW")

    async def test_a_refusal_that_repeats_a_long_text_reaches_the_caller_cut(
        self, tmp_path: Path
    ) -> None:
        text = "长" * 20_000
        failure = await fail_unary(Invalid("TOO_LONG", text, {"value": text}), tmp_path)
        back = from_grpc(failure)
        assert back.reason == "TOO_LONG"
        for part in (back.message, back.metadata["value"]):
            assert part
            assert text.startswith(part)

    @pytest.mark.parametrize(
        "error", [KeyError("secret"), TimeoutError("secret"), OSError("secret")]
    )
    async def test_a_defect_is_hidden_from_the_caller_and_logged_with_its_cause(
        self, tmp_path: Path, error: Exception
    ) -> None:
        with (
            capture_logs(processors=[merge_contextvars]) as logs,
            bound_contextvars(request_id="request-7"),  # the client sends it along
        ):
            failure = await fail_unary(error, tmp_path)
        assert failure.code() is grpc.StatusCode.INTERNAL
        assert failure.details() == "internal error; request id request-7"
        [entry] = [entry for entry in logs if entry["event"] == "rpc_failed"]
        assert entry["request_id"] == "request-7"
        assert entry["rpc"] == QUERY
        assert entry["exc_info"]

    async def test_a_defect_of_a_stream_is_hidden_as_well(self, tmp_path: Path) -> None:
        failure = await fail_stream(KeyError("secret"), tmp_path, 1)
        assert failure.code() is grpc.StatusCode.INTERNAL
        assert "secret" not in str(failure.details())

    async def test_a_method_that_nobody_wrote_is_a_failure_without_a_reason(
        self, tmp_path: Path
    ) -> None:
        async with (
            running_server(unary_parts(nothing), tmp_path) as address,
            open_stub(InventoryStub, address, {STREAM_PERMISSION}) as stub,
        ):
            failure = await failure_of(pieces(stub))
        assert failure.code() is grpc.StatusCode.UNIMPLEMENTED
        assert from_grpc(failure).reason == "PEER_UNAVAILABLE"

    @pytest.mark.parametrize("unread", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe"])
    @pytest.mark.parametrize("token", [True, False])
    async def test_bytes_that_are_no_message_are_refused_once_the_caller_is_known(
        self, tmp_path: Path, unread: bytes, token: bool
    ) -> None:
        permissions = {UNARY_PERMISSION, STREAM_PERMISSION}
        credentials = sign_token(permissions) if token else ""
        parts = unary_parts(nothing)
        streams = stream_parts(no_pieces)
        both = Parts(servicers=[*parts.servicers, *streams.servicers])
        async with (
            running_server(both, tmp_path) as address,
            open_channel(address, token=lambda: credentials) as channel,
        ):
            failures = [
                await failure_of(channel.unary_unary(QUERY)(unread)),
                await failure_of(drained(channel.unary_stream(STREAM)(unread))),
            ]
        reasons = [from_grpc(failure).reason for failure in failures]
        assert reasons == [("MALFORMED_REQUEST" if token else "TOKEN_MISSING")] * 2


class TestMetrics:
    async def test_count_calls_by_method_and_code(self, tmp_path: Path) -> None:
        def count(code: str) -> float:
            labels = {"method": QUERY, "code": code}
            return REGISTRY.get_sample_value("yika_rpc_seconds_count", labels) or 0

        before = count("OK"), count("INTERNAL"), count("INVALID_ARGUMENT")
        async with (
            running_server(unary_parts(nothing), tmp_path) as address,
            open_stub(ReportStub, address, {UNARY_PERMISSION}) as stub,
        ):
            await answer(stub)
        await fail_unary(KeyError(), tmp_path)
        await fail_unary(REFUSALS[0]("NO", "no"), tmp_path)
        after = count("OK"), count("INTERNAL"), count("INVALID_ARGUMENT")
        assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]
        in_flight = REGISTRY.get_sample_value("yika_rpc_in_flight", {"method": QUERY})
        assert in_flight == 0
