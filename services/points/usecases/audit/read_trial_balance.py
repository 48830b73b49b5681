"""Reads the trial balance: what every account gave and received, and that it sums to zero."""

from datetime import date
from typing import NamedTuple

from chassis.database import Database
from chassis.errors import Invalid
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.assets import Asset
from services.points.pages import foreign_token, id_of_token, reversed_range
from services.points.storage.audit.trial_balance import (
    AccountKey,
    AccountLine,
    ProofLine,
    Scope,
    trial_balance,
)

_ASSETS = frozenset(map(int, Asset))
# Whatever number the column holds: corrupt books are paged like others.
_STORED_ASSETS = range(-(2**15), 2**15)


class TrialBalance(NamedTuple):
    """A page of accounts, the proof over all pages, and the token of the next page."""

    accounts: list[AccountLine]
    proofs: list[ProofLine]
    next_page_token: str


async def read_trial_balance(
    database: Database,
    *,
    store_id: str | None,
    from_date: date | None,
    to_date: date | None,
    asset: int,
    token: str,
    limit: int,
) -> TrialBalance:
    """The trial balance of one moment; `asset` 0 stands for all of them.

    Invalid UNKNOWN_ASSET, INVALID_RANGE for a last day before the first, INVALID_PAGE_TOKEN.
    """
    if asset and asset not in _ASSETS:
        raise Invalid("UNKNOWN_ASSET", "there is no such asset", {"asset": asset})
    if from_date is not None and to_date is not None and to_date < from_date:
        raise reversed_range(from_date, to_date)
    scope = Scope(store_id, from_date, to_date, asset or None)
    question = ("trial balance", store_id, from_date, to_date, asset)
    after = _after(token, question)
    async with database.slow_turn(), database.read() as connection:
        accounts, proofs = await trial_balance(connection, scope, after, limit + 1)
    shown = accounts[:limit]
    more = len(accounts) > limit
    return TrialBalance(
        shown, proofs, encode_page_token(*shown[-1].key, question=question) if more else ""
    )


def _after(token: str, question: tuple[object, ...]) -> AccountKey | None:
    key = decode_page_token(token, str, int, str, str, question=question)
    if key is None:
        return None
    if int(key[1]) not in _STORED_ASSETS:
        raise foreign_token()
    return AccountKey(id_of_token(key[0]), int(key[1]), str(key[2]), str(key[3]))
