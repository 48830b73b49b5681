"""Reads passes of members, expiry judged for a business date, and with whom they are shared."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from chassis.database import Database
from chassis.paging import encode_page_token
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, has_expired, spending_order
from services.points.domain.passes.pass_lots import definition_of
from services.points.domain.passes.pass_share import PassShare
from services.points.domain.passes.passes import PassDefinition
from services.points.domain.programme import Programmes
from services.points.domain.wallet import Wallet
from services.points.pages import id_in_token
from services.points.storage.passes.pass_shares import PassShareRepository
from services.points.storage.queries.ledger_queries import LAST_ID, LedgerQueries
from services.points.storage.wallets.merges import load_merges

# More shares than any person has use for; the oldest come first.
_SHARES_MAX = 100


@dataclass(frozen=True, slots=True)
class PassView:
    """A sold pass that can be used; `refund_fen` is 0 for another member's.

    The owner is who has it now, of a merged member the other one: whom SharePass takes.
    """

    owner_member_id: str
    lot: Lot
    definition: PassDefinition
    held_units: int
    refund_fen: int


async def read_passes(
    database: Database,
    member_id: str,
    *,
    programmes: Programmes,
    business_date: date,
    now: datetime,
) -> list[PassView]:
    """The member's own passes in the order in which they would be used, then shared ones.

    Passes and shares of everybody who is one with the member since a merge are the member's.
    """
    async with database.read() as connection:
        own = await load_merges(connection, [member_id])
        heir = own.heir(member_id)
        lasting = await PassShareRepository(connection).lasting_with(
            own.family(member_id), _SHARES_MAX
        )
        merges = await load_merges(connection, {share.owner_member_id for share in lasting})
        # What two members who are one by now had shared with each other needs no share.
        shares = [
            (merges.heir(share.owner_member_id), share)
            for share in lasting
            if merges.heir(share.owner_member_id) != heir
        ]
        wallets = await LedgerQueries(connection).wallets(
            sorted({heir, *(owner for owner, _ in shares)})
        )
    views = []
    if heir in wallets:
        views = _views(wallets[heir], programmes, business_date, now)
    seen: set[tuple[str, str]] = set()
    for owner, share in shares:
        if owner not in wallets or (owner, share.pass_id) in seen:
            continue
        seen.add((owner, share.pass_id))
        for view in _views(wallets[owner], programmes, business_date, now):
            if view.lot.pass_id == share.pass_id and view.definition.shareable:
                views.append(replace(view, refund_fen=0))
    return views


def _views(
    wallet: Wallet, programmes: Programmes, business_date: date, now: datetime
) -> list[PassView]:
    held = wallet.held(now)
    views = []
    for lot in spending_order(wallet.lots.values()):
        if lot.asset is not Asset.PASS or not lot.remaining or has_expired(lot, business_date):
            continue
        definition = definition_of(programmes, lot)
        held_units = held.get(lot.key, 0)
        is_kept = held_units or wallet.frozen_reason is not None  # RefundPass refuses
        owed_fen = 0 if is_kept else definition.owed_fen(lot.remaining)
        views.append(
            PassView(
                wallet.member_id,
                lot,
                definition,
                held_units,
                owed_fen - definition.fee_fen(owed_fen),
            )
        )
    return views


async def list_pass_shares(
    database: Database, owner_member_id: str, page_token: str, limit: int
) -> tuple[Sequence[PassShare], str]:
    """A page of an owner's shares, newest id first, ended ones included; and the next token.

    Those of everybody who is one with the owner since a merge are among them.
    """
    question = ("pass shares", owner_member_id)
    before = id_in_token(page_token, question) or LAST_ID
    async with database.read() as connection:
        family = (await load_merges(connection, [owner_member_id])).family(owner_member_id)
        # One row too many, to learn whether there is a next page.
        shares = await PassShareRepository(connection).of_owners(family, before, limit + 1)
    if len(shares) <= limit:
        return shares, ""
    return shares[:limit], encode_page_token(shares[limit - 1].share_id, question=question)
