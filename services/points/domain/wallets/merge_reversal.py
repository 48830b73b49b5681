"""Undoing a merge (撤销合并): what is left of what it moved goes back. Pure."""

from collections import Counter
from collections.abc import Container, Mapping

from chassis.errors import PreconditionFailed
from pricing.earning import Carry, CounterKey, Tally
from services.points.domain.assets import POINTS_ISSUED, WALLET, Asset, BillKind
from services.points.domain.books import Books, Original
from services.points.domain.draft import Draft
from services.points.domain.header import Header
from services.points.domain.lot import Lot, LotKey
from services.points.domain.stored_value.stored_balance import is_held
from services.points.domain.stored_value.wallet_kind import keep_kind_of_rest, take_kind_of_value
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.member_move import MemberMove, counterpart_id, require_unmerged
from services.points.domain.wallets.merge import subtract_carry, subtract_tally
from services.points.domain.wallets.moved import Moved
from services.points.domain.wallets.overpaid_since import (
    give_overpaid,
    parts_given,
    parts_refilled,
)
from services.points.domain.wallets.owed_since import Owing
from services.points.domain.wallets.remembered import NOTHING_BACK, CameBack, Remembered
from services.points.domain.wallets.returns_since import NONE_SINCE


def decide_merge_reversal(
    books: Books,
    header: Header,
    merge_bill_id: str,
    merged: Moved,
    came_back: CameBack = NOTHING_BACK,
) -> list[Draft]:
    """Gives the header's member back what its merge moved and returns gave back for it since.

    `merged` is what the merge's receipt says, `came_back` what came back since of the member's own
    goods and gifts: that is taken from the member's counts and fraction. What these returns took
    beyond the member's own is the member's to pay or to owe (`owed_since.py`), and what they paid
    beyond it the member gets (`overpaid_since.py`). What was spent meanwhile stays spent, what is
    on hold stays on hold, and what was earned meanwhile stays where it was earned; the receipt
    tells what did not come back.
    NotFound UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND, WRONG_MEMBER, BEFORE_ORIGINAL,
    ALREADY_UNDONE, WALLET_FROZEN, and MEMBER_MERGED when the other one has been merged in turn:
    that merge is to be undone first.
    """
    merge, arrival = _undoable(books, header, merge_bill_id)
    giver, back = books.wallets[arrival.bill.member_id], books.wallets[header.member_id]
    move = MemberMove(books, header, BillKind.MERGE_REVERSAL, giver=giver, taker=back)
    held = giver.held(books.now)
    moved = _moved_lots(merge)
    since = books.returns_since.get(merge_bill_id) or NONE_SINCE
    returned = since.units
    given: dict[Asset, int] = {}
    parts: dict[LotKey, int] = {}
    for key in sorted({*moved, *returned}):
        lot = giver.lots.get(key)
        if lot is not None:
            given[lot.asset] = given.get(lot.asset, 0) + max(0, returned[key])
            parts[key] = _part_back(lot, moved[key], returned[key], held.get(key, 0))
    # Before merges moved counts there is nothing to be taken out again.
    brought = back.counters if merged.tallies else {}
    own = Remembered(brought, merged.carry).without(came_back)
    owing = Owing(books, move, since, moved, shared=max(0, since.clawed - own.clawed))
    own = own.also_forgiven(owing.forgiven)
    going = owing.pay_lots_back(parts)
    refilled = parts_refilled(since, own.overpaid, move.giver, held, going)
    going = Counter(going) + Counter(refilled)
    overpaid = own.overpaid - sum(since.refilled.values())
    beside = parts_given(move, overpaid, came_back.spent, going)
    going += Counter(beside)
    given[Asset.POINTS] = given.get(Asset.POINTS, 0) + sum((*refilled.values(), *beside.values()))
    for key in sorted(going):
        move.part(giver.lots[key], going[key])
    debt_points = max(0, merged.debt_points + since.owed)
    move.debt(owing.debt(debt_points))
    move.purchases(merged.purchases)
    _carry_back(move, arrival, giver, held, own)
    _tallies_back(move, giver, brought, own.counters)
    give_overpaid(move, overpaid, came_back.spent, beside)
    owing.owe_the_rest()
    _part_kinds(move, moved, books.card_types)
    move.taker.merged_into = None
    wanted = merged.plus(given)._replace(debt_points=debt_points)
    return move.drafts(stayed=wanted.minus(move.moved), original_bill_id=merge_bill_id)


