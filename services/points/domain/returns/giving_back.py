"""Value that goes back to the wallet it was spent from. Pure."""

from datetime import timedelta

from services.points.domain.assets import REDEEMED, Asset
from services.points.domain.lot import Lot, has_expired
from services.points.domain.posting import Posting
from services.points.domain.programme import Programme


def give_back(posting: Posting, programme: Programme, lot: Lot, amount: int) -> None:
    """Into the lot it came from; into a new one with days of grace when that has expired.

    Principal always goes into its own: expired or not it stays owed, and when it is cashed out its
    own top-up says which bonus was given for it.
    """
    here = posting.lots.get(lot.key) or posting.wallet.lots.get(lot.key, lot)
    lapsed = lot.asset is not Asset.PRINCIPAL and has_expired(here, posting.business_date)
    if not lapsed or not programme.return_grace_days:
        posting.put_into(here, amount, REDEEMED[lot.asset])
        return
    key = posting.grant(
        lot.asset,
        amount,
        rule_version=lot.rule_version,
        expiry_date=posting.business_date + timedelta(days=programme.return_grace_days),
        debit_account=REDEEMED[lot.asset],
        store_id=lot.store_id,
    )
    posting.grace[key] = lot.key
