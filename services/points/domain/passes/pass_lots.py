"""Passes in a wallet: each lot of the asset PASS is one pass that was sold. Pure."""

from chassis.errors import Unavailable
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, LotKey, has_expired
from services.points.domain.passes.passes import PassDefinition
from services.points.domain.posting import Posting
from services.points.domain.programme import Programmes


def definition_of(programmes: Programmes, lot: Lot) -> PassDefinition:
    """What a sold pass is, in the version under which it was sold.

    Unavailable PROGRAMME_NOT_READ while this replica has not read that version yet, and for a lot
    that names none.
    """
    try:
        version = int(lot.rule_version.rpartition("@")[2])
        return programmes.version(version).passes[lot.pass_id or ""]
    except (KeyError, ValueError) as error:
        raise Unavailable(
            "PROGRAMME_NOT_READ",
            "the version of the programme is not known here yet; send it again",
            {"rule_version": lot.rule_version},
        ) from error


def sold_key(sale_bill_id: str) -> LotKey:
    """The lot of the pass that a bill sold, wherever a merge has moved it."""
    return LotKey(sale_bill_id, 0)


def units_left(posting: Posting, pass_id: str) -> int:
    """Units of a pass that the wallet holds after a posting, held ones included, expired not."""
    lots = {**posting.wallet.lots, **posting.lots}
    kept = sum(
        lot.remaining
        for lot in lots.values()
        if lot.asset is Asset.PASS
        and lot.pass_id == pass_id
        and not has_expired(lot, posting.business_date)
    )
    return kept + sum(grant.amount for grant in posting.grants if grant.pass_id == pass_id)
