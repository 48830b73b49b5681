"""Freezes a wallet whose books do not hold: what a check of the ledger does by itself."""

from datetime import datetime

from chassis.database import Transaction
from chassis.ids import new_id
from services.points.domain.wallets.wallet_change import WalletChange, WalletChangeKind
from services.points.storage.wallets.wallet_changes import WalletChangeRepository
from services.points.usecases.wallets.change_wallets import carry_out

LEDGER = "ledger"  # the caller when nobody called


async def freeze_broken_wallet(
    tx: Transaction, member_id: str, reason: str, *, now: datetime
) -> bool:
    """Freezes a wallet in the ledger's own name, in the commit of what was found.

    False when there is none, or it was frozen or merged already. Staff unfreezes it like any
    other. The reason is shown to whoever reads the wallet.
    """
    if not await WalletChangeRepository(tx.connection).can_be_frozen(member_id):
        return False
    change = WalletChange(
        change_id=new_id(),
        kind=WalletChangeKind.FROZEN,
        member_ids=(member_id,),
        caller=LEDGER,
        happened_at=now,
        reason=reason,
    )
    await carry_out(tx, change)
    return True
