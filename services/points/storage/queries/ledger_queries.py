"""The only SQL of the ledger's reads, keyset-paged; each runs in one snapshot."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.wallet import Wallet
from services.points.storage.driver import driver_of
from services.points.storage.locked_books import load_lots, read_wallets
from services.points.storage.tables import bills, transfers, wallets

Record = Row[Any]  # a row with the columns of its table as attributes

# Before and after every id: where lists and walks begin and end.
FIRST_ID = "00000000-0000-0000-0000-000000000000"
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"
OF_ITS_BILL = and_(
    bills.c.member_id == transfers.c.member_id, bills.c.bill_id == transfers.c.bill_id
)


class LedgerQueries:
    """Reads of the ledger on a connection that cannot write."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def wallets(self, member_ids: Sequence[str]) -> dict[str, Wallet]:
        """Wallets with their open lots and holds; of members with whom anything was ever posted."""
        await self._connection.execute(text("SELECT 1"))  # begins the snapshot
        driver = await driver_of(self._connection)
        wallets = await read_wallets(driver, member_ids)
        with_holds = [wallet for wallet in wallets.values() if wallet.open_holds]
        if with_holds:
            await load_lots(driver, with_holds)
        return wallets

    async def wallet(self, member_id: str) -> Wallet | None:
        """One member's wallet; None when nothing was ever posted."""
        return (await self.wallets([member_id])).get(member_id)

    async def balances(self, after_member_id: str | None, limit: int) -> Sequence[Record]:
        """(member_id, points) in order of member_id."""
        query = select(wallets.c.member_id, wallets.c.points)
        if after_member_id is not None:
            query = query.where(wallets.c.member_id > after_member_id)
        return await self._all(query.order_by(wallets.c.member_id).limit(limit))

    async def bill(self, bill_id: str) -> Record | None:
        """One bill."""
        found = await self._all(select(bills).where(bills.c.bill_id == bill_id).limit(1))
        return found[0] if found else None

    async def transfers_of_bill(self, member_id: str, bill_id: str) -> Sequence[Record]:
        """Transfers of one bill in order."""
        return await self._all(
            select(transfers)
            .where(transfers.c.member_id == member_id, transfers.c.bill_id == bill_id)
            .order_by(transfers.c.ordinal)
        )

    async def _all(self, query: Select[Any]) -> Sequence[Record]:
        rows: Sequence[Record] = (await self._connection.execute(query)).all()
        return rows
