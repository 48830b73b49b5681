"""Reads passes of members, expiry judged for a business date, and with whom they are shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chassis.database import Database
from chassis.errors import Invalid
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, has_expired, spending_order
from services.points.domain.pass_lots import definition_of
from services.points.domain.pass_share import PassShare
from services.points.domain.passes import PassDefinition
from services.points.domain.programme import Programmes
from services.points.domain.wallet import Wallet
from services.points.storage.pass_shares import PassShareRepository
from services.points.storage.queries import NEWEST, LedgerQueries

# More shares than any person has use for; the oldest come first.
_SHARES_MAX = 100


@dataclass(frozen=True, slots=True)
class PassView:
    """A sold pass that can be used; `refund_fen` is 0 for another member's."""

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
    """The member's own passes in the order in which they would be used, then shared ones."""
    async with database.read() as connection:
        queries = LedgerQueries(connection)
        shares = await PassShareRepository(connection).lasting_with(member_id, _SHARES_MAX)
        own = await _wallet(queries, member_id)
        owners = {
            owner: await _wallet(queries, owner)
            for owner in dict.fromkeys(share.owner_member_id for share in shares)
        }
    views = _views(own, member_id, programmes, business_date, now) if own else []
    for share in shares:
        wallet = owners[share.owner_member_id]
        if wallet is None:
            continue
        for view in _views(wallet, share.owner_member_id, programmes, business_date, now):
            if view.lot.pass_id == share.pass_id and view.definition.shareable:
                views.append(
                    PassView(view.owner_member_id, view.lot, view.definition, view.held_units, 0)
                )
    return views


async def _wallet(queries: LedgerQueries, member_id: str) -> Wallet | None:
    """The wallet from which a member's passes are used."""
    wallet = await queries.wallet(member_id)
    if wallet is not None and wallet.merged_into is not None:
        return await queries.wallet(wallet.merged_into)
    return wallet


def _views(
    wallet: Wallet, owner_member_id: str, programmes: Programmes, business_date: date, now: datetime
) -> list[PassView]:
    held = wallet.held(now)
    views = []
    for lot in spending_order(wallet.lots.values()):
        if lot.asset is not Asset.PASS or not lot.remaining or has_expired(lot, business_date):
            continue
        definition = definition_of(programmes, lot)
        held_units = held.get(lot.key, 0)
        owed_fen = 0 if held_units else definition.owed_fen(lot.remaining)
        views.append(
            PassView(
                owner_member_id,
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
    """A page of an owner's shares, newest id first, ended ones included; and the next token."""
    before = NEWEST
    key = decode_page_token(page_token, str)
    if key is not None:
        try:
            before = canonical_id(str(key[0]), "page_token")
        except Invalid:
            raise Invalid(
                "INVALID_PAGE_TOKEN", "page_token is not one that this list gave out"
            ) from None
    async with database.read() as connection:
        # One row too many, to learn whether there is a next page.
        shares = await PassShareRepository(connection).of_owner(owner_member_id, before, limit + 1)
    if len(shares) <= limit:
        return shares, ""
    return shares[:limit], encode_page_token(shares[limit - 1].share_id)
