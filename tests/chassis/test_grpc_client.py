"""Channels: a deadline on every call, bounded retries, the token and the request's id."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog

from chassis.error_mapping import from_grpc
from chassis.errors import Invalid, PreconditionFailed, Unavailable
from chassis.grpc_client import open_channel
from tests.chassis.servicers import (
    STREAM_PERMISSION,
    UNARY_PERMISSION,
    answer,
    pieces,
    stream_parts,
    unary_parts,
)
from tests.fixtures.running import running_server
from tests.fixtures.tokens import sign_token
from yika.inventory.v1 import inventory_service_pb2_grpc
from yika.reports.v1 import report_service_pb2_grpc

ReportStub = report_service_pb2_grpc.ReportServiceStub
InventoryStub = inventory_service_pb2_grpc.InventoryServiceStub


class Recorder:
    """Keeps what each call brought, and fails the first ones with the errors given."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls: list[dict[str, str]] = []
        self.seconds_left: list[float] = []

    async def unary(self, context: Any) -> None:
        self.calls.append(dict(context.invocation_metadata()))
        self.seconds_left.append(context.time_remaining())
        if self.errors:
            raise self.errors.pop(0)

    async def stream(self, context: Any) -> AsyncIterator[None]:
        await self.unary(context)
        yield


@asynccontextmanager
async def reports(recorder: Recorder, scratch: Path, **options: Any) -> AsyncIterator[Any]:
    token = sign_token([UNARY_PERMISSION])
    async with (
        running_server(unary_parts(recorder.unary), scratch) as address,
        open_channel(address, **{"token": lambda: token, **options}) as channel,
    ):
        yield ReportStub(channel)


class TestRetries:
    async def test_until_the_peer_is_available_again(self, tmp_path: Path) -> None:
        recorder = Recorder(Unavailable("BUSY", "later"), Unavailable("BUSY", "later"))
        async with reports(recorder, tmp_path) as stub:
            assert (await answer(stub)).next_page_token == "answer"
        assert len(recorder.calls) == 3

    async def test_are_bounded(self, tmp_path: Path) -> None:
        recorder = Recorder(*(Unavailable("BUSY", "later") for _ in range(20)))
        async with reports(recorder, tmp_path) as stub:
            with pytest.raises(grpc.RpcError) as failure:
                await answer(stub)
        assert len(recorder.calls) == 4
        assert from_grpc(failure.value).reason == "BUSY"

    @pytest.mark.parametrize("refusal", [Invalid("NO", "no"), PreconditionFailed("NO", "no")])
    async def test_leave_refusals_alone(self, tmp_path: Path, refusal: Exception) -> None:
        recorder = Recorder(refusal, refusal)
        async with reports(recorder, tmp_path) as stub:
            with pytest.raises(grpc.RpcError):
                await answer(stub)
        assert len(recorder.calls) == 1

    async def test_leave_defects_alone(self, tmp_path: Path) -> None:
        recorder = Recorder(KeyError(), KeyError())
        async with reports(recorder, tmp_path) as stub:
            with pytest.raises(grpc.RpcError) as failure:
                await answer(stub)
        assert len(recorder.calls) == 1
        assert isinstance(from_grpc(failure.value), Unavailable)

    async def test_end_in_a_reason_when_nobody_listens(self) -> None:
        async with open_channel("127.0.0.1:1", token=lambda: "", timeout_seconds=5) as channel:
            with pytest.raises(grpc.RpcError) as failure:
                await answer(ReportStub(channel))
        assert from_grpc(failure.value).reason == "PEER_UNAVAILABLE"


class TestDeadline:
    async def test_is_set_on_every_call(self, tmp_path: Path) -> None:
        recorder = Recorder()
        async with reports(recorder, tmp_path, timeout_seconds=7) as stub:
            await answer(stub)
            await answer(stub, timeout=3)
        first, second = recorder.seconds_left
        assert 4 < first < 8  # to the second: clocks of both ends have a say
        assert second < 4

    async def test_ends_a_call_that_is_never_answered(self, tmp_path: Path) -> None:
        async def act(context: Any) -> None:
            await asyncio.Event().wait()

        token = sign_token([UNARY_PERMISSION])
        async with (
            running_server(unary_parts(act), tmp_path) as address,
            open_channel(address, token=lambda: token, timeout_seconds=0.3) as channel,
        ):
            with pytest.raises(grpc.RpcError) as failure:
                await answer(ReportStub(channel))
        assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert from_grpc(failure.value).reason == "PEER_UNAVAILABLE"


class TestMetadata:
    async def test_brings_the_token_as_it_is_at_each_call(self, tmp_path: Path) -> None:
        recorder = Recorder()
        tokens = [sign_token([UNARY_PERMISSION], subject=name) for name in ("first", "second")]
        waiting = iter(tokens)
        async with reports(recorder, tmp_path, token=lambda: next(waiting)) as stub:
            await answer(stub)
            await answer(stub)
        assert [c["authorization"] for c in recorder.calls] == [f"Bearer {t}" for t in tokens]

    async def test_is_refused_with_the_reason_of_a_token_that_cannot_be_read(self) -> None:
        def token() -> str:
            raise Unavailable("TOKEN_FILE_UNREADABLE", "gone")

        async with open_channel("127.0.0.1:1", token=token) as channel:
            for call in (answer(ReportStub(channel)), pieces(InventoryStub(channel))):
                with pytest.raises(Unavailable, match="TOKEN_FILE_UNREADABLE"):
                    await call

    async def test_lets_a_call_bring_its_own_token(self, tmp_path: Path) -> None:
        recorder = Recorder()
        own = f"Bearer {sign_token([UNARY_PERMISSION], subject='a person')}"
        async with reports(recorder, tmp_path) as stub:
            await answer(stub, metadata=[("authorization", own)])
        assert recorder.calls[0]["authorization"] == own

    async def test_passes_the_id_of_the_present_request_on(self, tmp_path: Path) -> None:
        recorder = Recorder()
        async with reports(recorder, tmp_path) as stub:
            with structlog.contextvars.bound_contextvars(request_id="request-7"):
                await answer(stub)
            structlog.contextvars.unbind_contextvars("request_id")
            await answer(stub)
            await answer(stub)
        first, second, third = (call["x-request-id"] for call in recorder.calls)
        assert first == "request-7"
        assert len({first, second, third}) == 3

    async def test_is_on_streams_too(self, tmp_path: Path) -> None:
        recorder = Recorder()
        token = sign_token([STREAM_PERMISSION])
        async with (
            running_server(stream_parts(recorder.stream), tmp_path) as address,
            open_channel(address, token=lambda: token, timeout_seconds=7) as channel,
        ):
            assert len(await pieces(InventoryStub(channel))) == 1
        [call] = recorder.calls
        assert call["authorization"] == f"Bearer {token}"
        assert call["x-request-id"]
        assert recorder.seconds_left[0] < 8
