"""What the state of a wallet forbids its holds, from the outside."""

import asyncio
from typing import Any

from sqlalchemy import text

from chassis.clock import to_proto_date, utc_now
from services.points.domain.assets import Asset
from services.points.domain.holds.hold_request import HOLDS_OPEN_MAX
from tests.fixtures.builders_holds import Value, build_hold, grant
from tests.fixtures.builders_points import Chain, build_chain
from tests.fixtures.ledger import Ledger, refusal
from tests.fixtures.running import open_stub
from yika.points.v1 import hold_pb2, hold_service_pb2, hold_service_pb2_grpc

Stub = hold_service_pb2_grpc.HoldServiceStub
PERMISSIONS = ("points.holds.create", "points.holds.void")


def request(chain: Chain) -> Any:
    """A hold of one point, today."""
    return build_hold(chain, 1, business_date=to_proto_date(utc_now().date()))


class TestWallet:
    async def test_that_is_frozen_is_not_held_and_can_be_freed(self, ledger: Ledger) -> None:
        chain, _ = await build_chain(ledger.database)
        await grant(ledger.database, chain, Value(Asset.POINTS, 10))
        async with open_stub(Stub, ledger.address, PERMISSIONS) as stub:
            made = (await stub.CreateHold(request(chain))).hold
            async with ledger.database.transaction() as tx:
                freeze = text("UPDATE wallets SET frozen_reason = 'lost' WHERE member_id = :m")
                await tx.connection.execute(freeze, {"m": chain.member_id})
            assert (await refusal(stub.CreateHold(request(chain))))[1] == "WALLET_FROZEN"
            void = hold_service_pb2.VoidHoldRequest(hold_id=made.hold_id)
            assert (await stub.VoidHold(void)).hold.state == hold_pb2.HOLD_STATE_VOIDED

    async def test_has_a_bounded_number_of_open_holds(self, ledger: Ledger) -> None:
        chain, _ = await build_chain(ledger.database)
        await grant(ledger.database, chain, Value(Asset.POINTS, HOLDS_OPEN_MAX + 1))
        async with open_stub(Stub, ledger.address, PERMISSIONS) as stub:
            for _ in range(HOLDS_OPEN_MAX // 20):
                made = await asyncio.gather(*(stub.CreateHold(request(chain)) for _ in range(20)))
            code, reason = await refusal(stub.CreateHold(request(chain)))
            assert (code.name, reason) == ("RESOURCE_EXHAUSTED", "TOO_MANY_HOLDS")
            await stub.VoidHold(hold_service_pb2.VoidHoldRequest(hold_id=made[0].hold.hold_id))
            await stub.CreateHold(request(chain))
