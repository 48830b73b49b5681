"""The owner of members takes calls and never answers, as when its machine is lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import grpc
import pytest

from chassis.clock import CHINA_TIME, utc_now
from chassis.ids import new_id
from services.points.bootstrap import build
from services.points.settings import Settings
from tests.fixtures.builders_points import build_chain, build_sale
from tests.fixtures.ledger import one
from tests.fixtures.running import all_permissions, open_stub
from tests.fixtures.servers import Servers
from tests.fixtures.services import running_service
from yika.points.v1 import points_service_pb2_grpc

_SECONDS = 5  # less than the ledger waits for an answer
_EMPTY_SETTINGS_FRAME = b"\0\0\0\4\0\0\0\0\0"  # by which it is a server of HTTP/2


@pytest.fixture
async def silence() -> AsyncIterator[str]:
    """The address of somebody who never answers."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_EMPTY_SETTINGS_FRAME)
        await writer.drain()
        while await reader.read(65_536):
            pass

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()[:2]
        yield f"{host}:{port}"


async def test_who_is_known_does_not_wait_for_what_a_newcomer_needs(
    servers: Servers, silence: str
) -> None:
    settings = Settings(members_address=silence, expiry_interval_seconds=0)
    async with running_service(servers, "points", settings, build) as service:
        chain, _ = await build_chain(service.database)
        stub = points_service_pb2_grpc.PointsServiceStub
        async with open_stub(stub, service.address, all_permissions(service.parts)) as tills:

            async def sell(member_id: str) -> grpc.StatusCode:
                now = utc_now()
                sale = build_sale(
                    chain,
                    member_id=member_id,
                    business_date=now.astimezone(CHINA_TIME).date(),
                    sold_at=now - timedelta(seconds=1),
                )
                try:
                    await tills.PostSale(one(sale), timeout=_SECONDS)
                except grpc.RpcError as error:
                    return error.code()
                return grpc.StatusCode.OK

            assert await sell(chain.member_id) is grpc.StatusCode.OK  # it has a wallet now
            newcomer = asyncio.ensure_future(sell(new_id()))
            await asyncio.sleep(0.3)  # the question is on its way
            assert await sell(chain.member_id) is grpc.StatusCode.OK
            assert await newcomer is not grpc.StatusCode.OK
