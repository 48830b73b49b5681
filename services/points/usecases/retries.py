"""Answers retries of what today's rules, or who tells what they ask for, would refuse."""

from chassis.database import Database
from chassis.errors import DomainError
from services.points.commands import Command
from services.points.usecases.post_bills import Posted, find_replays


async def first_answer(database: Database, command: Command, refusal: DomainError) -> Posted:
    """What a command was told when it was posted; raises `refusal` when it never was.

    For a refusal on the way to the door, which answers all others: a retry gets the first answer,
    for ever.
    """
    (replay,) = await find_replays(database, [command])
    if replay is None:
        raise refusal
    return replay
