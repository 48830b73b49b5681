"""Adds or takes points: at once within the programme's limits, above them as a proposal."""

from datetime import datetime
from functools import partial

from chassis.clock import to_timestamp
from chassis.database import Database, Transaction
from chassis.errors import Unavailable, id_reused
from services.points.commands import Command
from services.points.domain.assets import BillKind
from services.points.domain.header import Header
from services.points.domain.programme import Programmes
from services.points.domain.rewards.adjustment_limit import (
    AdjustmentLimit,
    limit_of,
)
from services.points.domain.rewards.points_adjustment import Adjustment, decide_direct_adjustment
from services.points.domain.rewards.proposal import Proposal, check_open_count
from services.points.door import Door
from services.points.messages.documents import read_receipt, same_content
from services.points.storage.bill_reader import find_bills
from services.points.storage.driver import driver_of
from services.points.storage.locked_books import lock_wallets
from services.points.storage.rewards.adjustments import ProposalRepository, lock_adjustment_ids
from services.points.usecases.post_bills import Posted
from services.points.usecases.retries import first_answer
from yika.points.v1 import reward_events_pb2
from yika.points.v1 import reward_service_pb2 as pb

_ATTEMPTS_MAX = 5


class _AnotherWriterCameFirst(Exception):
    """The proposal's id appeared between looking and writing: all is done again."""


async def adjust_points(
    database: Database,
    door: Door,
    message: pb.AdjustPointsRequest,
    header: Header,
    adjustment: Adjustment,
    *,
    programmes: Programmes,
    subject: str,
    now: datetime,
) -> Posted | tuple[Proposal, bool]:
    """What was booked; or the proposal as it stands now, and whether it had been there before.

    The limits are those of now: whoever asks must not choose them by the time that they state.
    Whether the day's are reached, and whether it was proposed before, is decided under the member's
    lock, the id's and the person's. Refuses as decide_adjustment and check_open_count do;
    AlreadyExists ID_REUSED; Unavailable PROGRAMME_UNREADABLE as Programmes.at, unless it was booked
    or proposed before.
    """
    command = adjustment_command(message, header, adjustment, subject)
    try:
        limit_points = programmes.at(now).adjustment_limit_points
    except Unavailable as refusal:
        return await _first_answer(database, command, message, refusal)
    limit: AdjustmentLimit | None = AdjustmentLimit.ONE_ADJUSTMENT
    if abs(adjustment.points) <= limit_points:
        (outcome,) = await door.post([command])
        if isinstance(outcome, Posted):
            return outcome
        limit = limit_of(outcome)
        if limit is None:
            raise outcome
    proposal = Proposal(
        proposal_id=header.bill_id,
        member_id=header.member_id,
        store_id=header.store_id,
        points=adjustment.points,
        proposed_by=subject,
        proposed_at=now,
        document=message.SerializeToString(),
        limit=limit,
    )
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with database.transaction() as tx:
                return await _propose(tx, message, proposal)
        except _AnotherWriterCameFirst:
            continue
    raise Unavailable("TRANSACTION_CONFLICT", "the same adjustment is being proposed elsewhere")


def adjustment_command(
    message: pb.AdjustPointsRequest,
    header: Header,
    adjustment: Adjustment,
    subject: str,
) -> Command:
    """The command of an adjustment that needs nobody else, unless the day's limit is reached."""
    return Command(
        bill_id=header.bill_id,
        kind=BillKind.POINTS_ADJUSTMENT,
        message=message,
        members=(header.member_id,),
        decide=partial(
            decide_direct_adjustment, header=header, adjustment=adjustment, subject=subject
        ),
        needs_lots=True,
        counts_today=True,
        proposals=(header.bill_id,),
        subject=subject,
    )


async def find_proposal(database: Database, proposal_id: str) -> Proposal | None:
    """A proposal as it stands."""
    async with database.read() as connection:
        return await ProposalRepository(connection).find(proposal_id)


async def _first_answer(
    database: Database, command: Command, message: pb.AdjustPointsRequest, refusal: Unavailable
) -> Posted | tuple[Proposal, bool]:
    stored = await find_proposal(database, command.bill_id)
    if stored is not None:
        return _same(stored, message), True
    return await first_answer(database, command, refusal)


async def _propose(
    tx: Transaction, message: pb.AdjustPointsRequest, proposal: Proposal
) -> Posted | tuple[Proposal, bool]:
    # The wallet's lock keeps proposals of a member in a row, and apart from the bills of theirs.
    await lock_wallets(tx.connection, [proposal.member_id])
    driver = await driver_of(tx.connection)
    await lock_adjustment_ids(driver, [proposal.proposal_id])
    repository = ProposalRepository(tx.connection)
    stored = await repository.find(proposal.proposal_id)
    if stored is not None:
        return _same(stored, message), True
    bill_id = proposal.proposal_id
    bill = (await find_bills(driver, [bill_id])).get(bill_id)
    if bill is not None:  # the limit was higher when it was booked
        is_same = bill.kind is BillKind.POINTS_ADJUSTMENT and same_content(bill.document, message)
        if not is_same:
            raise id_reused("points_adjustment", bill_id)
        return Posted(read_receipt(bill.receipt), replayed=True)
    check_open_count(await repository.count_open(proposal.member_id))
    if not await repository.add(proposal):
        raise _AnotherWriterCameFirst
    event = reward_events_pb2.AdjustmentsProposed()
    event.proposals.add(
        proposal_id=proposal.proposal_id,
        member_id=proposal.member_id,
        store_id=proposal.store_id,
        points=proposal.points,
        proposed_time=to_timestamp(proposal.proposed_at),
    )
    tx.publish(event, member_id=proposal.member_id)
    return proposal, False


def _same(stored: Proposal, message: pb.AdjustPointsRequest) -> Proposal:
    if not same_content(stored.document, message):
        raise id_reused("points_adjustment", stored.proposal_id)
    return stored
