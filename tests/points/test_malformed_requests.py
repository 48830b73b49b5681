"""A thousand malformed requests to every RPC of the ledger, beside good ones that must succeed."""

from typing import Any

import pytest

from chassis.ids import new_id
from tests.fixtures.branch import METHODS, Branch, Branches
from tests.fixtures.good_requests import GOOD_REQUESTS
from tests.fixtures.malformed import answers
from yika.points.v1 import audit_service_pb2


def test_every_rpc_has_a_good_request() -> None:
    assert set(GOOD_REQUESTS) == set(METHODS), (
        "tests/fixtures/good_requests.py makes a request for every RPC of yika.points.v1 and for"
        f" nothing else: {sorted(set(GOOD_REQUESTS) ^ set(METHODS))}"
    )


@pytest.mark.parametrize("rpc", sorted(METHODS))
class TestMalformedRequests:
    async def test_are_refused_with_a_reason_and_disturb_nobody(
        self, branches: Branches, rpc: str
    ) -> None:
        branch, quiet = await branches.open(), await branches.open()

        async def sell_elsewhere() -> None:
            await quiet.clerk.PostSale(await GOOD_REQUESTS["PostSale"](quiet))

        valid = await GOOD_REQUESTS[rpc](branch)
        seen = await answers(getattr(branch.clerk, rpc), valid, neighbour=sell_elsewhere)
        assert seen["OK"] < seen.total() or not valid.DESCRIPTOR.fields
        await getattr(quiet.clerk, rpc)(await GOOD_REQUESTS[rpc](quiet))
        for each in (branch, quiet):
            assert await breaks(each) == []


async def breaks(branch: Branch) -> list[Any]:
    """What a verification of the branch's members finds."""
    found: list[Any] = []
    for member_id in (branch.chain.member_id, branch.chain.other_member_id):
        request = audit_service_pb2.VerifyLedgerRequest(run_id=new_id(), member_id=member_id)
        found += (await branch.clerk.VerifyLedger(request)).breaks
    return found
