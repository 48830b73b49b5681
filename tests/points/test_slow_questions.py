"""Slow questions of headquarters, which take every connection that such questions share."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from chassis.ops import failing_checks
from tests.fixtures.builders_points import build_sale
from tests.fixtures.ledger import Ledger, one, running_ledger
from tests.fixtures.running import open_stub
from tests.fixtures.servers import Servers
from yika.points.v1 import audit_service_pb2, audit_service_pb2_grpc

POOL_SIZE = 8
REFRESH_SECONDS = 1


@pytest.fixture
async def busy(servers: Servers, tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger that is asked as much as it can answer at once, and whose rules are due again."""
    async with running_ledger(
        servers, tmp_path, programme_refresh_seconds=REFRESH_SECONDS, verify_interval_seconds=0
    ) as ledger:
        await sell(ledger)
        url = ledger.database.engine.url.set(drivername="postgresql")
        other = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            # Whatever makes them slow; nothing that a sale reads or writes.
            await other.execute("BEGIN")
            await other.execute("LOCK TABLE ledger_breaks IN ACCESS EXCLUSIVE MODE")
            async with open_stub(
                audit_service_pb2_grpc.AuditServiceStub, ledger.address, {"points.ledger.read"}
            ) as audit:
                asked = [
                    asyncio.ensure_future(audit.ListBreaks(audit_service_pb2.ListBreaksRequest()))
                    for _ in range(POOL_SIZE)
                ]
                await asyncio.sleep(1.5 * REFRESH_SECONDS)
                assert not any(each.done() for each in asked)
                yield ledger
                for each in asked:
                    each.cancel()
        finally:
            await other.close()


async def sell(ledger: Ledger) -> None:
    """Posts a sale of the ledger's member."""
    await ledger.stub.PostSale(one(build_sale(ledger.chain, member_id=ledger.chain.member_id)))


class TestSlowQuestions:
    async def test_leave_tills_alone(self, busy: Ledger) -> None:
        async with asyncio.timeout(5):  # half of what a question waits for a connection
            await sell(busy)

    async def test_leave_the_replica_ready(self, busy: Ledger) -> None:
        assert await failing_checks({"database": busy.database.ping}) == {}
