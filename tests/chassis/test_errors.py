"""Refusals on their way out, to gRPC and to HTTP, and back."""

from collections.abc import AsyncIterator

import grpc
import httpx
import pytest
from fastapi import FastAPI
from google.rpc import error_details_pb2, status_pb2
from pydantic import BaseModel

from chassis.error_mapping import from_grpc, to_grpc, to_status
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
    id_reused,
)
from chassis.http_errors import install_problem_handlers

# Written out, not computed: this is the contract with callers.
MAPPINGS = [
    (Invalid, grpc.StatusCode.INVALID_ARGUMENT, 400),
    (NotFound, grpc.StatusCode.NOT_FOUND, 404),
    (AlreadyExists, grpc.StatusCode.ALREADY_EXISTS, 409),
    (PreconditionFailed, grpc.StatusCode.FAILED_PRECONDITION, 422),
    (Unauthenticated, grpc.StatusCode.UNAUTHENTICATED, 401),
    (Forbidden, grpc.StatusCode.PERMISSION_DENIED, 403),
    (Exhausted, grpc.StatusCode.RESOURCE_EXHAUSTED, 429),
    (Unavailable, grpc.StatusCode.UNAVAILABLE, 503),
]


class Failure(grpc.RpcError, grpc.Call):
    """A failed call, as a client sees it."""

    def __init__(self, code: grpc.StatusCode, details: str, status: bytes | None = None) -> None:
        self._code, self._details, self._status = code, details, status

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def trailing_metadata(self) -> tuple[tuple[str, bytes], ...]:
        return (("grpc-status-details-bin", self._status),) if self._status is not None else ()

    # The rest of the interface, which nobody asks here.
    initial_metadata = trailing_metadata

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> None:
        return None

    def cancel(self) -> bool:
        return False

    def add_callback(self, callback: object) -> bool:
        return False


def test_every_kind_has_one_error_and_is_in_the_contract() -> None:
    assert {error.kind for error, _, _ in MAPPINGS} == set(Kind)
    assert {error for error, _, _ in MAPPINGS} == set(DomainError.__subclasses__())


class TestGrpc:
    @pytest.mark.parametrize(("error", "code", "_"), MAPPINGS)
    def test_goes_out_with_one_error_info_and_comes_back(
        self, error: type[DomainError], code: grpc.StatusCode, _: int
    ) -> None:
        refusal = error("NOT_ENOUGH", "余额不足", {"balance_fen": 12, "member_id": "m"})
        status = to_grpc(refusal)
        assert (status.code, status.details) == (code, "余额不足")
        [(key, encoded)] = status.trailing_metadata
        assert key == "grpc-status-details-bin"
        [detail] = status_pb2.Status.FromString(encoded).details
        info = error_details_pb2.ErrorInfo()
        assert detail.Unpack(info)
        assert (info.reason, info.domain) == ("NOT_ENOUGH", "yika")
        assert dict(info.metadata) == {"balance_fen": "12", "member_id": "m"}

        back = from_grpc(Failure(code, "余额不足", encoded))
        assert type(back) is error
        assert (back.reason, back.message) == (refusal.reason, refusal.message)
        assert back.metadata == refusal.metadata

    @pytest.mark.parametrize("code", list(grpc.StatusCode))
    def test_a_failure_without_a_reason_is_unavailable(self, code: grpc.StatusCode) -> None:
        back = from_grpc(Failure(code, "broken"))
        assert type(back) is Unavailable
        assert back.reason == "PEER_UNAVAILABLE"
        assert code.name in back.message

    def test_details_of_another_kind_are_no_reason(self) -> None:
        status = to_status(Invalid("NO", "no"))
        status.details[0].Pack(error_details_pb2.DebugInfo(detail="x"))
        failure = Failure(grpc.StatusCode.INVALID_ARGUMENT, "no", status.SerializeToString())
        assert from_grpc(failure).reason == "PEER_UNAVAILABLE"


class Basket(BaseModel):
    quantity_milli: int


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_problem_handlers(app)
    refusals = {error.kind.name: error for error, _, _ in MAPPINGS}

    @app.get("/refuse/{kind}")
    async def refuse(kind: str) -> None:
        raise refusals[kind]("NOT_ENOUGH", "余额不足", {"balance_fen": 12})

    @app.post("/baskets")
    async def post_basket(basket: Basket) -> None:
        pass

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


class TestHttp:
    @pytest.mark.parametrize(("error", "_", "status"), MAPPINGS)
    async def test_is_a_problem_with_its_reason(
        self, client: httpx.AsyncClient, error: type[DomainError], _: grpc.StatusCode, status: int
    ) -> None:
        answer = await client.get(f"/refuse/{error.kind.name}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem.pop("title")
        assert problem == {
            "type": "urn:yika:reason:NOT_ENOUGH",
            "status": status,
            "detail": "余额不足",
            "reason": "NOT_ENOUGH",
            "metadata": {"balance_fen": "12"},
        }

    @pytest.mark.parametrize("body", ['{"quantity_milli": "many"}', "{}", "[", ""])
    async def test_malformed_input_is_a_problem_that_names_the_field(
        self, client: httpx.AsyncClient, body: str
    ) -> None:
        headers = {"content-type": "application/json"}
        answer = await client.post("/baskets", content=body, headers=headers)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["reason"] == "MALFORMED_REQUEST"
        assert answer.json()["metadata"]


class TestDomainError:
    def test_keeps_its_figures_as_text(self) -> None:
        error = Invalid("TOO_MANY", "too many", {"count": 3, "limit": None})
        assert error.metadata == {"count": "3", "limit": "None"}
        assert str(error) == "TOO_MANY: too many"

    def test_an_id_reused_says_which(self) -> None:
        error = id_reused("sale", "s-1")
        assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "ID_REUSED")
        assert error.metadata == {"id": "s-1"}
