"""Takes earned points back when goods go back, from the first place where some are left. Pure.

Each place is a pool that only shrinks from one return of a sale to the next, and what returns gave
back is in none of them: so returns in any order empty the same pools. Only when the whole sale is
back are the points that came back with it taken as well, for what no pool held. What returns of
other sales wrote off is paid by all points that come back, see forgiven.py.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.points.domain.assets import (
    POINTS_DEBT,
    POINTS_EXPIRED,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_WRITTEN_OFF,
    WALLET,
    Asset,
)
from services.points.domain.books import Books, Original
from services.points.domain.lot import Lot, LotKey, has_expired, spendable, spending_order
from services.points.domain.posting import Posting
from services.points.domain.programme import ClawbackPolicy
from services.points.domain.returns.forgiven import forgive, forgiven_points, pay_forgiven
from services.points.domain.transfer import Transfer
from services.points.domain.wallet import Wallet


class Coming(NamedTuple):
    """Spent points on their way back: the lot they came from, and how many."""

    lot: Lot
    units: int


class PointsHistory(NamedTuple):
    """What a sale's points have gone through until now."""

    settled: int  # earned points that a debt took
    owed: int  # booked as a debt by returns
    forgiven: int  # written off by returns
    given_back: dict[LotKey, int]  # spent points that returns gave back
    # Where earned points are; also such as were spent and came back after they had expired.
    own: frozenset[LotKey]
    # Earned points that expired with other members, less what returns took of such: negative when
    # those were with this member again.
    expired_elsewhere: int


def points_history(books: Books, original: Original, wallet: Wallet) -> PointsHistory:
    """Read from the transfers of the sale and of its returns so far, for the wallet they go to."""
    given_back: dict[LotKey, int] = {}
    for each in original.later_transfers:
        if each.lot is not None and _between(each, POINTS_REDEEMED, WALLET):
            given_back[each.lot] = given_back.get(each.lot, 0) + each.amount
    return PointsHistory(
        _moved(original.transfers, POINTS_ISSUED, POINTS_DEBT),
        _moved(original.later_transfers, POINTS_DEBT, POINTS_ISSUED),
        _moved(original.later_transfers, POINTS_WRITTEN_OFF, POINTS_ISSUED),
        given_back,
        original.earned_lots,
        _expired_elsewhere(books, original, wallet)
        - _moved(
            (each for each in original.later_transfers if each.lot is None),
            POINTS_EXPIRED,
            POINTS_ISSUED,
        ),
    )


def _expired_elsewhere(books: Books, original: Original, wallet: Wallet) -> int:
    """Points that the sale earned and that expired with somebody else, before or after a merge.

    Locked wallets have those lots as they are now; what others have of them was read before.
    """
    own = original.earned_lots
    here = (
        each.lots[key].expired
        for each in books.wallets.values()
        if each is not wallet
        for key in own & each.lots.keys()
    )
    others = (
        points for member, points in original.expired_points.items() if member not in books.wallets
    )
    return sum(here) + sum(others)


def claw_back(
    posting: Posting,
    points: int,
    history: PointsHistory,
    *,
    policy: ClawbackPolicy,
    coming: Sequence[Coming],
    is_complete: bool,
) -> list[Coming]:
    """Takes `points` that the sale earned back; returns what is left of the points coming back.

    First from the lots that hold what it earned, what expired of them with whomever included; then
    what the sale had settled of a debt is owed again; then pending lots, then the balance in
    spending order, never what holds set aside; the rest is owed, or written off (see
    ClawbackPolicy).
    """
    pools = _Pools(posting, history)
    order = [pools.own, pools.restored_debt, pools.pending, pools.balance]
    if policy is ClawbackPolicy.PENDING_FIRST:
        order = [pools.pending, pools.own, pools.restored_debt, pools.balance]
    for pool in order:
        points -= pool(points)
    owns = 0
    if is_complete:
        points, coming = _settle(posting, points, history, coming)
    else:
        owns = min(history.forgiven, forgiven_points(posting))
    coming = _pay_others(posting, forgiven_points(posting) - owns, coming)
    if policy is ClawbackPolicy.WITHIN_BALANCE:
        forgive(posting, points)
    elif points:
        posting.owe_points(points)
    return [each for each in coming if each.units]


