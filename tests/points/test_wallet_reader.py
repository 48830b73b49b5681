"""Gathering those who read wallets: services/points/wallet_reader.py."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from services.points.domain.wallet import Wallet
from services.points.wallet_reader import WalletReader


class Queries:
    """Answers batches once it is told to, and keeps what it was asked."""

    def __init__(self, failing: int = 0) -> None:
        self.asked: list[list[str]] = []
        self.go = asyncio.Event()
        self._failing = failing

    async def read_batch(self, member_ids: Sequence[str]) -> Mapping[str, Wallet]:
        self.asked.append(list(member_ids))
        await self.go.wait()
        if len(self.asked) <= self._failing:
            raise ConnectionError("gone")
        return {member_id: Wallet(member_id) for member_id in member_ids if member_id != "nobody"}


class TestRead:
    async def test_gathers_those_who_wait_while_others_are_answered(self) -> None:
        queries = Queries()
        reader = WalletReader(queries.read_batch)
        names = ["a", "nobody", *(f"m{n}" for n in range(30))]
        reads = [asyncio.ensure_future(reader.read(name)) for name in names[:1]]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reads += [asyncio.ensure_future(reader.read(name)) for name in names[1:]]
        await asyncio.sleep(0)
        queries.go.set()
        wallets = await asyncio.gather(*reads)
        assert [wallet and wallet.member_id for wallet in wallets] == [
            None if name == "nobody" else name for name in names
        ]
        assert sum(map(len, queries.asked)) == 32
        assert len(queries.asked) <= 3

    async def test_a_failed_batch_fails_its_callers_alone(self) -> None:
        queries = Queries(failing=1)
        queries.go.set()
        reader = WalletReader(queries.read_batch)
        with pytest.raises(ConnectionError):
            await reader.read("a")
        wallet = await reader.read("a")
        assert wallet is not None

    async def test_a_caller_that_gave_up_harms_nobody(self) -> None:
        queries = Queries()
        reader = WalletReader(queries.read_batch)
        gone, stays = (asyncio.ensure_future(reader.read(name)) for name in ("gone", "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        queries.go.set()
        wallet = await stays
        assert wallet is not None
        assert wallet.member_id == "stays"
