"""Does for many at once what a defect of one would fail for all of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

from chassis.errors import Unavailable
from services.points.domain.unreadable_books import BooksUnreadable

Item = TypeVar("Item")
Result = TypeVar("Result")


class Failure(NamedTuple):
    """Why an item has no result: a defect, or all that it was done with failed."""

    error: Exception

    @property
    def is_of_all(self) -> bool:
        """True when the others failed for the same reason, as when the database is away."""
        return isinstance(self.error, Unavailable) and not isinstance(self.error, BooksUnreadable)


async def do_in_halves(
    do: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], items: Sequence[Item]
) -> list[Result | Failure]:
    """One result an item, in order, or why it has none.

    What fails is done again in halves, down to the item whose defect it is: whoever waited with it
    must not fail as well, each time that it comes again. Unavailable alone is of all of them, as
    when the database is away, and nothing is done again; but not where the books of one make no
    sense.
    """
    try:
        return list(await do(items))
    except Exception as error:
        half, failure = len(items) // 2, Failure(error)
        if not half or failure.is_of_all:
            return [failure] * len(items)
    return [*await do_in_halves(do, items[:half]), *await do_in_halves(do, items[half:])]
