"""The only SQL behind explanations: a bill, what it put into lots of its own, and these lots."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.assets import (
    MEMBER_TRANSFER,
    POINTS_DEBT,
    POINTS_ISSUED,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.books import StoredBill
from services.points.domain.lot import Lot, LotKey
from services.points.domain.rewards.value_explanation import Passed
from services.points.storage.bill_reader import bill_of
from services.points.storage.locked_books import lot_of
from services.points.storage.queries.ledger_queries import OF_ITS_BILL
from services.points.storage.tables import bills, lots, transfers


class ValueSources:
    """Reads of one snapshot."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def bill(self, bill_id: str) -> StoredBill | None:
        """A bill, whoever's it is."""
        rows = await self._connection.execute(select(bills).where(bills.c.bill_id == bill_id))
        row = rows.one_or_none()
        return None if row is None else bill_of(row._mapping)

    async def lot(self, member_id: str, key: LotKey) -> Lot | None:
        """A lot as a member has it."""
        rows = await self._connection.execute(
            select(lots).where(
                lots.c.member_id == member_id,
                lots.c.bill_id == key.bill_id,
                lots.c.ordinal == key.ordinal,
            )
        )
        row = rows.one_or_none()
        return None if row is None else lot_of(row._mapping)

    async def granted(self, bill: StoredBill) -> Mapping[LotKey, int]:
        """What a bill put into each lot of its own."""
        rows = await self._connection.execute(
            select(transfers.c.lot_ordinal, func.sum(transfers.c.amount).label("amount"))
            .where(
                transfers.c.member_id == bill.member_id,
                transfers.c.bill_id == bill.bill_id,
                transfers.c.lot_bill_id == bill.bill_id,
                transfers.c.credit_account == WALLET,
            )
            .group_by(transfers.c.lot_ordinal)
        )
        return {LotKey(bill.bill_id, row.lot_ordinal): int(row.amount) for row in rows}

    async def settled(self, bill: StoredBill) -> int:
        """Points that a bill granted to a debt."""
        rows = await self._connection.execute(
            select(func.coalesce(func.sum(transfers.c.amount), 0)).where(
                transfers.c.member_id == bill.member_id,
                transfers.c.bill_id == bill.bill_id,
                transfers.c.asset == Asset.POINTS,
                transfers.c.debit_account == POINTS_ISSUED,
                transfers.c.credit_account == POINTS_DEBT,
            )
        )
        return int(rows.scalar_one())

    async def lots(self, bill: StoredBill) -> Sequence[Lot]:
        """The lots of a bill as its own member has them, in order."""
        rows = await self._connection.execute(
            select(lots)
            .where(lots.c.member_id == bill.member_id, lots.c.bill_id == bill.bill_id)
            .order_by(lots.c.ordinal)
        )
        return [lot_of(row._mapping) for row in rows]

    async def passed(self, member_id: str, key: LotKey) -> Sequence[Passed]:
        """What of a lot came from other members, and went to them, in order.

        It also comes from another member when what that one had spent comes back here, as it does
        to whom one was merged into. What the member spent and got back was here before.
        """
        originals = bills.alias()
        came = transfers.c.credit_account == WALLET
        rows = await self._connection.execute(
            select(bills.c.kind, case((came, transfers.c.amount), else_=-transfers.c.amount))
            .join(bills, OF_ITS_BILL)
            .outerjoin(originals, originals.c.bill_id == bills.c.original_bill_id)
            .where(
                transfers.c.member_id == member_id,
                transfers.c.lot_bill_id == key.bill_id,
                transfers.c.lot_ordinal == key.ordinal,
                transfers.c.bill_id != key.bill_id,  # which granted it
                or_(
                    transfers.c.debit_account == MEMBER_TRANSFER,
                    transfers.c.credit_account == MEMBER_TRANSFER,
                    and_(came, originals.c.member_id != member_id),
                ),
            )
            .order_by(bills.c.sequence, transfers.c.ordinal)
        )
        return [Passed(BillKind(kind), amount) for kind, amount in rows]
