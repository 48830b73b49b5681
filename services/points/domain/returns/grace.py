"""Which lot was spent, of bonus that came back into a lot with days of grace. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from pricing.allocation import allocate
from services.points.domain.assets import BONUS_REDEEMED, WALLET, Asset, BillKind
from services.points.domain.draft import SaleAllocation
from services.points.domain.lot import LotKey
from services.points.domain.transfer import Transfer


def bonus_that_came_back(
    kind: BillKind, total_fen: int, returned: SaleAllocation, original: SaleAllocation
) -> list[tuple[LotKey, int]]:
    """The lots whose bonus a return, or a refund of a pass, gave back, in its order.

    `returned` is what its bill keeps, `original` what the bill keeps that it is about: a refund
    shares its payout over what the pass was paid with.
    """
    if kind is BillKind.PASS_REFUND:
        parts = allocate(total_fen, [source.amount_fen for source in original.sources])
        sources = zip(original.sources, parts, strict=True)
        return [
            (source.lot, part)
            for source, part in sources
            if source.lot and part and source.asset is Asset.BONUS
        ]
    units: dict[LotKey, int] = {}
    for source in returned.sources:
        if source.lot and source.asset is Asset.BONUS:
            units[source.lot] = units.get(source.lot, 0) + source.units
    return [(key, part) for key, part in units.items() if part]


def bonus_in_grace(
    bill_id: str, transfers: Iterable[Transfer], came_back: Sequence[tuple[LotKey, int]]
) -> Mapping[LotKey, LotKey]:
    """Lots with days of grace that a bill granted -> the lots whose bonus they hold.

    What did not go into the lot that it came from went into a new one, one after the other.
    """
    filled = [
        each.lot
        for each in transfers
        if each.lot and each.debit_account == BONUS_REDEEMED and each.credit_account == WALLET
    ]
    new = [key for key in filled if key.bill_id == bill_id]
    return dict(zip(new, (key for key, _ in came_back if key not in filled), strict=False))
