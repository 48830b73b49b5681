"""What returns gave back for a member since its merge, and an undoing gives to it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.points.domain.assets import (
    POINTS_DEBT,
    POINTS_ISSUED,
    POINTS_WRITTEN_OFF,
    WALLET,
    Asset,
    BillKind,
)
from services.points.domain.lot import LotKey
from services.points.domain.transfer import Transfer

# They give back to the account of the bill that they are about, or to who answers for it.
GIVE_BACK_TO_ACCOUNT = (BillKind.SALE_RETURN, BillKind.GIFT_RETURN, BillKind.PASS_USE_REVERSAL)
# What came back by them counts no more towards caps and limits.
COUNTED_BACK = (BillKind.SALE_RETURN, BillKind.GIFT_RETURN)


class BookedReturn(NamedTuple):
    """A bill about another one: its kind, on whose account it is, and whose account that is on."""

    bill_id: str
    kind: BillKind
    member_id: str
    original_bill_id: str
    account: str
    transfers: Sequence[Transfer]


class ReturnsSince(NamedTuple):
    """What returns did to lots since a merge that stands: given back less taken, by lot.

    Those about bills on the accounts of `family`, the merged member and who had been merged into
    it; and refunds of `passes` that the merge moved, by the bills that sold them, and of such of
    which nothing else was left than was given back since: what is left of a pass belongs to who
    brought it, whosever account it was bought on. `bills` are those of goods and gifts, each with
    the bill that it is about, `written_off` the points that they wrote off less those that they
    paid of such, `owed` those that they booked as a debt less those that they paid of it, and
    `clawed` those that goods had earned and that they took, from wherever.
    `heirs` are who answers for the member and who answers for these in turn; `settled` is what went
    back into lots of theirs when merges between them were undone (`owed_since.py`), `paid` what was
    taken for it of lots of the one that had been merged, `left_owing` and `left_forgiven` what that
    one has owed for it since or was forgiven, and `refilled` what it got then
    (`overpaid_since.py`).
    """

    family: frozenset[str]
    heirs: frozenset[str]
    passes: frozenset[str]
    units: Counter[LotKey]
    bills: Mapping[str, str] = {}
    written_off: int = 0
    owed: int = 0
    clawed: int = 0
    settled: Mapping[LotKey, int] = {}
    paid: Mapping[LotKey, int] = {}
    left_owing: int = 0
    left_forgiven: int = 0
    refilled: Mapping[LotKey, int] = {}

    def with_return(self, booked: BookedReturn) -> "ReturnsSince":
        """With one bill more; unchanged by returns about bills of others.

        The refund of a pass comes after all else that was booked of it.
        """
        if booked.kind is BillKind.MERGE_REVERSAL and booked.account in self.heirs:
            return self.with_undoing(booked.transfers)
        ours = booked.kind in GIVE_BACK_TO_ACCOUNT and booked.account in self.family
        if booked.kind is BillKind.PASS_REFUND:
            ours = booked.original_bill_id in self.passes or self._gave_back(booked)
        if not ours:
            return self
        units = self.units.copy()
        for each in booked.transfers:
            if each.lot is not None:
                units[each.lot] += _received(each, WALLET)
        bills = dict(self.bills)
        if booked.kind in COUNTED_BACK:
            bills[booked.bill_id] = booked.original_bill_id
        return self._replace(
            units=units,
            bills=bills,
            written_off=self.written_off - _all_received(booked.transfers, POINTS_WRITTEN_OFF),
            owed=self.owed - _all_received(booked.transfers, POINTS_DEBT),
            clawed=self.clawed + _all_received(booked.transfers, POINTS_ISSUED),
        )

    def with_undoing(self, transfers: Iterable[Transfer]) -> "ReturnsSince":
        """With what the undoing of a merge between the heirs gave back into lots, and what paid."""
        settled, paid, refilled = Counter(self.settled), Counter(self.paid), Counter(self.refilled)
        left_owing, left_forgiven = self.left_owing, self.left_forgiven
        for each in transfers:
            accounts = (each.debit_account, each.credit_account)
            left_owing += each.amount * (accounts == (POINTS_DEBT, POINTS_ISSUED))
            left_forgiven += each.amount * (accounts == (POINTS_WRITTEN_OFF, POINTS_ISSUED))
            if each.lot is not None:
                settled[each.lot] += each.amount * (accounts == (POINTS_ISSUED, WALLET))
                paid[each.lot] += each.amount * (accounts == (WALLET, POINTS_ISSUED))
                refilled[each.lot] += each.amount * (accounts == (POINTS_WRITTEN_OFF, WALLET))
        return self._replace(
            settled=settled,
            paid=paid,
            left_owing=left_owing,
            left_forgiven=left_forgiven,
            refilled=refilled,
        )

    def _gave_back(self, refund: BookedReturn) -> bool:
        """Whether all that a refund takes of a pass was given back for the merged member."""
        taken = Counter[LotKey]()
        for each in refund.transfers:
            if each.asset is Asset.PASS and each.lot is not None and each.debit_account == WALLET:
                taken[each.lot] += each.amount
        return bool(taken) and all(
            key.bill_id == refund.original_bill_id and units <= self.units[key]
            for key, units in taken.items()
        )

    def lacking(self, moved: Counter[LotKey]) -> Counter[LotKey]:
        """What these returns took beyond what the merge moved and returns gave back, by lot."""
        return +Counter({key: -units - moved[key] for key, units in self.units.items()})

    def paid_by_others(self, moved: Counter[LotKey]) -> Counter[LotKey]:
        """What undoings between the heirs have paid with more than the member would get back."""
        claims = +Counter({key: self.units[key] + moved[key] for key in self.paid})
        return Counter(self.paid) - claims


NONE_SINCE = ReturnsSince(frozenset(), frozenset(), frozenset(), Counter())


def _received(transfer: Transfer, account: str) -> int:
    if transfer.credit_account == account:
        return transfer.amount
    return -transfer.amount if transfer.debit_account == account else 0


def _all_received(transfers: Iterable[Transfer], account: str) -> int:
    return sum(_received(each, account) for each in transfers)
