"""Undoing a merge (撤销合并): what is left of what it moved goes back. Pure."""

from chassis.errors import PreconditionFailed
from pricing.earning import Carry, Tally
from services.points.domain.assets import POINTS_ISSUED, WALLET, Asset, BillKind
from services.points.domain.books import Books, Draft, Original
from services.points.domain.header import Header
from services.points.domain.lot import Lot, LotKey
from services.points.domain.member_move import MemberMove, counterpart_id, require_unmerged
from services.points.domain.merge import subtract_carry, subtract_tally
from services.points.domain.moved import Moved
from services.points.domain.wallet import Wallet


def decide_merge_reversal(
    books: Books, header: Header, merge_bill_id: str, merged: Moved
) -> list[Draft]:
    """Gives the header's member back what its merge moved and what has not been spent since.

    `merged` is what the merge's receipt says. What was spent meanwhile stays spent, what is on
    hold stays on hold, and what was earned meanwhile stays where it was earned; the receipt tells
    what did not come back. NotFound UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND,
    WRONG_MEMBER, BEFORE_ORIGINAL, ALREADY_UNDONE, WALLET_FROZEN, and MEMBER_MERGED when the other
    one has been merged in turn: that merge is to be undone first.
    """
    merge = books.original(merge_bill_id, BillKind.MERGE)
    if merge.bill.member_id != header.member_id or merge.bill.original_bill_id is not None:
        raise PreconditionFailed(
            "WRONG_MEMBER",
            "the bill is not the one of the member that was merged",
            {"bill_id": merge_bill_id, "member_id": header.member_id},
        )
    header.require_not_before(merge.bill.business_date)
    arrival = books.original(counterpart_id(merge_bill_id), BillKind.MERGE)
    back = books.wallets[header.member_id]
    undone = any(bill.kind is BillKind.MERGE_REVERSAL for bill in merge.later)
    if undone or back.merged_into != arrival.bill.member_id:
        raise PreconditionFailed(
            "ALREADY_UNDONE", "the merge was undone before", {"bill_id": merge_bill_id}
        )
    giver = books.wallets[arrival.bill.member_id]
    require_unmerged(giver)
    giver.require_usable()
    move = MemberMove(books, header, BillKind.MERGE_REVERSAL, giver=giver, taker=back)
    held = giver.held(books.now)
    for key, amount in _moved_lots(merge):
        lot = giver.lots.get(key)
        part = _part_back(lot, amount, held.get(key, 0), arrival.bill.bill_id) if lot else 0
        if lot and part:
            move.part_back(lot, part)
    move.debt(min(merged.debt_points, giver.debt_points))
    move.purchases(merged.purchases)
    _carry_back(move, arrival, giver, held, merged.carry)
    if merged.tallies:  # before merges moved them there is nothing to be taken out again
        _tallies_back(move, giver, back)
    move.taker.merged_into = None
    return move.drafts(stayed=merged.minus(move.moved), original_bill_id=merge_bill_id)


def _moved_lots(merge: Original) -> list[tuple[LotKey, int]]:
    return [
        (each.lot, each.amount)
        for each in merge.transfers
        if each.lot is not None and each.debit_account == WALLET
    ]


def _part_back(lot: Lot, amount: int, held: int, merge_bill_id: str) -> int:
    """How much of a lot goes back.

    A lot that came by the merge goes back with all that is left, what returns put there included;
    of one of which the other member had a part before, no more than came. A pass is never in two
    wallets: one of which a part is on hold stays as a whole.
    """
    free = max(0, lot.remaining - held)
    if lot.asset is Asset.PASS:
        return 0 if held else free
    return free if lot.moved_by == merge_bill_id else min(free, amount)


def _tallies_back(move: MemberMove, giver: Wallet, back: Wallet) -> None:
    """Takes out what the merge added, as far as returns have not freed it meanwhile.

    The member's own counts still say how much that was: nobody counts for who was merged.
    """
    for key, brought in back.counters.items():
        if brought.weight:
            rest, part = subtract_tally(giver.counters.get(key, Tally()), brought)
            move.tally(key, left=rest, arrived=part)


def _carry_back(
    move: MemberMove, arrival: Original, giver: Wallet, held: dict[LotKey, int], wanted: Carry
) -> None:
    """Gives the fraction of a point back, as far as it is there.

    When both fractions had made a whole point, that point is broken up again, unless it is spent.
    """
    rest = subtract_carry(giver.carry, wanted)
    if rest is not None:
        move.carry(wanted, left=rest, arrived=wanted)
        return
    whole = next(
        (each.lot for each in arrival.transfers if each.debit_account == POINTS_ISSUED), None
    )
    lot = giver.lots.get(whole) if whole else None
    rest = subtract_carry(giver.carry, wanted, points=1)
    if lot is not None and lot.remaining > held.get(lot.key, 0) and rest is not None:
        move.giver.take_from(lot, 1, POINTS_ISSUED)
        move.carry(wanted, left=rest, arrived=wanted)
    else:
        move.carry(giver.carry, left=Carry(), arrived=giver.carry)
