"""Reads wallets for whoever waits together with one query, as the door writes for them.

A wallet of its own takes three round trips; thirty of them take the same three.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

from chassis.database import Database
from services.points.domain.wallet import Wallet
from services.points.storage.queries import LedgerQueries

ReadBatch = Callable[[Sequence[str]], Awaitable[Mapping[str, Wallet]]]

# Two batches at once: one is in the database while the other one's answers are made.
_READERS = 2
_BATCH_MAX = 256


class WalletReader:
    """Gathers those who wait for wallets."""

    def __init__(self, read_batch: ReadBatch) -> None:
        self._read_batch = read_batch
        self._waiting: deque[tuple[str, asyncio.Future[Wallet | None]]] = deque()
        self._readers: set[asyncio.Task[None]] = set()

    async def read(self, member_id: str) -> Wallet | None:
        """A member's wallet with its open lots and holds; None when nothing was ever posted.

        The wallet may be shared with other callers: it must not be changed.
        """
        answer: asyncio.Future[Wallet | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((member_id, answer))
        if len(self._readers) < _READERS:
            reader = asyncio.create_task(self._read())
            self._readers.add(reader)
            reader.add_done_callback(self._readers.discard)
        return await answer

    async def _read(self) -> None:
        while self._waiting:
            size = min(len(self._waiting), _BATCH_MAX)
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                wallets = await self._read_batch([member_id for member_id, _ in batch])
            except Exception as error:  # each caller gets it; the next batch is read all the same
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for member_id, answer in batch:
                if not answer.done():  # its caller may have given up waiting
                    answer.set_result(wallets.get(member_id))


def wallet_reader(database: Database) -> WalletReader:
    """A reader of a database's wallets, each batch in one snapshot."""

    async def read_batch(member_ids: Sequence[str]) -> Mapping[str, Wallet]:
        async with database.read() as connection:
            return await LedgerQueries(connection).wallets(member_ids)

    return WalletReader(read_batch)
