"""Points put right by staff (积分调整), and how that becomes bookings. Pure."""

from dataclasses import dataclass
from datetime import date

from chassis.errors import Invalid, NotFound, PreconditionFailed
from pricing.earning import Tally, expiry_date
from services.points.domain.assets import POINTS_ISSUED, Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft, receipt_of
from services.points.domain.header import Header
from services.points.domain.limits import AMOUNT_FEN_MAX, ledger_day
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme
from services.points.domain.rewards.adjustment_limit import (
    DaySums,
    DirectAdjustment,
    check_limits,
)
from services.points.domain.rewards.proposal import proposed_before

# What lots of adjustments name in the place of a rule.
RULE_ID = "adjustment"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Points to add, or to take when negative.

    `allow_debt`: what the wallet lacks is owed. `expiry_date` None: as the programme says.
    """

    points: int
    allow_debt: bool = False
    expiry_date: date | None = None


def check_adjustment(adjustment: Adjustment) -> None:
    """Invalid INVALID_AMOUNT, DEBT_NOT_EXPECTED, EXPIRY_NOT_EXPECTED."""
    points = adjustment.points
    if not 1 <= abs(points) <= AMOUNT_FEN_MAX:
        raise Invalid(
            "INVALID_AMOUNT",
            f"points must be 1 to {AMOUNT_FEN_MAX}, to add or to take",
            {"field": "points", "value": points},
        )
    if points > 0 and adjustment.allow_debt:
        raise Invalid(
            "DEBT_NOT_EXPECTED", "points that are added make no debt", {"field": "allow_debt"}
        )
    if points < 0 and adjustment.expiry_date is not None:
        raise Invalid(
            "EXPIRY_NOT_EXPECTED", "points that are taken do not expire", {"field": "expiry_date"}
        )


def decide_adjustment(books: Books, header: Header, adjustment: Adjustment) -> list[Draft]:
    """Adds a lot, of which a debt takes its part first, or takes from the lots in spending order.

    PreconditionFailed EXPIRY_IN_PAST; and when points are taken WALLET_FROZEN, or
    INSUFFICIENT_POINTS where no debt is allowed.
    """
    posting = header.posting(books, BillKind.POINTS_ADJUSTMENT)
    programme = books.programmes.at(header.occurred_at)
    if adjustment.points > 0:
        _add(posting, programme, adjustment)
    else:
        _take(posting, -adjustment.points, allow_debt=adjustment.allow_debt)
    added = max(0, adjustment.points)
    return [header.draft(posting, books, receipt=receipt_of(posting, points_earned=added))]


def decide_direct_adjustment(
    books: Books, header: Header, adjustment: Adjustment, subject: str
) -> list[Draft]:
    """An adjustment that nobody else approves, within the limits of today.

    Counted are the points that one person and that one member had added, and had taken, today.
    PreconditionFailed APPROVAL_NEEDED, also for what was proposed under its id; and what
    decide_adjustment refuses.
    """
    proposal = books.proposals.get(header.bill_id)
    if proposal is not None:
        raise proposed_before(proposal)
    points = adjustment.points
    direct = DirectAdjustment(subject, ledger_day(books.now), points)
    counters = books.wallet(header.member_id).counters
    of_member = counters.get(direct.member_counter, Tally()).weight + abs(points)
    of_person = books.day_sums.get(subject, DaySums()).plus(points).in_direction_of(points)
    check_limits(books.programmes.at(books.now), points, of_member=of_member, of_person=of_person)
    (draft,) = decide_adjustment(books, header, adjustment)
    draft.posting.counters[direct.member_counter] = Tally(of_member)
    draft.posting.direct_adjustment = direct
    return [draft]


def decide_approval(
    books: Books, header: Header, adjustment: Adjustment, proposal_id: str, approver: str
) -> list[Draft]:
    """Books a proposed adjustment, and with it that it was approved.

    NotFound UNKNOWN_PROPOSAL; Forbidden SELF_APPROVAL; PreconditionFailed ALREADY_DECIDED and what
    decide_adjustment refuses: then the proposal stays open.
    """
    proposal = books.proposals.get(proposal_id)
    if proposal is None or proposal.member_id != header.member_id:
        raise unknown_proposal(proposal_id)
    approved = proposal.approved(approver, books.now, header.reason, header.bill_id)
    (draft,) = decide_adjustment(books, header, adjustment)
    draft.posting.proposals[proposal_id] = approved
    return [draft]


def unknown_proposal(proposal_id: str) -> NotFound:
    """The refusal for a proposal that nobody made."""
    return NotFound("UNKNOWN_PROPOSAL", f"no proposal {proposal_id}", {"proposal_id": proposal_id})


def _add(posting: Posting, programme: Programme, adjustment: Adjustment) -> None:
    last_day = adjustment.expiry_date
    if last_day is None:
        last_day = expiry_date(programme.earning.expiry, posting.business_date)
    elif last_day < posting.business_date:
        raise PreconditionFailed(
            "EXPIRY_IN_PAST",
            "the points would have expired before they are there",
            {"expiry_date": str(last_day), "business_date": str(posting.business_date)},
        )
    posting.earn_points(
        adjustment.points,
        rule_version=f"{RULE_ID}@{programme.version}",
        expiry_date=last_day,
    )


def _take(posting: Posting, points: int, *, allow_debt: bool) -> None:
    posting.wallet.require_usable()
    there = points
    if allow_debt:
        there = min(points, sum(part.amount for part in posting.available(Asset.POINTS)))
    if there:
        posting.take(Asset.POINTS, there, to=POINTS_ISSUED)
    if points > there:
        posting.owe_points(points - there)
