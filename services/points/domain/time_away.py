"""When an account was merged into another: what is its own was booked there meanwhile. Pure.

Bills of the other account have no place in the chain of this one. Their time tells after which
merge they came, unless merges follow each other too fast.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple


class AccountMove(NamedTuple):
    """A merge of the account into another, or its undoing, by its place in the account's chain."""

    sequence: int
    posted_at: datetime
    undoes: bool


class TimeAway(NamedTuple):
    """From the merge with this place in the chain until its undoing; None while it lasts."""

    sequence: int
    since: datetime
    until: datetime | None = None


def times_away(moves: Iterable[AccountMove]) -> list[TimeAway]:
    """The times that the moves of an account enclose."""
    times: list[TimeAway] = []
    for move in sorted(moves):
        if not move.undoes:
            times.append(TimeAway(move.sequence, move.posted_at))
        elif times:
            times[-1] = times[-1]._replace(until=move.posted_at)
    return times


def place_of(posted_at: datetime, times: Sequence[TimeAway]) -> int | None:
    """After which place in the chain a bill of another account comes; None if none is certain."""
    places = [
        each.sequence
        for each in times
        if each.since <= posted_at and (each.until is None or posted_at <= each.until)
    ]
    return places[0] if len(places) == 1 else None