class _Pools:
    """Where points are taken from; each method says how many of those asked for it had."""

    def __init__(self, posting: Posting, history: PointsHistory) -> None:
        self._posting = posting
        self._history = history
        self._held = posting.wallet.held(posting.now)

    def own(self, points: int) -> int:
        lots = [lot for lot in self._lots() if lot.key in self._history.own]
        taken = self._take(lots, points)
        expired = sum(lot.expired for lot in lots) + self._history.expired_elsewhere
        rest = min(points - taken, max(0, expired))
        taken += rest
        for lot in lots:
            part = min(rest, lot.expired)
            if part:
                self._posting.claw_expired(lot, part)
                rest -= part
        # The lots of others stay as they are: their wallets may not be locked.
        self._posting.move(Asset.POINTS, POINTS_EXPIRED, POINTS_ISSUED, rest)
        return taken

    def restored_debt(self, points: int) -> int:
        part = min(points, self._history.settled - min(self._history.settled, self._history.owed))
        if part:
            self._posting.owe_points(part)
        return part

    def pending(self, points: int) -> int:
        posting = self._posting
        return self._take(
            (
                lot
                for lot in self._lots()
                if lot.key not in self._history.own
                and lot.available_at > posting.now
                and not has_expired(lot, posting.business_date)
            ),
            points,
        )

    def balance(self, points: int) -> int:
        posting = self._posting
        usable = (lot for lot in self._lots() if spendable(lot, posting.business_date, posting.now))
        return self._take(usable, points)

    def _lots(self) -> list[Lot]:
        posting = self._posting
        lots = (posting.lot(key) for key in posting.wallet.lots)
        return spending_order(lot for lot in lots if lot.asset is Asset.POINTS)

    def _take(self, lots: Iterable[Lot], points: int) -> int:
        taken = 0
        for lot in lots:
            kept = self._held.get(lot.key, 0) + self._history.given_back.get(lot.key, 0)
            part = min(points - taken, lot.remaining - kept)
            if part > 0:
                self._posting.take_from(lot, part, POINTS_ISSUED)
                taken += part
        return taken


def _pay_others(posting: Posting, points: int, coming: Sequence[Coming]) -> list[Coming]:
    """What is left of points coming back when they have paid what other sales were forgiven."""
    left = []
    for each in coming:
        paid = min(points, each.units)
        pay_forgiven(posting, paid)
        points -= paid
        left.append(each._replace(units=each.units - paid))
    return left


def _settle(
    posting: Posting, points: int, history: PointsHistory, coming: Sequence[Coming]
) -> tuple[int, list[Coming]]:
    """Pays what no pool held, now and at earlier returns, with the points that came back.

    Lot by lot in the order of the sale: first what earlier returns gave back, then what is coming.
    Returns what is still missing of `points`, and what is left of the points coming back.
    """
    held = posting.wallet.held(posting.now)
    owed = max(0, history.owed - history.settled)
    missing = {
        POINTS_ISSUED: points,
        POINTS_DEBT: min(owed, posting.wallet.debt_points),
        POINTS_WRITTEN_OFF: min(history.forgiven, forgiven_points(posting)),
    }

    def pay(most: int, lot: Lot | None) -> int:
        paid = 0
        for account in missing:
            part = min(most - paid, missing[account])
            if part <= 0:
                continue
            if account == POINTS_WRITTEN_OFF:
                pay_forgiven(posting, part, lot)
            elif lot is None:
                posting.move(Asset.POINTS, POINTS_REDEEMED, account, part)
            else:
                posting.take_from(lot, part, account)
            if account == POINTS_DEBT:
                posting.debt_change -= part
            missing[account] -= part
            paid += part
        return paid

    left = []
    came = dict.fromkeys([*(each.lot.key for each in coming), *history.given_back])
    units = {each.lot.key: each for each in coming}
    for key in came:
        if key in posting.wallet.lots:
            lot = posting.lot(key)
            there = lot.remaining - held.get(key, 0)
            pay(min(there, history.given_back.get(key, 0)), lot)
        if key in units:
            on_the_way = units[key]
            paid = pay(on_the_way.units, None)
            left.append(on_the_way._replace(units=on_the_way.units - paid))
    return missing[POINTS_ISSUED], left


def _moved(transfers: Iterable[Transfer], debit_account: str, credit_account: str) -> int:
    return sum(each.amount for each in transfers if _between(each, debit_account, credit_account))


def _between(transfer: Transfer, debit_account: str, credit_account: str) -> bool:
    return (
        transfer.asset is Asset.POINTS
        and transfer.debit_account == debit_account
        and transfer.credit_account == credit_account
    )
