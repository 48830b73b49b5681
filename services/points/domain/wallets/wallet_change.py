"""What happens to wallets beside bills: freezing, and joining a household. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from chassis.errors import Invalid, PreconditionFailed
from services.points.domain.limits import require_reason
from services.points.domain.wallet import Wallet
from services.points.domain.wallets.member_move import require_unmerged

# More is no household but a market for points.
HOUSEHOLD_MEMBERS_MAX = 20


class WalletChangeKind(IntEnum):
    """What happened; the numbers are those of the proto and of the table."""

    FROZEN = 1
    UNFROZEN = 2
    LINKED = 3
    UNLINKED = 4


@dataclass(frozen=True, slots=True)
class WalletChange:
    """A change as somebody asked for it; with no store and no staff the ledger itself did.

    `caller` and `happened_at` are recorded and not compared when the id comes again.
    """

    change_id: str
    kind: WalletChangeKind
    member_ids: tuple[str, ...]
    caller: str
    happened_at: datetime
    reason: str
    household_id: str | None = None
    store_id: str | None = None
    staff_id: str = ""

    def same_content(self, other: "WalletChange") -> bool:
        """True when an id came again with the same content."""
        return self == replace(other, caller=self.caller, happened_at=self.happened_at)


def check_decision(staff_id: str, reason: str) -> None:
    """Invalid REASON_REQUIRED or STAFF_REQUIRED for a decision without why or who."""
    require_reason(reason)
    check_staff(staff_id)


def check_staff(staff_id: str) -> None:
    """Invalid STAFF_REQUIRED when nobody answers for what is asked."""
    if not staff_id.strip():
        raise Invalid("STAFF_REQUIRED", "it must be said who does it", {"field": "staff_id"})


def check_members(member_ids: Sequence[str]) -> None:
    """Invalid INVALID_MEMBERS for none, too many, or one named twice."""
    if not 1 <= len(member_ids) <= HOUSEHOLD_MEMBERS_MAX or len(set(member_ids)) < len(member_ids):
        raise Invalid(
            "INVALID_MEMBERS",
            f"1 to {HOUSEHOLD_MEMBERS_MAX} different members are needed",
            {"field": "member_ids", "members": len(member_ids)},
        )


def check_change(
    change: WalletChange, wallets: Mapping[str, Wallet], household: frozenset[str]
) -> None:
    """Refuses what the wallets do not allow. `household` are the members that it has so far.

    PreconditionFailed MEMBER_MERGED; ALREADY_FROZEN and NOT_FROZEN; IN_ANOTHER_HOUSEHOLD,
    HOUSEHOLD_TOO_LARGE and NOT_IN_HOUSEHOLD.
    """
    for member_id in change.member_ids:
        wallet = wallets[member_id]
        if change.kind is WalletChangeKind.FROZEN:
            require_unmerged(wallet)
            _require(wallet.frozen_reason is None, "ALREADY_FROZEN", "is frozen", member_id)
        elif change.kind is WalletChangeKind.UNFROZEN:
            _require(wallet.frozen_reason is not None, "NOT_FROZEN", "is not frozen", member_id)
        elif change.kind is WalletChangeKind.LINKED:
            require_unmerged(wallet)
            free = wallet.household_id in (None, change.household_id)
            _require(free, "IN_ANOTHER_HOUSEHOLD", "belongs to another household", member_id)
        else:
            _require(
                wallet.household_id == change.household_id,
                "NOT_IN_HOUSEHOLD",
                "does not belong to the household",
                member_id,
            )
    if change.kind is WalletChangeKind.LINKED:
        size = len(household.union(change.member_ids))
        if size > HOUSEHOLD_MEMBERS_MAX:
            raise PreconditionFailed(
                "HOUSEHOLD_TOO_LARGE",
                f"a household has at most {HOUSEHOLD_MEMBERS_MAX} members",
                {"household_id": change.household_id, "members": size},
            )


def _require(holds: bool, reason: str, what: str, member_id: str) -> None:
    if not holds:
        raise PreconditionFailed(reason, f"the member's wallet {what}", {"member_id": member_id})
