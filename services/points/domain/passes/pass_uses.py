"""Uses of passes that stand, for what may be done on a day. Pure."""

from datetime import date
from typing import NamedTuple

from services.points.domain.assets import Asset, BillKind
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting


class StandingUse(NamedTuple):
    """A use that was not undone: on whose account it is booked, and of which lots it took."""

    member_id: str
    pass_id: str
    business_date: date
    lots: frozenset[LotKey]


def note_pass_use(
    uses: dict[str, StandingUse], posting: Posting, original_bill_id: str | None
) -> None:
    """Adds the use that a bill made, or takes out the one that it undid; by their bills."""
    if posting.kind is BillKind.PASS_USE:
        taken = [each for each in posting.transfers if each.asset is Asset.PASS]
        uses[posting.bill_id] = StandingUse(
            posting.wallet.member_id,
            taken[0].pass_id or "",
            posting.business_date,
            frozenset(each.lot for each in taken if each.lot is not None),
        )
    elif posting.kind is BillKind.PASS_USE_REVERSAL:
        uses.pop(original_bill_id or "", None)
