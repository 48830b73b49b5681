"""Taking one member into another (会员合并): everything moves, and later bills go there. Pure."""

from math import lcm

from pricing.earning import Carry, Tally, expiry_date
from services.points.domain.assets import BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.header import Header
from services.points.domain.stored_value.stored_balance import stored_balance_fen
from services.points.domain.wallets.member_move import (
    MemberMove,
    require_no_holds,
    require_unmerged,
)

# A common denominator beyond this cannot be stored; the smaller fraction is then rounded down, and
# a tally up.
_DENOMINATOR_MAX = 2**62


def decide_merge(books: Books, header: Header, into_member_id: str) -> list[Draft]:
    """Moves everything of the header's member to another, who answers for it from now on.

    Lots keep their keys, a debt stays a debt (the next earning settles it), fractions of a point
    are added. PreconditionFailed MEMBER_MERGED when either was merged before: so merges form no
    circle. WALLET_FROZEN, HOLDS_OPEN and TOO_MANY_LOTS concern the member that goes; a frozen
    wallet may receive. The legal limit of a card is no reason to refuse: nothing is sold; nor are
    two kinds of card: what arrives beside value is of that value's kind from now on, and what
    arrives alone brings its own.
    """
    giver, taker = books.wallets[header.member_id], books.wallets[into_member_id]
    require_unmerged(giver, taker)
    giver.require_usable()
    require_no_holds(giver, books.now)
    move = MemberMove(books, header, BillKind.MERGE, giver=giver, taker=taker)
    move.every_lot(giver.lots.values())
    move.debt(giver.debt_points)
    move.purchases(giver.sale_count)
    points, carry = add_carries(giver.carry, taker.carry)
    move.carry(giver.carry, left=Carry(), arrived=carry)
    for key, tally in giver.counters.items():
        if tally.weight:
            # The giver's stays as it is, to say what an undoing has to take out again.
            there = taker.counters.get(key, Tally())
            move.tally(key, left=tally, arrived=add_tallies(tally, there))
    if points:
        # Both fractions together make a whole point: floored once, as over one member's sales.
        programme = books.programmes.at(header.occurred_at)
        move.make_points(
            points,
            rule_version=f"carry@{programme.version}",
            expiry_date=expiry_date(programme.earning.expiry, header.business_date),
        )
    had_fen, has_fen = (stored_balance_fen(each, header.business_date) for each in (giver, taker))
    if had_fen and not has_fen:
        # Also when nobody has named it: what was paid in for the taker's is gone.
        move.taker.card_type = giver.card_type
    move.giver.merged_into = taker.member_id
    return move.drafts()


def add_carries(one: Carry, other: Carry) -> tuple[int, Carry]:
    """Two fractions of a point together: whole points, and what is left over."""
    numerator_one, numerator_other, denominator = _on_common_ground(one, other)
    points, rest = divmod(numerator_one + numerator_other, denominator)
    return points, Carry(rest, denominator)


def add_tallies(one: Tally, other: Tally) -> Tally:
    """What capped rules have given two members who become one: no cap gets room by a merge."""
    denominator = lcm(one.denominator, other.denominator)
    if _too_large(denominator, one, other):
        denominator = min(one.denominator, other.denominator)
    return Tally(one.at(denominator).weight + other.at(denominator).weight, denominator)


def subtract_tally(all_of_it: Tally, part: Tally) -> tuple[Tally, Tally]:
    """What is left of a tally without a part, and the part: all there is when that is less.

    Both together are never less than all of it, so no cap gets room by undoing a merge either.
    """
    denominator = lcm(all_of_it.denominator, part.denominator)
    if _too_large(denominator, all_of_it, part):
        denominator = all_of_it.denominator
    rest = all_of_it.at(denominator).weight - part.weight * denominator // part.denominator
    if rest < 0:
        return Tally(0, all_of_it.denominator), all_of_it
    return Tally(rest, denominator), part


def _too_large(denominator: int, *tallies: Tally) -> bool:
    weights = (tally.at(denominator).weight for tally in tallies)
    return max(denominator, *weights) > _DENOMINATOR_MAX


def subtract_carry(all_of_it: Carry, part: Carry, *, points: int = 0) -> Carry | None:
    """What is left of a fraction and `points` without a part; None when the part is larger."""
    numerator, numerator_part, denominator = _on_common_ground(all_of_it, part)
    rest = numerator + points * denominator - numerator_part
    return Carry(rest, denominator) if 0 <= rest < denominator else None


def _on_common_ground(one: Carry, other: Carry) -> tuple[int, int, int]:
    """Both numerators over one denominator; a fraction of nothing has no say in it."""
    if not one.numerator:
        return 0, other.numerator, other.denominator
    if not other.numerator:
        return one.numerator, 0, one.denominator
    denominator = lcm(one.denominator, other.denominator)
    if denominator > _DENOMINATOR_MAX:
        denominator = max(one.denominator, other.denominator)
    return one.at(denominator).numerator, other.at(denominator).numerator, denominator
