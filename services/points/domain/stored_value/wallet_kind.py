"""Of which kind of card the stored value in a wallet is (卡种): as it was paid in for. Pure.

Value that comes to an empty wallet brings its kind along; what comes beside value is of the kind of
what is there, or refused. `card_types` says for which kind top-ups were, by bill.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.points.domain.assets import WALLET
from services.points.domain.lot import LotKey
from services.points.domain.posting import Posting
from services.points.domain.stored_value.stored_balance import (
    STORED_VALUE,
    is_held,
    stored_balance_fen,
)


def take_kind_of_value(posting: Posting, card_types: Mapping[str, str]) -> None:
    """Gives a wallet that was empty the kind of what a posting brings it, of most of that.

    Its own was that of value that is gone, and top-ups of any kind have come since then, elsewhere.
    """
    if stored_balance_fen(posting.wallet, posting.business_date):
        return
    came = (
        (posting.grace.get(each.lot, each.lot), each.amount)
        for each in posting.transfers
        if each.lot is not None and each.asset in STORED_VALUE and each.credit_account == WALLET
    )
    posting.card_type = _kind_of_most(came, card_types, posting.card_type)


def keep_kind_of_rest(posting: Posting, card_types: Mapping[str, str]) -> None:
    """Lets a wallet that an undone merge takes value from keep its kind while it has such value.

    Otherwise it gets that of most of what stays: the kind had come with the value that goes.
    """
    there = posting.wallet.lots | posting.lots
    rest = [
        (lot.key, lot.remaining)
        for lot in there.values()
        if lot.remaining and is_held(lot, posting.business_date)
    ]
    if all(card_types.get(key.bill_id) != posting.card_type for key, _ in rest):
        posting.card_type = _kind_of_most(rest, card_types, posting.card_type)


def _kind_of_most(
    value: Iterable[tuple[LotKey, int]], card_types: Mapping[str, str], otherwise: str
) -> str:
    """Of value of which it is known; of bonus with days of grace it may not be."""
    kinds = Counter[str]()
    for key, amount in value:
        if key.bill_id in card_types:
            kinds[card_types[key.bill_id]] += amount
    return kinds.most_common(1)[0][0] if kinds else otherwise