def _undoable(books: Books, header: Header, merge_bill_id: str) -> tuple[Original, Original]:
    """Both bills of the merge, which stands and is the header's member's."""
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
    return merge, arrival


def _part_kinds(move: MemberMove, moved: Container[LotKey], card_types: Mapping[str, str]) -> None:
    """Gives both wallets the kind of card that their value is of, once it is parted."""
    back, day = move.taker, move.taker.business_date
    came = {each.lot for each in back.transfers if each.credit_account == WALLET}
    there = move.giver.wallet.lots
    if not any(key in moved and is_held(there[key], day) for key in came if key in there):
        # Otherwise the member has the kind of what it had; this is of goods that came back since.
        take_kind_of_value(back, card_types)
    keep_kind_of_rest(move.giver, card_types)


def _moved_lots(merge: Original) -> Counter[LotKey]:
    moved = Counter[LotKey]()
    for each in merge.transfers:
        if each.lot is not None and each.debit_account == WALLET:
            moved[each.lot] += each.amount
    return moved


def _part_back(lot: Lot, moved: int, returned: int, held: int) -> int:
    """How much of a lot goes back.

    As much as the merge moved and returns gave back since for the member that was merged, less
    what these took, as far as it is there; the rest is the other member's own. A pass is never in
    two wallets: it goes back whole when the merge moved it, or when all that is left of it was
    given back since; and one of which a part is on hold stays whole.
    """
    free = max(0, lot.remaining - held)
    if lot.asset is Asset.PASS:
        return free if not held and (moved or free <= returned) else 0
    return min(free, max(0, moved + returned))


def _tallies_back(
    move: MemberMove,
    giver: Wallet,
    brought: Mapping[CounterKey, Tally],
    own: Mapping[CounterKey, Tally],
) -> None:
    """Takes out what the merge added, less what came back of it meanwhile.

    The member's own counts still say how much that was: nobody counts for who was merged.
    """
    for key, tally in own.items():
        if tally.weight or brought.get(key, tally).weight:
            rest, part = subtract_tally(giver.counters.get(key, Tally()), tally)
            move.tally(key, left=rest, arrived=part)


def _carry_back(
    move: MemberMove, arrival: Original, giver: Wallet, held: dict[LotKey, int], own: Remembered
) -> None:
    """Gives the fraction of a point back, as far as it is there.

    When both fractions had made a whole point, that point is broken up again, unless it is spent.
    """
    wanted = own.carry
    rest = subtract_carry(giver.carry, wanted)
    if rest is not None:
        move.carry(wanted, left=rest, arrived=wanted)
        return
    whole = next(
        (each.lot for each in arrival.transfers if each.debit_account == POINTS_ISSUED), None
    )
    lot = move.giver.lots.get(whole) or giver.lots.get(whole) if whole else None
    rest = subtract_carry(giver.carry, wanted, points=1)
    if lot is not None and lot.remaining > held.get(lot.key, 0) and rest is not None:
        move.giver.take_from(lot, 1, POINTS_ISSUED)
        move.carry(wanted, left=rest, arrived=wanted)
    elif own.carry_short:
        move.carry(Carry(), left=giver.carry, arrived=Carry())  # what is there is the other one's
    else:
        move.carry(giver.carry, left=Carry(), arrived=giver.carry)
