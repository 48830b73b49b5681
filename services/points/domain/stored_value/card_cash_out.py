"""Principal paid out (退卡): from which top-ups, and how it becomes bookings. Pure.

What is withdrawn and deducted for the bonus is computed in cash_out.py. There is no setting that
forbids a cash-out: such a clause is void (法释〔2025〕4号第九条).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.assets import (
    BONUS_COST,
    BONUS_WITHDRAWN,
    PRINCIPAL_CASHED_OUT,
    STORED_VALUE_LIABILITY,
    Asset,
    BillKind,
    tender_account,
)
from services.points.domain.books import Books
from services.points.domain.draft import Draft, Source, receipt_of
from services.points.domain.header import Header, require_not_before
from services.points.domain.lot import Lot, has_expired, spending_order
from services.points.domain.posting import Posting
from services.points.domain.stored_value.cash_out import (
    CashOut,
    CashOutPart,
    TopUpState,
    bonus_due,
    cash_out,
    check_cash_out,
)
from services.points.domain.stored_value.prepaid_law import PrepaidLimits, limits_on
from services.points.domain.stored_value.stored_balance import (
    require_nothing_held,
    stored_balance_fen,
)
from services.points.domain.stored_value.stored_value import StoredValueProgramme
from services.points.domain.stored_value.top_up_record import TopUpRecord, top_up_of
from services.points.domain.wallet import Wallet


@dataclass(frozen=True, slots=True)
class CashOutOrder:
    """What is asked for: principal in fen, None for all of it; `top_up_id` "" for any top-up."""

    member_id: str
    amount_fen: int | None
    top_up_id: str
    business_date: date


@dataclass(frozen=True, slots=True)
class CashOutOffer:
    """What a cash-out would do: lots of principal with their parts, and the wallet before it."""

    lots: tuple[Lot, ...]
    cash_out: CashOut
    balance_fen: int
    limits: PrepaidLimits

    @property
    def parts(self) -> list[tuple[Lot, CashOutPart]]:
        """Each lot of principal that something leaves."""
        pairs = zip(self.lots, self.cash_out.parts, strict=True)
        return [(lot, part) for lot, part in pairs if part.principal_fen]

    @property
    def non_cash_required(self) -> bool:
        """True when the law wants it on the holder's account."""
        return self.limits.forbids_cash_refund(self.balance_fen)


def offer_cash_out(
    wallet: Wallet,
    records: Mapping[str, TopUpRecord],
    rules: StoredValueProgramme,
    order: CashOutOrder,
    now: datetime,
) -> CashOutOffer:
    """What a cash-out of a wallet with its lots would do, top-ups in the order of spending.

    `records` holds the top-ups that the wallet's lots come from, and the one that is asked for.
    Invalid INVALID_AMOUNT, LAW_NOT_KNOWN; NotFound UNKNOWN_BILL; PreconditionFailed WALLET_FROZEN,
    HOLDS_OPEN, INSUFFICIENT_STORED_VALUE, WRONG_BILL_KIND, MEMBER_MISMATCH, BEFORE_ORIGINAL when
    it would take from a top-up of a later day.
    """
    if order.top_up_id:
        named = top_up_of(records, wallet, order.member_id, order.top_up_id)
        require_not_before(order.business_date, named.business_date)
    wallet.require_usable()
    require_nothing_held(wallet, now)
    day = order.business_date
    limits = limits_on(day, rules.limits)
    lots = tuple(
        lot
        for lot in spending_order(wallet.lots.values())
        if lot.asset is Asset.PRINCIPAL
        and lot.remaining
        and order.top_up_id in ("", lot.bill_id)
        and (limits.expired_balance_reactivated or not has_expired(lot, day))
    )
    if order.amount_fen is None and not lots:
        plan = CashOut(())
    else:
        amount_fen = order.amount_fen
        if amount_fen is None:
            amount_fen = sum(lot.remaining for lot in lots)
        states = [_state(wallet, records, lot, day) for lot in lots]
        plan = cash_out([state for state, _ in states], amount_fen)
        parts = zip(plan.parts, states, strict=True)
        plan = CashOut(tuple(_with_lapsed(part, *state) for part, state in parts))
    offer = CashOutOffer(lots, plan, stored_balance_fen(wallet, day), limits)
    _require_paid_in(offer, records, day)
    return offer


def _require_paid_in(
    offer: CashOutOffer, records: Mapping[str, TopUpRecord], business_date: date
) -> None:
    """Refuses BEFORE_ORIGINAL when something is paid out before it was paid in.

    Refused as every correction is, rather than paid from other lots: money that was handed out
    must be what the member was told, and the law and the last days of that day are not its own.
    """
    for lot, _ in offer.parts:
        if record := records.get(lot.bill_id):
            require_not_before(business_date, record.business_date)


