"""Moving what is on one member's card to another member's (转卡). Pure."""

from chassis.errors import PreconditionFailed
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.draft import Draft
from services.points.domain.header import Header
from services.points.domain.stored_value.prepaid_law import limits_on
from services.points.domain.stored_value.stored_balance import stored_balance_fen
from services.points.domain.stored_value.stored_value import CardType
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.member_move import (
    MemberMove,
    require_no_holds,
    require_unmerged,
)


def decide_card_transfer(
    books: Books, header: Header, to_member_id: str, *, with_points: bool, with_passes: bool
) -> list[Draft]:
    """Moves all stored value of the header's member to another; both stay members.

    Points, with what is owed on them, and passes move when asked for. PreconditionFailed
    MEMBER_MERGED, WALLET_FROZEN, HOLDS_OPEN, NOTHING_TO_TRANSFER, TOO_MANY_LOTS, CARD_TYPE_DIFFERS
    when both hold value of different kinds of card, and BALANCE_LIMIT_EXCEEDED when the other card
    would hold more than the law or the chain allows.
    """
    giver, taker = books.wallets[header.member_id], books.wallets[to_member_id]
    require_unmerged(giver, taker)
    giver.require_usable()
    require_no_holds(giver, books.now)
    assets = {Asset.PRINCIPAL, Asset.BONUS}
    assets |= {Asset.POINTS} if with_points else set()
    assets |= {Asset.PASS} if with_passes else set()
    move = MemberMove(books, header, BillKind.CARD_TRANSFER, giver=giver, taker=taker)
    move.every_lot(lot for lot in giver.lots.values() if lot.asset in assets)
    if with_points:
        move.debt(giver.debt_points)
    moved = move.moved
    if not any(moved[:-1]):
        raise PreconditionFailed(
            "NOTHING_TO_TRANSFER",
            "nothing of what was asked for is on the card",
            {"member_id": giver.member_id},
        )
    # Bonus that expired and nobody has booked yet is no value: it goes along and decides nothing.
    if stored_balance_fen(giver, header.business_date):
        move.taker.card_type = _kind_together(books, header, giver, taker)
        after_fen = sum(stored_balance_fen(each, header.business_date) for each in (giver, taker))
        kind = _counts_as(books, header, move.taker.card_type)
        _check_limit(books, header, kind, taker.member_id, after_fen)
    return move.drafts()


def _kind_together(books: Books, header: Header, giver: Wallet, taker: Wallet) -> str:
    """The kind of card that the taker then has: its own while it holds value, else the giver's."""
    if not stored_balance_fen(taker, header.business_date):
        return giver.card_type
    ours, theirs = (_counts_as(books, header, each.card_type).code for each in (giver, taker))
    if ours != theirs:
        raise PreconditionFailed(
            "CARD_TYPE_DIFFERS",
            f"the other wallet holds value of card type {theirs}, and this is of {ours}",
            {"card_type": theirs, "member_id": taker.member_id},
        )
    return taker.card_type


def _counts_as(books: Books, header: Header, card_type: str) -> CardType:
    return books.programmes.kind_of(card_type, header.occurred_at, books.now)


def _check_limit(
    books: Books, header: Header, kind: CardType, member_id: str, after_fen: int
) -> None:
    rules = books.programmes.at(header.occurred_at).stored_value
    limits = limits_on(header.business_date, rules.limits)
    limit_fen = limits.balance_fen_max(named=kind.named)
    if after_fen > limit_fen:
        raise PreconditionFailed(
            "BALANCE_LIMIT_EXCEEDED",
            f"the card would hold {after_fen} fen and may hold {limit_fen}",
            {"member_id": member_id, "balance_fen": after_fen, "limit_fen": limit_fen},
        )
