"""Reads what happened to wallets beside bills, and who belongs to a household."""

from collections.abc import Sequence

from chassis.database import Database
from services.points.pages import Page, cut_page, id_in_token
from services.points.storage.wallets.wallet_changes import WalletChangeRepository


async def list_wallet_changes(database: Database, member_id: str, token: str, limit: int) -> Page:
    """The history of a wallet, newest first; ids are made by callers and say nothing of that."""
    question = ("wallet changes", member_id)
    after_change_id = id_in_token(token, question)
    async with database.read() as connection:
        rows = await WalletChangeRepository(connection).history(
            member_id, after_change_id, limit + 1
        )
    return cut_page(rows, limit, "change_id", question=question)


async def read_household(database: Database, household_id: str) -> Sequence[str]:
    """The members of a household in order; none when nobody belongs to it."""
    async with database.read() as connection:
        return await WalletChangeRepository(connection).household(household_id)
