"""How many sales a wallet's row counts, which decides what a first purchase is. Pure."""

from collections.abc import Mapping

from services.points.domain.audit.audited import AuditedBill
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.wallet import Wallet

# Beside the counts of caps and limits, whose subjects are a rule and a period.
_SUBJECT = "sales"


class SaleCount:
    """Adds up what bills, in any order, did to the count."""

    def __init__(self) -> None:
        self._count = 0
        self._bill_ids: list[str] = []

    def follow(self, bill: AuditedBill) -> None:
        """Takes in a bill."""
        if bill.purchases:
            self._count += bill.purchases
            self._bill_ids.append(bill.bill_id)

    def finish(self, wallet: Wallet, refs: Mapping[str, tuple[TransferRef, ...]]) -> list[Break]:
        """A break when the row counts otherwise. Every bill of the account must be taken in."""
        if wallet.sale_count == self._count:
            return []
        # One transfer shows that the bill is there.
        proof = tuple(refs[each][0] for each in self._bill_ids if refs.get(each))
        amounts = (str(self._count), str(wallet.sale_count))
        return [Break(BreakKind.EARNING_COUNTER, _SUBJECT, *amounts, proof)]
