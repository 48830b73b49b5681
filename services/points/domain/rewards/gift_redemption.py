"""Points exchanged for gifts (礼品兑换), and how that becomes bookings. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chassis.errors import Invalid, NotFound, PreconditionFailed
from pricing.earning import CounterKey, Tally
from services.points.domain.assets import REVENUE, Asset, BillKind, tender_account
from services.points.domain.books import Books
from services.points.domain.draft import Draft, receipt_of
from services.points.domain.header import Header
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme
from services.points.domain.rewards.gift import Gift
from services.points.domain.sales.sale import unknown_tender

LINES_MAX = 50
PIECES_MAX = 1_000
# The period of the counters of pieces, beside those of capped rules: it never ends.
ALWAYS = "always"


class GiftLine(NamedTuple):
    """So many pieces of a gift."""

    gift_id: str
    pieces: int


@dataclass(frozen=True, slots=True)
class GiftRedemption:
    """What is asked for: `points` and `money_fen` by kind are what the member was told.

    Without a `hold_id` the points come from the lots in spending order.
    """

    lines: tuple[GiftLine, ...]
    points: int
    hold_id: str
    money_fen: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftDraft(Draft):
    """The bill of a redemption, with what is handed out."""

    gifts: tuple[tuple[Gift, int], ...]  # with pieces


def check_redemption(redemption: GiftRedemption) -> None:
    """Invalid EMPTY_REDEMPTION, TOO_MANY_LINES, INVALID_QUANTITY, DUPLICATE_GIFT."""
    if not redemption.lines:
        raise Invalid("EMPTY_REDEMPTION", "at least one gift is needed", {"field": "lines"})
    check_lines(redemption.lines)


def check_lines(lines: Sequence[GiftLine]) -> None:
    """Invalid TOO_MANY_LINES, INVALID_QUANTITY, DUPLICATE_GIFT."""
    if len(lines) > LINES_MAX:
        raise Invalid("TOO_MANY_LINES", f"a redemption has at most {LINES_MAX} lines")
    for line in lines:
        if not 1 <= line.pieces <= PIECES_MAX:
            raise Invalid(
                "INVALID_QUANTITY",
                f"pieces must be 1 to {PIECES_MAX}",
                {"field": "pieces", "gift_id": line.gift_id, "value": line.pieces},
            )
    gift_ids = [line.gift_id for line in lines]
    if len(set(gift_ids)) < len(gift_ids):
        raise Invalid("DUPLICATE_GIFT", "no gift may come twice", {"field": "lines"})


def decide_redemption(
    books: Books, header: Header, redemption: GiftRedemption, tender_kinds: Collection[str]
) -> list[GiftDraft]:
    """Points out of the wallet, money from the tills to revenue.

    NotFound UNKNOWN_GIFT; PreconditionFailed WALLET_FROZEN, GIFT_NOT_IN_STORE, GIFT_NOT_OFFERED,
    GIFT_LIMIT_EXCEEDED, GIFT_PRICE_CHANGED, INSUFFICIENT_POINTS, or what a hold says; Invalid
    UNKNOWN_TENDER. Prices are those of the programme in force when it happened.
    """
    programme = books.programmes.at(header.occurred_at)
    posting = header.posting(books, BillKind.GIFT_REDEMPTION)
    posting.wallet.require_usable()
    gifts = [(_offered(programme, header, line), line.pieces) for line in redemption.lines]
    _check_price(gifts, redemption)
    for gift, pieces in gifts:
        _count(posting, gift, pieces)
    for kind, amount_fen in redemption.money_fen.items():
        if kind not in tender_kinds:
            raise unknown_tender(kind, tender_kinds)
        posting.money(tender_account(kind), REVENUE, amount_fen)
    if redemption.hold_id:
        hold = posting.wallet.hold(redemption.hold_id, Asset.POINTS)
        posting.take_held(hold, redemption.points)
        posting.release_hold(redemption.hold_id)
    else:
        posting.take(Asset.POINTS, redemption.points)
    return [
        GiftDraft(
            posting,
            receipt_of(posting),
            total_fen=sum(redemption.money_fen.values()),
            programme_version=programme.version,
            register_id=header.register_id,
            staff_id=header.staff_id,
            reason=header.reason,
            gifts=tuple(gifts),
        )
    ]


def _offered(programme: Programme, header: Header, line: GiftLine) -> Gift:
    gift = programme.gifts.get(line.gift_id)
    told = {"gift_id": line.gift_id}
    if gift is None:
        raise NotFound("UNKNOWN_GIFT", f"the programme has no gift {line.gift_id}", told)
    if not gift.is_in_store(header.store_id):
        raise PreconditionFailed(
            "GIFT_NOT_IN_STORE",
            "the gift is not handed out in this store",
            told | {"store_id": header.store_id},
        )
    if not gift.is_offered(header.business_date):
        raise PreconditionFailed(
            "GIFT_NOT_OFFERED",
            "the gift is not given on this day",
            told | {"business_date": str(header.business_date)},
        )
    return gift


def _check_price(gifts: Sequence[tuple[Gift, int]], redemption: GiftRedemption) -> None:
    """The member was told other points or money: nothing may be taken that nobody agreed to."""
    points = sum(gift.points * pieces for gift, pieces in gifts)
    money_fen = sum(gift.money_fen * pieces for gift, pieces in gifts)
    paid_fen = sum(redemption.money_fen.values())
    if (points, money_fen) != (redemption.points, paid_fen):
        raise PreconditionFailed(
            "GIFT_PRICE_CHANGED",
            f"the gifts cost {points} points and {money_fen} fen",
            {
                "points": points,
                "money_fen": money_fen,
                "given_points": redemption.points,
                "given_fen": paid_fen,
            },
        )


def gift_counter(gift_id: str) -> CounterKey:
    """By what the pieces of a gift are counted that a member got."""
    return CounterKey(f"gift:{gift_id}", ALWAYS)


def _count(posting: Posting, gift: Gift, pieces: int) -> None:
    """Counts the pieces also where there is no limit: a later version may set one."""
    key = gift_counter(gift.gift_id)
    before = posting.wallet.counters.get(key, Tally()).weight
    if gift.limit_per_member and before + pieces > gift.limit_per_member:
        raise PreconditionFailed(
            "GIFT_LIMIT_EXCEEDED",
            f"a member gets at most {gift.limit_per_member} pieces",
            {
                "gift_id": gift.gift_id,
                "limit_per_member": gift.limit_per_member,
                "had": before,
                "asked": pieces,
            },
        )
    posting.counters[key] = Tally(before + pieces)
