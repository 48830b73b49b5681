"""Reads what the chain owes by store and month, and what stores owe each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.database import Database
from chassis.paging import encode_page_token
from services.points.domain.settlement import Cell, Position, positions_of, settle
from services.points.messages.payment_sources import read_sources
from services.points.pages import id_in_token
from services.points.storage.queries.ledger_queries import FIRST_ID
from services.points.storage.queries.outstanding import OutstandingQueries

# More stores than any chain has.
_STORES_EVER = 100_000


@dataclass(frozen=True, slots=True)
class StorePage:
    """Rows of some stores, and the token of the next page; empty on the last one."""

    rows: Sequence[Any]
    next_page_token: str


async def list_liability(
    database: Database, store_ids: Sequence[str], token: str, limit: int
) -> StorePage:
    """What is left now in lots of the next `limit` stores, by month of the last day and asset."""
    question = ("liability", tuple(store_ids))
    after = id_in_token(token, question) or FIRST_ID
    async with database.slow_turn(), database.read() as connection:
        queries = OutstandingQueries(connection)
        stores = [each for each in store_ids if each > after][: limit + 1]
        if not store_ids:
            stores = await queries.stores_that_owe(after, limit + 1)
        rows = await queries.liability(stores[:limit])
    return StorePage(rows, _next(stores, limit, question))


async def list_settlement(
    database: Database,
    sellers: Sequence[str],
    redeemers: Sequence[str],
    first_date: date,
    last_date: date,
    token: str,
    limit: int,
) -> StorePage:
    """What the next `limit` redeeming stores took of what each store sold."""
    question = ("settlement", tuple(sellers), tuple(redeemers), first_date, last_date)
    after = id_in_token(token, question) or FIRST_ID
    async with database.slow_turn(), database.read() as connection:
        queries = OutstandingQueries(connection)
        stores = [each for each in redeemers if each > after][: limit + 1]
        if not redeemers:
            stores = await queries.stores_that_redeemed(after, limit + 1)
        redeemed = await queries.redeemed(stores[:limit], first_date, last_date, read_sources)
    cells = settle(*redeemed)
    asked = set(sellers)
    found: list[Cell] = [cell for cell in cells if not asked or cell.seller in asked]
    return StorePage(found, _next(stores, limit, question))


async def summarize_settlement(
    database: Database, store_ids: Sequence[str], first_date: date, last_date: date
) -> list[Position]:
    """The position of each store against all others; over all stores they add up to nothing."""
    async with database.slow_turn(), database.read() as connection:
        queries = OutstandingQueries(connection)
        stores = await queries.stores_that_redeemed(FIRST_ID, _STORES_EVER)
        redeemed = await queries.redeemed(stores, first_date, last_date, read_sources)
    cells = settle(*redeemed)
    asked = set(store_ids)
    return [each for each in positions_of(cells) if not asked or each.store_id in asked]


def _next(stores: Sequence[str], limit: int, question: tuple[object, ...]) -> str:
    if len(stores) <= limit:
        return ""
    return encode_page_token(stores[limit - 1], question=question)
