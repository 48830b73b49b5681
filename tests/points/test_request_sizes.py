"""No request of any size is stored for ever: services/points/messages/sizes.py."""

from typing import Any

import pytest

from tests.fixtures.branch import Branches
from tests.fixtures.good_requests import CHANGES
from tests.fixtures.refusals import refusal

# A field of some newer contract: number 2000, 200,000 bytes of text, of which sales allow less too.
_UNKNOWN = bytes([0x82, 0x7D, 0xC0, 0x9A, 0x0C]) + b"x" * 200_000
# What is stored of these is made of fields that are known, sales among them; rules may have more.
_KEEP_NO_REQUEST = {
    *("FreezeWallet", "UnfreezeWallet", "LinkHousehold", "UnlinkHousehold", "VerifyLedger"),
    *("VoidHold", "RejectAdjustment", "PostSale", "PostSales", "PublishProgramme"),
}


@pytest.mark.parametrize("rpc", sorted(CHANGES))
async def test_a_request_of_any_size_is_refused(branches: Branches, rpc: str) -> None:
    branch = await branches.open()
    request: Any = await CHANGES[rpc](branch)
    request.MergeFromString(_UNKNOWN)
    call = getattr(branch.clerk, rpc)
    if rpc in _KEEP_NO_REQUEST or "Coupon" in rpc:
        await call(request)
    else:
        assert (await refusal(call(request))).reason.endswith("_TOO_LARGE")
