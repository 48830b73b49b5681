"""Reads what wallets held at a moment of the past: what had been posted until then, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.database import Database
from chassis.paging import decode_page_token
from services.points.domain.lot_booking import ORDINAL_MAX
from services.points.pages import Page, cut_page, id_of_token, number_of_token
from services.points.storage.queries.statements import StatementQueries


@dataclass(frozen=True, slots=True)
class AssetBalance:
    """What was left of an asset, or of a pass; corrupt books may hold numbers that are none."""

    asset: int
    pass_id: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class PastBalances:
    """What a member had; lots are a page of (bill_id, ordinal, amount and the lot's origin)."""

    balances: Sequence[AssetBalance]
    debt_points: int
    lots: Page


async def read_past_balances(
    database: Database, member_id: str, moment: datetime, token: str, limit: int
) -> PastBalances:
    """What a member had at a moment, which must have passed check_moment."""
    question = ("balances at", member_id, moment)
    after = None
    if (key := decode_page_token(token, str, int, question=question)) is not None:
        after = (id_of_token(key[0]), number_of_token(key[1], ORDINAL_MAX))
    async with database.slow_turn(), database.read() as connection:
        queries = StatementQueries(connection)
        rows = await queries.balances_at(member_id, moment)
        lots = await queries.lots_at(member_id, moment, after, limit + 1)
    return PastBalances(
        [AssetBalance(row.asset, row.pass_id, int(row.amount)) for row in rows if row.amount],
        sum(int(row.debt) for row in rows),
        cut_page(lots, limit, "bill_id", "ordinal", question=question),
    )


async def summarize_past_balances(database: Database, moment: datetime) -> list[AssetBalance]:
    """What all wallets together held at a moment.

    Read back from now: what is left in the lots, less what changed since. That costs what happened
    since the moment, not all that ever happened.
    """
    async with database.slow_turn(), database.read() as connection:
        queries = StatementQueries(connection)
        sums = {(row.asset, row.pass_id): int(row.amount) for row in await queries.left_by_asset()}
        for row in await queries.changes_since(moment):
            key = (row.asset, row.pass_id)
            sums[key] = sums.get(key, 0) - int(row.amount)
    return [
        AssetBalance(asset, pass_id, amount)
        for (asset, pass_id), amount in sorted(sums.items(), key=lambda item: _order(item[0]))
        if amount
    ]


def _order(key: tuple[int, str | None]) -> tuple[int, str]:
    return (key[0], key[1] or "")
