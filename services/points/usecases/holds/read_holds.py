"""Reads holds: one, and lists, keyset-paged."""

from datetime import datetime

from chassis.auth import Principal
from chassis.database import Database
from chassis.errors import NotFound
from chassis.paging import encode_page_token
from services.points.domain.assets import Asset
from services.points.pages import id_in_token, rows_that_fit
from services.points.storage.holds import HoldRecord, count_open, find_hold, list_holds
from services.points.storage.queries.ledger_queries import LAST_ID

# More than a hold has as a message, and than each of its lots.
_HOLD_BYTES_MAX, _LOT_BYTES_MAX = 2 * 1024, 96


async def read_hold(database: Database, hold_id: str, principal: Principal) -> HoldRecord:
    """One hold; NotFound UNKNOWN_HOLD, Forbidden for one of a store out of reach."""
    async with database.read() as connection:
        record = await find_hold(connection, hold_id)
    if record is None:
        raise NotFound("UNKNOWN_HOLD", f"no hold {hold_id}", {"hold_id": hold_id})
    principal.require_store(record.hold.store_id)
    return record


async def read_holds(
    database: Database,
    *,
    member_id: str | None,
    store_id: str | None,
    open_only: bool,
    page_token: str,
    limit: int,
    now: datetime,
) -> tuple[list[HoldRecord], str]:
    """A page of a member's holds, or of the open ones of a store; and the token of the next."""
    question = ("holds", member_id, store_id, open_only)
    before = id_in_token(page_token, question) or LAST_ID
    async with database.read() as connection:
        records = await list_holds(
            connection,
            member_id=member_id,
            store_id=store_id,
            open_at=now if open_only or member_id is None else None,
            before=before,
            limit=limit + 1,
        )
    limit = rows_that_fit(records, limit, _bytes_of)
    if len(records) <= limit:
        return records, ""
    return records[:limit], encode_page_token(records[limit - 1].hold.hold_id, question=question)


async def count_open_holds(database: Database, now: datetime) -> dict[Asset, int]:
    """How many holds set value aside, by what they hold."""
    async with database.read() as connection:
        return await count_open(connection, now)


def _bytes_of(record: HoldRecord) -> int:
    return _HOLD_BYTES_MAX + _LOT_BYTES_MAX * len(record.hold.lots)
