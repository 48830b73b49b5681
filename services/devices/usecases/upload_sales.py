"""Hands journaled sales to headquarters, in order, until each is posted or parked."""

from collections.abc import Sequence
from datetime import datetime

from chassis.errors import DomainError, Kind
from services.devices.domain.sale import Sale, decode_sale
from services.devices.headquarters import Headquarters
from services.devices.metrics import DIFFERENCES, UPLOADED
from services.devices.storage.journal_repository import JournalRepository, Settlement, State
from services.devices.storage.local_database import LocalDatabase

# Nothing is wrong with the sale: headquarters is away, full, or does not know this gateway.
_LATER = {Kind.UNAVAILABLE, Kind.EXHAUSTED, Kind.UNAUTHENTICATED, Kind.FORBIDDEN}


async def upload_sales(
    database: LocalDatabase, headquarters: Headquarters, *, batch_size: int, now: datetime
) -> int:
    """Uploads the oldest sales that wait; returns how many were settled, 0 when none waits.

    Those that headquarters could not decide about now wait for the next time.

    A DomainError means that nothing of them is known to have arrived; every sale is still there,
    and sending it again is safe.
    """
    rows = await database.read(
        lambda connection: JournalRepository(connection).list_state(State.PENDING, 0, batch_size)
    )
    if not rows:
        return 0
    sales = [decode_sale(row.entry.payload) for row in rows]
    settlements = await _hand_over(headquarters, sales)

    def work(journal: JournalRepository) -> None:
        for settlement in settlements:
            journal.settle(settlement, now)

    await database.write(lambda connection: work(JournalRepository(connection)))
    _count(sales, settlements)
    return len(settlements)


async def _hand_over(headquarters: Headquarters, sales: Sequence[Sale]) -> list[Settlement]:
    try:
        return await headquarters.post_sales(sales)
    except DomainError as error:
        if error.kind in _LATER or len(sales) == 1:
            raise
        return await _hand_over_singly(headquarters, sales, error)


async def _hand_over_singly(
    headquarters: Headquarters, sales: Sequence[Sale], refusal: DomainError
) -> list[Settlement]:
    """After a batch was refused as a whole: one bad sale must not hold up the others.

    A sale is parked only when it fails before and after another went through: then it is the sale.
    When none goes through it is headquarters that fails, and all of them wait.
    """
    settled, failed = await _try_each(headquarters, sales)
    if not settled:
        raise refusal
    settled_later, failed_again = await _try_each(headquarters, [sale for sale, _ in failed])
    return [
        *settled,
        *settled_later,
        *(
            Settlement(
                sale.sale_id,
                State.PARKED,
                reason=error.reason,
                message=error.message,
                metadata=error.metadata,
            )
            for sale, error in failed_again
        ),
    ]


async def _try_each(
    headquarters: Headquarters, sales: Sequence[Sale]
) -> tuple[list[Settlement], list[tuple[Sale, DomainError]]]:
    """What was settled, and what failed by itself; stops where headquarters goes away."""
    settled: list[Settlement] = []
    failed: list[tuple[Sale, DomainError]] = []
    for sale in sales:
        try:
            settled += await headquarters.post_sales([sale])
        except DomainError as error:
            if error.kind in _LATER:
                break
            failed.append((sale, error))
    return settled, failed


def _count(sales: Sequence[Sale], settlements: Sequence[Settlement]) -> None:
    local_points = {sale.sale_id: sale.basket.points_earned for sale in sales}
    for settlement in settlements:
        UPLOADED.labels(settlement.state.lower()).inc()
        if (
            settlement.state is State.POSTED
            and settlement.headquarters_points != local_points[settlement.sale_id]
        ):
            DIFFERENCES.inc()
