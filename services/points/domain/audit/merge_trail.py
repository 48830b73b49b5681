"""Into whom a member was merged, by its bills: later sales are booked there. Pure."""

from collections.abc import Mapping

from services.points.domain.audit.audited import AuditedBill
from services.points.domain.audit.breaks import Break, BreakKind, TransferRef
from services.points.domain.wallet import Wallet


class MergeTrail:
    """Finds the newest merge of the account, or its undoing, whatever order bills come in."""

    def __init__(self) -> None:
        self._newest: AuditedBill | None = None

    def follow(self, bill: AuditedBill) -> None:
        """Takes in a bill."""
        if bill.merged_into is None:
            return
        if self._newest is None or self._newest.sequence < bill.sequence:
            self._newest = bill

    def finish(self, wallet: Wallet, refs: Mapping[str, tuple[TransferRef, ...]]) -> list[Break]:
        """A break when the row says otherwise. Every bill of the account must be taken in."""
        newest = self._newest
        said = newest.merged_into or "" if newest else ""
        found = wallet.merged_into or ""
        if found == said:
            return []
        # One transfer shows that the bill is there.
        proof = refs.get(newest.bill_id, ())[:1] if newest else ()
        return [Break(BreakKind.WALLET_MERGED_INTO, wallet.member_id, said, found, proof)]
