"""Gifts handed back (退还礼品): points and money go back to where they came from. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from chassis.errors import Invalid, PreconditionFailed, Unavailable
from pricing.earning import Tally
from services.points.domain.assets import (
    POINTS_REDEEMED,
    REVENUE,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books, Original
from services.points.domain.draft import Draft, SaleAllocation, Source, receipt_of
from services.points.domain.header import Header
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting
from services.points.domain.returns.forgiven import forgiven_points, pay_forgiven
from services.points.domain.returns.giving_back import give_back
from services.points.domain.rewards.gift import Gift
from services.points.domain.rewards.gift_redemption import (
    GiftLine,
    GiftRedemption,
    check_lines,
    gift_counter,
)
from services.points.domain.transfer import Transfer
from services.points.domain.wallets.remembered import freed

Place = TypeVar("Place")


class GiftReturn(NamedTuple):
    """What is asked for. Without lines: every piece that has not come back yet."""

    redemption_bill_id: str
    lines: tuple[GiftLine, ...]


class HandedOut(NamedTuple):
    """The redemption as its bill keeps it, and for whom it was asked; bills never change."""

    redemption: GiftRedemption
    member_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftReturnDraft(Draft):
    """The bill of a return, with what came back."""

    gifts: tuple[tuple[Gift, int], ...]  # with pieces


def check_gift_return(request: GiftReturn, *, whole: bool) -> None:
    """Invalid NOTHING_TO_RETURN unless the request asks in one way; bad lines as in redemptions."""
    if whole == bool(request.lines):
        raise Invalid("NOTHING_TO_RETURN", "give either lines or whole", {"field": "lines"})
    check_lines(request.lines)


def decide_gift_return(
    books: Books,
    header: Header,
    request: GiftReturn,
    handed_out: HandedOut,
    earlier: Sequence[tuple[GiftLine, ...]],
) -> list[GiftReturnDraft]:
    """Each piece gives back what it cost, so that any parts in any order end like the whole.

    `earlier` are the lines of the returns so far. What was spent last comes back first, points to
    their lots and money to the kinds that paid; limits have room again for what came back. Points
    pay first what returns of sales wrote off. The bill tells of each lot what came back.
    NotFound UNKNOWN_BILL; PreconditionFailed WRONG_BILL_KIND, MEMBER_MISMATCH,
    BEFORE_ORIGINAL, RETURN_EXCEEDS_REDEMPTION, NOTHING_TO_RETURN; Invalid UNKNOWN_LINE;
    Unavailable PROGRAMME_NOT_READ. A frozen wallet takes value back all the same.
    """
    original = books.original(request.redemption_bill_id, BillKind.GIFT_REDEMPTION)
    posting = header.posting(books, BillKind.GIFT_RETURN, member_id=original.bill.member_id)
    _check_header(header, original, {handed_out.member_id, posting.wallet.member_id})
    gifts = _gifts(books, original, handed_out.redemption)
    had = {line.gift_id: line.pieces for line in handed_out.redemption.lines}
    before = returned_pieces(had, earlier)
    after = _returned_after(request, had, before)
    programme = books.programmes.at(header.occurred_at)
    points = _spent_on_gifts(original.transfers)
    start, end = (_cost(gifts, pieces) for pieces in (before, after))
    points_back = window(points, start.points, end.points)
    for key, amount in points_back:
        lot = posting.wallet.lots.get(key) or original.lots[key]
        pays = min(amount, forgiven_points(posting))
        pay_forgiven(posting, pays)
        if amount > pays:
            give_back(posting, programme, lot, amount - pays)
    paid = list(handed_out.redemption.money_fen.items())
    refunds = tuple(window(paid, start.money_fen, end.money_fen))
    for kind, amount_fen in refunds:
        posting.money(REVENUE, tender_account(kind), amount_fen)
    back = tuple(
        (gifts[gift_id], pieces - before[gift_id])
        for gift_id, pieces in after.items()
        if pieces > before[gift_id]
    )
    for gift, pieces in back:
        _free(posting, gift, pieces)
    return [
        GiftReturnDraft(
            posting,
            receipt_of(posting, refunds=refunds),
            total_fen=sum(amount_fen for _, amount_fen in refunds),
            programme_version=programme.version,
            register_id=header.register_id,
            staff_id=header.staff_id,
            reason=header.reason,
            original_bill_id=request.redemption_bill_id,
            allocation=_allocation(points_back),
            gifts=back,
        )
    ]


def _check_header(header: Header, original: Original, members: set[str]) -> None:
    if header.member_id not in {*members, original.bill.member_id}:
        raise PreconditionFailed(
            "MEMBER_MISMATCH",
            "the gifts were not handed out to that member",
            {"member_id": header.member_id, "bill_id": original.bill.bill_id},
        )
    header.require_not_before(original.bill.business_date)


def _gifts(books: Books, original: Original, redemption: GiftRedemption) -> Mapping[str, Gift]:
    """The gifts as they cost when they were handed out."""
    version = original.bill.programme_version
    try:
        offered = books.programmes.version(version).gifts
        return {line.gift_id: offered[line.gift_id] for line in redemption.lines}
    except KeyError as error:
        raise Unavailable(
            "PROGRAMME_NOT_READ",
            "the version of the programme is not known here yet; send it again",
            {"version": version},
        ) from error


def returned_pieces(
    had: Mapping[str, int], earlier: Iterable[tuple[GiftLine, ...]]
) -> Mapping[str, int]:
    """Pieces of each gift that are back; a return without lines took all that was left."""
    pieces = dict.fromkeys(had, 0)
    for lines in earlier:
        if not lines:
            return had
        for line in lines:
            pieces[line.gift_id] += line.pieces
    return pieces


def _returned_after(
    request: GiftReturn, had: Mapping[str, int], before: Mapping[str, int]
) -> Mapping[str, int]:
    if before == had:
        raise PreconditionFailed(
            "NOTHING_TO_RETURN",
            "everything is back already",
            {"bill_id": request.redemption_bill_id},
        )
    if not request.lines:
        return had
    after = dict(before)
    for gift_id, pieces in request.lines:
        if gift_id not in had:
            raise Invalid("UNKNOWN_LINE", "the redemption has no such gift", {"gift_id": gift_id})
        after[gift_id] += pieces
        if after[gift_id] > had[gift_id]:
            raise PreconditionFailed(
                "RETURN_EXCEEDS_REDEMPTION",
                "more pieces would be back than were handed out",
                {
                    "gift_id": gift_id,
                    "pieces": had[gift_id],
                    "returned": before[gift_id],
                    "asked": pieces,
                },
            )
    return after


class _Cost(NamedTuple):
    points: int
    money_fen: int


def _cost(gifts: Mapping[str, Gift], pieces: Mapping[str, int]) -> _Cost:
    return _Cost(
        sum(gifts[gift_id].points * count for gift_id, count in pieces.items()),
        sum(gifts[gift_id].money_fen * count for gift_id, count in pieces.items()),
    )


def _spent_on_gifts(transfers: Iterable[Transfer]) -> list[tuple[LotKey, int]]:
    """The lots that a redemption took points of, in its order."""
    return [
        (each.lot, each.amount)
        for each in transfers
        if each.lot is not None and each.credit_account == POINTS_REDEEMED
    ]


def window(parts: Sequence[tuple[Place, int]], start: int, end: int) -> list[tuple[Place, int]]:
    """What lies from `start` to `end` of the parts, counted from the last one."""
    found = []
    for place, amount in reversed(parts):
        part = min(end, amount) - max(start, 0)
        if part > 0:
            found.append((place, part))
        start, end = start - amount, end - amount
    return found


def _allocation(points: Sequence[tuple[LotKey, int]]) -> SaleAllocation:
    """Which points are back, whatever became of them: that depends on what came back before."""
    sources = [Source("", 0, Asset.POINTS, amount, key) for key, amount in points]
    return SaleAllocation(tuple(sources), (), None)


def _free(posting: Posting, gift: Gift, pieces: int) -> None:
    key = gift_counter(gift.gift_id)
    posting.counters[key] = freed(posting.wallet.counters.get(key, Tally()), pieces)