def _state(
    wallet: Wallet, records: Mapping[str, TopUpRecord], lot: Lot, business_date: date
) -> tuple[TopUpState, int]:
    """The top-up of a lot of principal, as this wallet holds it, and its bonus that lapsed.

    Bonus that is elsewhere counts as spent: the principal that leaves was what it was given for.
    Bonus past its last day has lapsed and counts as expired, though that has not been booked.
    """
    record = records.get(lot.bill_id)
    if record is None or record.kind is not BillKind.TOP_UP:
        return TopUpState(lot.granted, lot.remaining, 0), 0
    bonus = record.bonus_lots(wallet)
    lapsed_fen = sum(each.remaining for each in bonus if has_expired(each, business_date))
    left_fen = sum(each.remaining for each in bonus) - lapsed_fen
    state = TopUpState(
        principal_granted_fen=record.principal_granted_fen,
        principal_remaining_fen=lot.remaining,
        principal_cashed_out_fen=record.principal_cashed_out_fen,
        bonus_granted_fen=record.bonus_granted_fen,
        bonus_remaining_fen=left_fen,
        bonus_expired_fen=record.bonus_expired_fen + lapsed_fen,
    )
    return state, lapsed_fen


def _with_lapsed(part: CashOutPart, top_up: TopUpState, lapsed_fen: int) -> CashOutPart:
    """The part, with lapsed bonus withdrawn for what of its share is neither there nor charged.

    It is worth nothing on this business date; a till whose date is behind could still spend it.
    """
    due_fen = bonus_due(
        top_up.principal_granted_fen,
        top_up.bonus_granted_fen,
        top_up.principal_cashed_out_fen,
        part.principal_fen,
    )
    rest_fen = due_fen - part.bonus_withdrawn_fen - part.bonus_deducted_fen
    lapsed_fen = min(rest_fen, lapsed_fen)
    withdrawn_fen = part.bonus_withdrawn_fen + lapsed_fen
    return replace(part, bonus_withdrawn_fen=withdrawn_fen, bonus_lapsed_fen=lapsed_fen)


def decide_cash_out(
    books: Books, header: Header, order: CashOutOrder, payouts: Mapping[str, int], identified: bool
) -> list[Draft]:
    """Principal out of the wallet, its share of the bonus with it, money from the liability.

    What is deducted for spent bonus goes to where that bonus was paid from. Refuses as
    offer_cash_out and check_cash_out do; Invalid TENDER_NOT_FOR_CASH_OUT; PreconditionFailed
    PAYOUT_DIFFERS with the right amount when `payouts` (money by kind) is not what is to be paid.
    """
    rules = books.programmes.at(header.occurred_at).stored_value
    posting = header.posting(books, BillKind.CARD_CASH_OUT)
    wallet = posting.wallet
    offer = offer_cash_out(wallet, books.top_ups, rules, order, books.now)
    for kind in payouts:
        if kind not in rules.top_up_tender_kinds:
            raise Invalid(
                "TENDER_NOT_FOR_CASH_OUT",
                "this kind of money does not pay stored value out",
                {"kind": kind, "known": ",".join(sorted(rules.top_up_tender_kinds))},
            )
    check_cash_out(
        offer.limits, offer.balance_fen, payouts, rules.transfer_tender_kinds, identified=identified
    )
    plan = offer.cash_out
    paid_fen = sum(payouts.values())
    if paid_fen != plan.payout_fen:
        raise PreconditionFailed(
            "PAYOUT_DIFFERS",
            f"{plan.payout_fen} fen are to be paid out, not {paid_fen}",
            {
                "payout_fen": plan.payout_fen,
                "asked_fen": paid_fen,
                "bonus_withdrawn_fen": plan.bonus_withdrawn_fen,
                "bonus_deducted_fen": plan.bonus_deducted_fen,
            },
        )
    sources = []
    for lot, part in offer.parts:
        posting.take_from(lot, part.principal_fen, PRINCIPAL_CASHED_OUT)
        paid_out_fen = part.principal_fen - part.bonus_deducted_fen
        sources.append(Source("", paid_out_fen, Asset.PRINCIPAL, part.principal_fen, lot.key))
        if part.bonus_withdrawn_fen:
            bonus = books.top_ups[lot.bill_id].bonus_lots(wallet)
            _withdraw(posting, bonus, part)
    for kind, amount_fen in payouts.items():
        posting.money(STORED_VALUE_LIABILITY, tender_account(kind), amount_fen)
    posting.money(STORED_VALUE_LIABILITY, BONUS_COST, plan.bonus_deducted_fen)
    return [
        header.draft(
            posting,
            books,
            total_fen=plan.payout_fen,
            receipt=receipt_of(posting, refunds=tuple(payouts.items())),
            original_bill_id=order.top_up_id or None,
            sources=sources,
        )
    ]


def _withdraw(posting: Posting, bonus: Sequence[Lot], part: CashOutPart) -> None:
    """Takes bonus of a top-up out of its lots: from those that lapsed what had lapsed, no more.

    Else it would take what came back after an earlier cash-out had charged for it.
    """
    left_fen = {
        True: part.bonus_lapsed_fen,
        False: part.bonus_withdrawn_fen - part.bonus_lapsed_fen,
    }
    for lot in bonus:
        lapsed = has_expired(lot, posting.business_date)
        part_fen = min(left_fen[lapsed], lot.remaining)
        if part_fen:
            posting.take_from(lot, part_fen, BONUS_WITHDRAWN)
            left_fen[lapsed] -= part_fen
