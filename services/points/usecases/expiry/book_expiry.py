"""Books expired value, one bounded step at a time, through the door that all bills pass."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from chassis.clock import to_proto_date, to_timestamp
from chassis.database import Database
from chassis.errors import DomainError, Exhausted, Unavailable
from chassis.logs import get_logger
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Drafts
from services.points.domain.expiry import decide_expiry, expiry_header
from services.points.domain.header import Header
from services.points.halves import Failure, do_in_halves
from services.points.metrics import EXPIRY_BILLS
from services.points.storage.expiry.expiry import ExpiryRepository, Place
from services.points.storage.queries.ledger_queries import FIRST_ID
from services.points.usecases.post_bills import Outcome, Posted
from yika.points.v1 import expiry_pb2, ledger_pb2

log = get_logger(__name__)

Post = Callable[[Sequence[Command]], Awaitable[list[Outcome]]]

_START = Place(date.min, FIRST_ID)


async def book_expiry(
    database: Database,
    post: Post,
    position: str,
    *,
    business_date: date,
    expired_before: date,
    limit: int,
) -> str | None:
    """Books the lots of the next `limit` members; returns where to go on, None at the end.

    May be done again from the same position at any time: what is booked is no longer found, and a
    member's bill of a day has one id. A member whose bill cannot be made stops nobody else: that
    is logged and counted, and tried again by the next run. Unavailable when no books can be changed
    now.
    """
    after = read_position(position)
    async with database.read() as connection:
        found = await ExpiryRepository(connection).expired(expired_before, after, limit)
    if not found:
        return None
    first = {each.member_id: each for each in reversed(found)}
    commands = [
        expiry_command(expiry_header(member_id, lots.store_id, business_date), expired_before)
        for member_id, lots in first.items()
    ]
    for command, outcome in zip(commands, await _post_each(post, commands), strict=True):
        _count(command, outcome)
    return None if len(found) < limit else f"{found[-1].expiry_date}/{found[-1].member_id}"


async def _post_each(post: Post, commands: Sequence[Command]) -> Sequence[Outcome | Failure]:
    """What became of each command; a defect of one fails that one alone."""

    async def post_when_there_is_room(some: Sequence[Command]) -> Sequence[Outcome]:
        try:
            return await post(some)
        except Exhausted as error:  # tills come first; the run goes on when there is room
            raise Unavailable(error.reason, error.message) from error

    outcomes = await do_in_halves(post_when_there_is_room, commands)
    for each in outcomes:
        if isinstance(each, Failure) and each.is_of_all:
            raise each.error
    return outcomes


def _count(command: Command, outcome: Outcome | Failure) -> None:
    if isinstance(outcome, Posted):
        EXPIRY_BILLS.labels("replayed" if outcome.replayed else "posted").inc()
    elif isinstance(outcome, DomainError) and not isinstance(outcome, Unavailable):
        # Lots that went between looking and locking, or are all on hold, and members that have
        # their bill of this day: what has come since waits for the next one.
        EXPIRY_BILLS.labels("refused").inc()
    else:  # a defect, or a pass whose version of the programme is not known here
        EXPIRY_BILLS.labels("failed").inc()
        error = outcome.error if isinstance(outcome, Failure) else outcome
        log.error("expiry_failed", member_id=command.members[0], exc_info=error)


def read_position(position: str) -> Place:
    """The place that a position names; before everything for the empty one."""
    if not position:
        return _START
    day, member_id = position.split("/")
    return Place(date.fromisoformat(day), member_id)


def expiry_command(header: Header, expired_before: date) -> Command:
    """The command that books a member's expired lots."""

    def decide(books: Books) -> Drafts:
        return decide_expiry(books, header, expired_before)

    return Command(
        bill_id=header.bill_id,
        kind=BillKind.EXPIRY,
        message=expiry_pb2.ExpiryDocument(
            header=ledger_pb2.BillHeader(
                bill_id=header.bill_id,
                member_id=header.member_id,
                store_id=header.store_id,
                business_date=to_proto_date(header.business_date),
                occurred_time=to_timestamp(header.occurred_at),
            ),
            expired_before_date=to_proto_date(expired_before),
        ),
        members=(header.member_id,),
        decide=decide,
        needs_lots=True,
    )
