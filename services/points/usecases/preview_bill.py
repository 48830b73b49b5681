"""Tells what a command would do: decided as the door decides it, with nothing locked or written."""

from datetime import datetime

from chassis.database import Database
from services.points.commands import Command
from services.points.domain.books import Books
from services.points.domain.draft import Drafts
from services.points.domain.programme import Programmes
from services.points.storage.locked_books import find_wallets
from services.points.storage.wallets.merges import heirs_of
from services.points.usecases.load_books import load_books


async def preview_bill(
    database: Database, command: Command, *, programmes: Programmes, now: datetime
) -> Drafts:
    """What a command would do now; nothing is written. Raises the DomainError of a refused one.

    A quote promises nothing, so it locks nothing: whoever waited for a wallet here would keep
    sales from the line. One snapshot is what makes it read books that were true together.
    """
    books = Books(programmes, now)
    async with database.driver_transaction(snapshot=True) as tx:
        heirs = await heirs_of(tx.driver, command.members)
        books.wallets = await find_wallets(tx.driver, {*command.members, *heirs})
        await load_books(tx, [command], books, locking=False)
        return command.decided(books)
