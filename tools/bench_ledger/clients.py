"""The clients of the bench: bytes in, bytes out, their own work is not what is measured."""

import itertools
import random
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tools.bench_ledger.books import Books, member_id
from tools.bench_ledger.sales import sales
from tools.bench_ledger.stand import Stand
from yika.points.v1 import points_service_pb2

BATCH = 200
_SERVICE = "/yika.points.v1.PointsService/"

Call = Callable[[], Awaitable[None]]


class Clients:
    """Callers of the replicas of one stand, in turn as from a load balancer."""

    def __init__(self, channels: Sequence[grpc.aio.Channel], stand: Stand, books: Books) -> None:
        self._metadata = (("authorization", f"Bearer {stand.token}"),)
        self._members = books.members
        self._health = itertools.cycle([health_pb2_grpc.HealthStub(each) for each in channels])
        self._post_sale = _in_turn(channels, "PostSale")
        self._post_sales = _in_turn(channels, "PostSales")
        self._get_wallet = _in_turn(channels, "GetWallet")
        self._chance = random.Random(7)
        self._endless = sales(books.members, seed=random.randrange(2**31))

    async def empty(self) -> None:
        """An RPC that does nothing."""
        await next(self._health).Check(health_pb2.HealthCheckRequest())

    async def wallet(self) -> None:
        """Reads the wallet of a member chosen at random."""
        member = member_id(self._chance.randint(1, self._members))
        request = points_service_pb2.GetWalletRequest(member_id=member)
        await next(self._get_wallet)(request.SerializeToString(), metadata=self._metadata)

    def singles(self, count: int) -> Call:
        """Posts one sale a call; the sales are made before."""
        made = iter(
            [
                points_service_pb2.PostSaleRequest(sale=next(self._endless)).SerializeToString()
                for _ in range(count)
            ]
        )

        async def post() -> None:
            await next(self._post_sale)(next(made), metadata=self._metadata)

        return post

    def batches(self, count: int) -> Call:
        """Posts a batch a call; the sales are made before. None of them may be refused."""
        made = iter(
            [
                points_service_pb2.PostSalesRequest(
                    sales=itertools.islice(self._endless, BATCH)
                ).SerializeToString()
                for _ in range(count)
            ]
        )

        async def post() -> None:
            answer = await next(self._post_sales)(next(made), metadata=self._metadata)
            for outcome in points_service_pb2.PostSalesResponse.FromString(answer).outcomes:
                if outcome.HasField("refused"):
                    sys.exit(f"a sale was refused: {outcome.refused}")

        return post


def _in_turn(channels: Sequence[grpc.aio.Channel], method: str) -> Iterator[Any]:
    return itertools.cycle([channel.unary_unary(f"{_SERVICE}{method}") for channel in channels])
