"""Giving points to another member of the household (积分转赠). Pure."""

from dataclasses import replace

from chassis.errors import PreconditionFailed
from pricing.earning import CounterKey, Tally
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.header import Header
from services.points.domain.limits import ledger_day
from services.points.domain.programme import HouseholdTransfer
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.member_move import MemberMove, require_unmerged

# Counts beside the caps of earning; no rule of earning can have this name.
GIVEN = "household:given"


def decide_points_transfer(
    books: Books, header: Header, to_member_id: str, household_id: str, points: int
) -> list[Draft]:
    """Moves points lot by lot to another member of the same household; each keeps its last day.

    PreconditionFailed PROGRAMME_FORBIDS where the programme has no such rule, MEMBER_MERGED,
    NOT_IN_HOUSEHOLD, WALLET_FROZEN, POINTS_OWED, POINTS_BELOW_MINIMUM, DAY_LIMIT_EXCEEDED,
    INSUFFICIENT_POINTS. Who owes points cannot give any away: a debt would be left behind.
    The day is the ledger's, and a limit that was lowered since the stated time holds: whoever asks
    must not choose them.
    """
    rule = books.programmes.at(header.occurred_at).household_transfer
    if rule is None:
        raise PreconditionFailed(
            "PROGRAMME_FORBIDS", "the programme does not let members give points to each other"
        )
    giver, taker = books.wallets[header.member_id], books.wallets[to_member_id]
    require_unmerged(giver, taker)
    for wallet in (giver, taker):
        if wallet.household_id != household_id:
            raise PreconditionFailed(
                "NOT_IN_HOUSEHOLD",
                "the member does not belong to the household",
                {"member_id": wallet.member_id, "household_id": household_id},
            )
    giver.require_usable()
    if giver.debt_points:
        raise PreconditionFailed(
            "POINTS_OWED",
            "the member owes points",
            {"member_id": giver.member_id, "debt_points": giver.debt_points},
        )
    move = MemberMove(books, header, BillKind.POINTS_TRANSFER, giver=giver, taker=taker)
    key = CounterKey(GIVEN, ledger_day(books.now).isoformat())
    today = books.programmes.at(books.now).household_transfer or rule
    rule = replace(rule, day_points_max=min(rule.day_points_max, today.day_points_max))
    move.giver.counters[key] = Tally(_given_after(rule, giver, key, points))
    move.points(points)
    return move.drafts()


def _given_after(rule: HouseholdTransfer, giver: Wallet, key: CounterKey, points: int) -> int:
    """What the member will have given today."""
    if points < rule.points_min:
        raise PreconditionFailed(
            "POINTS_BELOW_MINIMUM",
            f"at least {rule.points_min} points can be given at once",
            {"points": points, "points_min": rule.points_min},
        )
    given = giver.counters.get(key, Tally()).weight
    if given + points > rule.day_points_max:
        raise PreconditionFailed(
            "DAY_LIMIT_EXCEEDED",
            f"at most {rule.day_points_max} points can be given on a day",
            {"points": points, "given": given, "day_points_max": rule.day_points_max},
        )
    return given + points
