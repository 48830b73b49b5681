"""Freezes a wallet whose books do not hold: what a check of the ledger does by itself."""

from datetime import datetime

from chassis.database import Database
from chassis.errors import PreconditionFailed
from chassis.ids import new_id
from services.points.domain.wallet_change import WalletChange, WalletChangeKind
from services.points.usecases.change_wallets import change_wallets

LEDGER = "ledger"  # the caller when nobody called


async def freeze_broken_wallet(
    database: Database, member_id: str, reason: str, *, now: datetime
) -> bool:
    """Freezes a wallet in the ledger's own name; False when it was frozen or merged already.

    Staff unfreezes it like any other. The reason is shown to whoever reads the wallet.
    """
    change = WalletChange(
        change_id=new_id(),
        kind=WalletChangeKind.FROZEN,
        member_ids=(member_id,),
        caller=LEDGER,
        happened_at=now,
        reason=reason,
    )
    try:
        await change_wallets(database, change)
    except PreconditionFailed as refusal:
        if refusal.reason in ("ALREADY_FROZEN", "MEMBER_MERGED"):
            return False
        raise
    return True
