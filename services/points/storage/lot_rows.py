"""Rows of lots for the one write statement, made of what the postings of a batch do to them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from services.points.domain.lot import LotGrant, LotKey
from services.points.domain.posting import Posting
from services.points.domain.transfer import NO_CHANGE, LotChange


class LotRows(NamedTuple):
    """Rows of the types new_lot and lot_change."""

    granted: list[tuple[Any, ...]]
    changed: list[tuple[Any, ...]]


def lot_rows(postings: Iterable[Posting]) -> LotRows:
    """Rows of new lots, and of changes to those that were there before the batch.

    A lot granted and spent in the same batch is inserted with what is left: one statement sees
    none of the rows that it writes itself.
    """
    granted: dict[tuple[str, LotKey], tuple[LotGrant, int]] = {}
    changed: dict[tuple[str, LotKey], LotChange] = {}
    for posting in postings:
        owner = posting.wallet.member_id
        for grant in posting.grants:
            before = granted.get((owner, grant.key))
            granted[owner, grant.key] = (grant, grant.amount + (before[1] if before else 0))
        for key, change in posting.lot_changes.items():
            changed[owner, key] = changed.get((owner, key), NO_CHANGE).and_then(change)
    rows = []
    for (owner, key), (grant, amount) in granted.items():
        change = changed.pop((owner, key), NO_CHANGE)
        rows.append(
            (
                owner,
                key.bill_id,
                key.ordinal,
                grant.asset,
                grant.pass_id,
                amount + change.granted,
                amount + change.remaining,
                change.expired,
                grant.rule_version,
                grant.store_id,
                grant.earned_at,
                grant.available_at,
                grant.expiry_date,
                grant.moved_by,
            )
        )
    return LotRows(
        rows,
        [(owner, *key, *change) for (owner, key), change in changed.items()],
    )
