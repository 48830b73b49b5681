"""Reads holds for the verification, those that have ended included."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.audit.hold_trail import AuditedHold, HoldTerms
from services.points.domain.holds.hold import HeldLot, Hold, HoldState
from services.points.domain.lot import LotKey
from services.points.storage.audit.audited_accounts import Span, any_asset
from services.points.storage.driver import driver_of, text_of

Record = Any  # a row with the columns of the query by name

_HOLDS = """
    SELECT h.member_id, h.hold_id, h.asset AS hold_asset, h.pass_id, h.store_id, h.register_id,
           h.staff_id, h.created_at, h.expires_at, h.state, h.document, l.lot_bill_id,
           l.lot_ordinal, l.asset, l.amount, l.posted
    FROM holds AS h LEFT JOIN hold_lots AS l USING (member_id, hold_id)
    WHERE h.member_id BETWEEN $1::uuid AND $2::uuid
    ORDER BY h.member_id, h.hold_id, l.ordinal
    """
_STATES = {int(state): state for state in HoldState}


async def read_holds(
    connection: AsyncConnection, span: Span, terms_said: Callable[[bytes], HoldTerms | None]
) -> dict[str, list[AuditedHold]]:
    """All holds by member, in a transaction that has begun; `terms_said` reads a document."""
    rows: dict[tuple[str, str], list[Record]] = {}
    driver = await driver_of(connection)
    for row in await driver.fetch(_HOLDS, span.first, span.last):
        rows.setdefault((str(row["member_id"]), str(row["hold_id"])), []).append(row)
    holds: dict[str, list[AuditedHold]] = {}
    for (member_id, hold_id), parts in rows.items():
        holds.setdefault(member_id, []).append(_audited(hold_id, parts, terms_said))
    return holds


def _audited(
    hold_id: str, rows: list[Record], terms_said: Callable[[bytes], HoldTerms | None]
) -> AuditedHold:
    first = rows[0]
    hold = Hold(
        hold_id,
        any_asset(first["hold_asset"]),
        tuple(_part(row) for row in rows if row["lot_bill_id"] is not None),
        first["expires_at"],
        text_of(first["pass_id"]),
        str(first["store_id"]),
        _STATES.get(first["state"]) or cast(HoldState, first["state"]),
    )
    terms = HoldTerms(
        hold_id,
        hold.asset,
        hold.pass_id,
        hold.amount,
        hold.store_id,
        first["register_id"],
        first["staff_id"],
        hold.expires_at - first["created_at"],
    )
    return AuditedHold(hold, terms, terms_said(first["document"]))


def _part(row: Record) -> HeldLot:
    key = LotKey(str(row["lot_bill_id"]), row["lot_ordinal"])
    return HeldLot(key, any_asset(row["asset"]), row["amount"], row["posted"])
