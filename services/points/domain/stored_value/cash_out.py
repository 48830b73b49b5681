"""Paying principal out again (退卡): what comes back of the bonus with it. Pure.

A bonus was given for principal that stays. Principal that is paid out takes its share of the bonus
back with it: from what is left of the bonus first, and what was spent of it already is taken off
the payment. So topping up, spending the bonus and cashing out again gains nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.limits import check_amount
from services.points.domain.stored_value.prepaid_law import PrepaidLimits
from services.points.domain.stored_value.stored_value import insufficient

# Whoever gives back a card is identified, whatever it holds: docs/legal.md.
NEEDS_IDENTITY = True


@dataclass(frozen=True, slots=True)
class TopUpState:
    """One top-up as it stands in the books; all in fen.

    The lots of principal and of bonus give `granted`, `remaining` and `expired`. `cashed_out` is
    the principal of this top-up that was paid out before: the sum of the transfers of its
    principal lot to `principal_cashed_out`, what reversals brought back taken off.
    """

    principal_granted_fen: int
    principal_remaining_fen: int
    principal_cashed_out_fen: int
    bonus_granted_fen: int = 0
    bonus_remaining_fen: int = 0
    bonus_expired_fen: int = 0


@dataclass(frozen=True, slots=True)
class CashOutPart:
    """What a cash-out does to one top-up.

    `principal_fen` leaves its principal lot, `bonus_withdrawn_fen` its lots of bonus,
    `bonus_lapsed_fen` of it those past their last day; of the money, `bonus_deducted_fen` stays
    with the chain for bonus that was spent already.
    """

    principal_fen: int = 0
    bonus_withdrawn_fen: int = 0
    bonus_deducted_fen: int = 0
    bonus_lapsed_fen: int = 0


@dataclass(frozen=True, slots=True)
class CashOut:
    """A cash-out over several top-ups: one part for each, in their order."""

    parts: tuple[CashOutPart, ...]

    @property
    def principal_fen(self) -> int:
        """Principal that leaves the wallet."""
        return sum(part.principal_fen for part in self.parts)

    @property
    def bonus_withdrawn_fen(self) -> int:
        """Bonus that leaves the wallet with it."""
        return sum(part.bonus_withdrawn_fen for part in self.parts)

    @property
    def bonus_deducted_fen(self) -> int:
        """What is taken off the payment for bonus spent before."""
        return sum(part.bonus_deducted_fen for part in self.parts)

    @property
    def payout_fen(self) -> int:
        """Money to hand out."""
        return self.principal_fen - self.bonus_deducted_fen


def bonus_due(
    principal_granted_fen: int, bonus_granted_fen: int, cashed_out_fen: int, amount_fen: int
) -> int:
    """The bonus that had been given for `amount_fen` of principal now paid out, in fen.

    Counted from all that was paid out of the top-up so far, rounded up: however a cash-out is cut
    into parts, and whatever is spent or returned between them, the parts add up to that of the
    whole, and no part leaves more bonus behind than the principal that stays has earned.
    """
    before = -(-bonus_granted_fen * cashed_out_fen // principal_granted_fen)
    after = -(-bonus_granted_fen * (cashed_out_fen + amount_fen) // principal_granted_fen)
    return after - before


def cash_out_of(top_up: TopUpState, amount_fen: int) -> CashOutPart:
    """What paying out `amount_fen` of one top-up does; at most what remains of its principal.

    Bonus that expired unspent profited nobody, so it is not charged. What earlier cash-outs have
    settled is not charged again either, also when it was spent then and came back since: it is
    the member's, who has paid for it.
    """
    due = bonus_due(
        top_up.principal_granted_fen,
        top_up.bonus_granted_fen,
        top_up.principal_cashed_out_fen,
        amount_fen,
    )
    settled = bonus_due(
        top_up.principal_granted_fen, top_up.bonus_granted_fen, 0, top_up.principal_cashed_out_fen
    )
    unsettled = max(0, top_up.bonus_granted_fen - settled - top_up.bonus_expired_fen)
    withdrawn = min(due, top_up.bonus_remaining_fen, unsettled)
    spent = max(0, unsettled - top_up.bonus_remaining_fen)
    return CashOutPart(amount_fen, withdrawn, min(due - withdrawn, spent))


def cash_out(top_ups: Sequence[TopUpState], amount_fen: int) -> CashOut:
    """Pays out principal from top-ups in the order given, each until it is empty.

    Principal only: a bonus is never paid out. Invalid INVALID_AMOUNT; PreconditionFailed
    INSUFFICIENT_STORED_VALUE with the amounts when less principal is there.
    """
    check_amount("amount_fen", amount_fen)
    principal_fen = sum(top_up.principal_remaining_fen for top_up in top_ups)
    if amount_fen > principal_fen:
        bonus_fen = sum(top_up.bonus_remaining_fen for top_up in top_ups)
        raise insufficient(amount_fen, principal_fen, bonus_fen)
    parts = []
    rest = amount_fen
    for top_up in top_ups:
        taken = min(rest, top_up.principal_remaining_fen)
        parts.append(cash_out_of(top_up, taken))
        rest -= taken
    return CashOut(tuple(parts))


def check_cash_out(
    limits: PrepaidLimits,
    balance_fen: int,
    payout: Mapping[str, int],
    transfer_kinds: Collection[str],
    *,
    identified: bool,
) -> None:
    """Refuses to pay out to somebody unknown, or in cash what the law wants on an account.

    `balance_fen` is what the card holds before, `payout` the money by kind of tender.
    PreconditionFailed IDENTITY_REQUIRED; Invalid NON_CASH_REQUIRED when a kind that is no
    transfer is used above the law's limit for cash.
    """
    if NEEDS_IDENTITY and not identified:
        raise PreconditionFailed(
            "IDENTITY_REQUIRED",
            "whoever gives back a card must show a document of identity",
            {"balance_fen": balance_fen},
        )
    other = set(payout) - set(transfer_kinds)
    if limits.forbids_cash_refund(balance_fen) and other:
        raise Invalid(
            "NON_CASH_REQUIRED",
            "this must be paid to the holder's account, no part of it in cash",
            {
                "balance_fen": balance_fen,
                "limit_fen": limits.cash_refund_balance_fen_max,
                "kinds": ",".join(sorted(other)),
            },
        )


def in_cooling_off(limits: PrepaidLimits, paid_on: date, on: date) -> bool:
    """True while a top-up goes back without a reason (法释〔2025〕4号第十四条).

    The day of the payment does not count. The court's exception for somebody who knew the goods
    already is not the ledger's to judge.
    """
    days = limits.cooling_off_days
    return days is not None and on <= paid_on + timedelta(days=days)
