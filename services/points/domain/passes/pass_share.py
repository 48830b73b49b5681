"""Sharing a pass with another member: who may use it too, for as long as it lasts. Pure."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from chassis.errors import AlreadyExists, Invalid, PreconditionFailed
from services.points.domain.assets import Asset
from services.points.domain.lot import has_expired
from services.points.domain.passes.pass_lots import definition_of
from services.points.domain.programme import Programmes
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.merges import Merges

# A family, not a trade in passes.
SHARES_MAX = 20


class PassShare(NamedTuple):
    """One member letting another use a pass; `ended_at` is None while it lasts."""

    owner_member_id: str
    share_id: str
    pass_id: str
    user_member_id: str
    shared_at: datetime
    ended_at: datetime | None = None


def check_share(
    wallet: Wallet,
    programmes: Programmes,
    share: PassShare,
    lasting: Collection[PassShare],
    business_date: date,
    merges: Merges,
) -> None:
    """Refuses a share of a pass that the owner does not have or may not share.

    `lasting` are the shares of the same owner and pass, `merges` those of both members' families.
    Invalid SAME_MEMBER for who was merged into the owner; PreconditionFailed WALLET_FROZEN,
    WALLET_MERGED, PASS_NOT_OWNED, PASS_NOT_SHAREABLE, TOO_MANY_SHARES; AlreadyExists
    ALREADY_SHARED.
    """
    wallet.require_usable()
    if wallet.merged_into is not None:
        raise PreconditionFailed(
            "WALLET_MERGED",
            "the owner was merged into another member",
            {"member_id": wallet.member_id, "merged_into": wallet.merged_into},
        )
    details: dict[str, object] = {"pass_id": share.pass_id}
    user = merges.heir(share.user_member_id)
    if user == share.owner_member_id:
        raise Invalid(
            "SAME_MEMBER", "the owner needs no share", {"member_id": share.user_member_id}
        )
    owned = [
        lot
        for lot in wallet.lots.values()
        if lot.asset is Asset.PASS
        and lot.pass_id == share.pass_id
        and lot.remaining
        and not has_expired(lot, business_date)
    ]
    if not owned:
        raise PreconditionFailed("PASS_NOT_OWNED", "the owner has no units of the pass", details)
    if not any(definition_of(programmes, lot).shareable for lot in owned):
        raise PreconditionFailed("PASS_NOT_SHAREABLE", "the pass is for its owner only", details)
    if any(each.user_member_id in merges.family(user) for each in lasting):
        raise AlreadyExists("ALREADY_SHARED", "the pass is shared with this member", details)
    if len(lasting) >= SHARES_MAX:
        raise PreconditionFailed(
            "TOO_MANY_SHARES", f"a pass is shared with at most {SHARES_MAX} members", details
        )
