"""What returns gave back for a member since its merge, and an undoing gives to it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.points.domain.assets import POINTS_WRITTEN_OFF, WALLET, Asset, BillKind
from services.points.domain.lot import LotKey
from services.points.domain.transfer import Transfer

# They give back to the account of the bill that they are about, or to who answers for it.
GIVE_BACK_TO_ACCOUNT = (BillKind.SALE_RETURN, BillKind.GIFT_RETURN, BillKind.PASS_USE_REVERSAL)
# What came back by them counts no more towards caps and limits.
COUNTED_BACK = (BillKind.SALE_RETURN, BillKind.GIFT_RETURN)


class ReturnsSince(NamedTuple):
    """What returns did to lots since a merge that stands: given back less taken, by lot.

    Those about bills on the accounts of `family`, the merged member and who had been merged into
    it; and refunds of `passes` that the merge moved, by the bills that sold them, and of such of
    which nothing else was left than was given back since: what is left of a pass belongs to who
    brought it, whosever account it was bought on. `bills` are those of goods and
    gifts, each with the bill that it is about, and `written_off` the points that they wrote off
    less those that they paid of such.
    """

    family: frozenset[str]
    passes: frozenset[str]
    units: Counter[LotKey]
    bills: Mapping[str, str] = {}
    written_off: int = 0

    def with_return(
        self,
        bill_id: str,
        kind: BillKind,
        original_bill_id: str,
        account: str,
        transfers: Sequence[Transfer],
    ) -> "ReturnsSince":
        """With one return more, about a bill on an account; unchanged by bills of others.

        The refund of a pass comes after all else that was booked of it.
        """
        ours = account in self.family if kind in GIVE_BACK_TO_ACCOUNT else False
        if kind is BillKind.PASS_REFUND:
            ours = original_bill_id in self.passes or self._gave_back(original_bill_id, transfers)
        if not ours:
            return self
        units, written_off = self.units.copy(), self.written_off
        for each in transfers:
            if POINTS_WRITTEN_OFF in (each.debit_account, each.credit_account):
                written_off += (
                    each.amount if each.debit_account == POINTS_WRITTEN_OFF else -each.amount
                )
            if each.lot is not None and WALLET in (each.debit_account, each.credit_account):
                units[each.lot] += each.amount if each.credit_account == WALLET else -each.amount
        bills = dict(self.bills)
        if kind in COUNTED_BACK:
            bills[bill_id] = original_bill_id
        return self._replace(units=units, bills=bills, written_off=written_off)

    def _gave_back(self, sold_by: str, transfers: Iterable[Transfer]) -> bool:
        """Whether all that a refund takes of a pass was given back for the merged member."""
        taken = Counter[LotKey]()
        for each in transfers:
            if each.asset is Asset.PASS and each.lot is not None and each.debit_account == WALLET:
                taken[each.lot] += each.amount
        return bool(taken) and all(
            key.bill_id == sold_by and units <= self.units[key] for key, units in taken.items()
        )
