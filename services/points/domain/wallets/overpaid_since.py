"""Points of a merged member that paid what the other member had been forgiven go back. Pure.

Points that come back pay what the wallet was forgiven, whichever of the two it was: with one wallet
there is one count. When the two are two again, what they paid beyond the member's own part is the
member's: in lots that its goods and gifts had taken points from; and the other one's count has it
again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from pricing.earning import Tally
from services.points.domain.assets import POINTS_REDEEMED, POINTS_WRITTEN_OFF, WALLET
from services.points.domain.books import Original
from services.points.domain.lot import Lot, LotKey
from services.points.domain.posting import Posting
from services.points.domain.returns.forgiven import FORGIVEN, forgiven_points
from services.points.domain.wallets.member_move import MemberMove
from services.points.domain.wallets.returns_since import ReturnsSince


def spent_on(originals: Iterable[Original]) -> list[tuple[Lot, int]]:
    """The lots that bills took points of, less what came back into them."""
    lots: dict[LotKey, Lot] = {}
    units = Counter[LotKey]()
    for original in originals:
        for each in original.transfers:
            if each.lot is not None and each.credit_account == POINTS_REDEEMED:
                lots.setdefault(each.lot, original.lots[each.lot])
                units[each.lot] += each.amount
        for each in original.later_transfers:
            accounts = (each.debit_account, each.credit_account)
            if each.lot is not None and accounts == (POINTS_REDEEMED, WALLET):
                units[each.lot] -= each.amount
    return [(lots[key], units[key]) for key in lots if units[key] > 0]


def parts_refilled(
    since: ReturnsSince,
    points: int,
    giver: Posting,
    held: Mapping[LotKey, int],
    going: Mapping[LotKey, int],
) -> dict[LotKey, int]:
    """What undoings of merges between the heirs have given the other member of so many points.

    By lot, as far as the posting has left it there beside what is `going` back anyway: what it has
    paid with has been given to the member, and to the other one for it.
    """
    parts: dict[LotKey, int] = {}
    for key in sorted(since.refilled):
        lot = giver.lots.get(key) or giver.wallet.lots.get(key)
        there = lot.remaining - held.get(key, 0) - going.get(key, 0) if lot else 0
        part = min(points, since.refilled[key], there)
        if part > 0:
            parts[key] = part
            points -= part
    return parts


def parts_given(
    move: MemberMove,
    points: int,
    spent: Iterable[tuple[Lot, int]],
    going: Mapping[LotKey, int],
) -> dict[LotKey, int]:
    """Puts the member's points into lots of which parts are `going` back; how many, by lot.

    They go with those, as one part: the lot may be new to the member, and no bill adds a lot and
    changes it.
    """
    parts: dict[LotKey, int] = {}
    for lot, most in spent:
        part = min(points, most)
        if part > 0 and going.get(lot.key):
            move.giver.put_into(lot, part, POINTS_WRITTEN_OFF)
            parts[lot.key] = part
            points -= part
    return parts


def give_overpaid(
    move: MemberMove,
    points: int,
    spent: Iterable[tuple[Lot, int]],
    given: Mapping[LotKey, int],
) -> None:
    """Gives the member points back and counts them as forgiven to the other one again.

    Some may have been `given` already (`parts_given`).
    """
    giver, there = move.giver, sum(given.values())
    left = points - there
    for lot, most in spent:
        part = min(left, most)
        if part > 0 and lot.key not in given:
            move.taker.put_into(lot, part, POINTS_WRITTEN_OFF)
            there, left = there + part, left - part
    if there:
        giver.counters[FORGIVEN] = Tally(forgiven_points(giver) + there)
