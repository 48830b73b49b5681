"""Does for many at once what a defect of one would fail for all of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeVar

from chassis.errors import DomainError

Item = TypeVar("Item")
Result = TypeVar("Result")


class Failure(NamedTuple):
    """Why an item has no result: a defect, or all that it was done with failed."""

    error: Exception


async def do_in_halves(
    do: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], items: Sequence[Item]
) -> list[Result | Failure]:
    """One result an item, in order, or why it has none.

    What fails by a defect is done again in halves, down to the item whose defect it is: whoever
    waited with it must not fail as well, each time that it comes again. A refusal is of all of
    them, as when the database is away, and nothing is done again.
    """
    try:
        return list(await do(items))
    except DomainError as refusal:
        return [Failure(refusal)] * len(items)
    except Exception as error:
        half = len(items) // 2
        if not half:
            return [Failure(error)]
    return [*await do_in_halves(do, items[:half]), *await do_in_halves(do, items[half:])]
