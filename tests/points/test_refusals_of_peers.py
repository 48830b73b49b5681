"""What members or inventory refuse the ledger itself is told to nobody as a fault of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import grpc
import pytest

from chassis.error_mapping import from_grpc
from chassis.ids import new_id
from tests.fixtures.builders_points import build_line, build_sale
from tests.fixtures.ledger import Ledger, one, running_ledger
from tests.fixtures.servers import Servers
from tests.fixtures.tokens import sign_token
from yika.members.v1 import member_service_pb2

# By what a token lacks, what its owner is refused.
TOKENS: dict[str, dict[str, Any]] = {
    "TOKEN_EXPIRED": {"permissions": ["members.check"], "lifetime_seconds": -60},
    "PERMISSION_MISSING": {"permissions": ["nothing"]},
}


@pytest.fixture(scope="module", params=list(TOKENS))
async def refused(
    request: pytest.FixtureRequest, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ledger]:
    """A ledger that knows its first member; then its own token is good for nothing any more."""
    scratch: Path = tmp_path_factory.mktemp("refused")
    async with running_ledger(servers, scratch) as ledger:
        await ledger.stub.PostSale(one(build_sale(ledger.chain)))
        (scratch / "points.jwt").write_text(sign_token(**TOKENS[request.param]))
        yield ledger


async def newcomer(ledger: Ledger) -> str:
    """A member of whom the ledger has not heard."""
    member_id = new_id()
    await ledger.members.RegisterMember(
        member_service_pb2.RegisterMemberRequest(member_id=member_id, name="李娜")
    )
    return member_id


async def told(call: Awaitable[Any]) -> tuple[str, str]:
    """Code and reason of an answer."""
    try:
        await call
    except grpc.RpcError as error:
        return error.code().name, from_grpc(error).reason
    return "OK", ""


class TestARefusalOfThePeer:
    async def test_is_unavailable_to_who_needs_its_answer(self, refused: Ledger) -> None:
        of_newcomer = build_sale(refused.chain, member_id=await newcomer(refused))
        of_new_product = build_sale(refused.chain, lines=[build_line(new_id())])
        for sale in (of_newcomer, of_new_product):
            answer = await told(refused.stub.PostSale(one(sale)))
            assert answer == ("UNAVAILABLE", "PEER_UNAVAILABLE")

    async def test_fails_nobody_who_is_known(self, refused: Ledger) -> None:
        sales = [build_sale(refused.chain) for _ in range(20)]
        sales.insert(10, build_sale(refused.chain, member_id=await newcomer(refused)))
        answers = await asyncio.gather(*(told(refused.stub.PostSale(one(each))) for each in sales))
        assert answers.pop(10) == ("UNAVAILABLE", "PEER_UNAVAILABLE")
        assert answers == [("OK", "")] * 20
