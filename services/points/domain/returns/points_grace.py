"""Points that came back after they had expired: which lot with days of grace holds whose. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from services.points.domain.assets import POINTS_REDEEMED, WALLET, Asset
from services.points.domain.draft import SaleAllocation
from services.points.domain.lot import LotKey
from services.points.domain.transfer import Transfer


def points_that_came_back(returned: SaleAllocation) -> list[tuple[LotKey, int]]:
    """What came back of each lot with goods or gifts, in order; `returned` is what a bill says."""
    units: dict[LotKey, int] = {}
    for source in returned.sources:
        if source.lot and source.asset is Asset.POINTS:
            units[source.lot] = units.get(source.lot, 0) + source.units
    return list(units.items())


def points_back(transfers: Iterable[Transfer]) -> int:
    """How many spent points a return brought back, whatever became of them then."""
    return sum(
        each.amount
        for each in transfers
        if each.asset is Asset.POINTS and each.debit_account == POINTS_REDEEMED
    )


def points_in_grace(
    bill_id: str, transfers: Sequence[Transfer], came_back: Iterable[tuple[LotKey, int]]
) -> Mapping[LotKey, LotKey]:
    """Lots with days of grace that a return granted -> the lots whose points they hold.

    Of what came back the first points paid what was missing; each lot of which some were left was
    given them by one transfer, or they went into a new one.
    """
    given = [
        each.lot
        for each in transfers
        if each.lot and each.debit_account == POINTS_REDEEMED and each.credit_account == WALLET
    ]
    paid = points_back(each for each in transfers if each.credit_account != WALLET)
    sources = []
    for key, units in came_back:
        part = min(paid, units)
        paid -= part
        if units > part:
            sources.append(key)
    return {
        lot: source
        for lot, source in zip(given, sources, strict=False)
        if lot.bill_id == bill_id and lot != source
    }
