"""Lets another member use a pass too."""

from datetime import datetime

from chassis.database import Database, Transaction
from chassis.errors import id_reused
from services.points.domain.limits import ledger_day
from services.points.domain.passes.pass_share import PassShare, check_share
from services.points.domain.programme import Programmes
from services.points.messages.documents import same_content
from services.points.messages.passes.pass_messages import share_message
from services.points.storage.driver import driver_of
from services.points.storage.locked_books import load_lots, lock_wallets
from services.points.storage.passes.pass_shares import PassShareRepository
from services.points.storage.wallets.merges import load_merges
from yika.points.v1 import pass_events_pb2, pass_service_pb2


async def share_pass(
    database: Database,
    message: pass_service_pb2.SharePassRequest,
    *,
    programmes: Programmes,
    now: datetime,
) -> tuple[PassShare, bool]:
    """The share as it began, and True when the same request had begun it before.

    Refuses as check_share does; AlreadyExists ID_REUSED for an id with other content. Uses of the
    pass wait for the owner's wallet, as this does: none sees half of it.
    """
    share = PassShare(
        message.owner_member_id, message.share_id, message.pass_id, message.user_member_id, now
    )
    document = message.SerializeToString()
    async with database.transaction() as tx:
        wallets = await lock_wallets(tx.connection, [share.owner_member_id])
        shares = PassShareRepository(tx.connection)
        known = await shares.find(share.share_id)
        if known is not None:
            if not same_content(known.document, message):
                raise id_reused("share", share.share_id)
            return known.share._replace(ended_at=None), True
        wallet = wallets[share.owner_member_id]
        await load_lots(await driver_of(tx.connection), [wallet])
        merges = await load_merges(tx.connection, [share.owner_member_id, share.user_member_id])
        lasting = await shares.lasting(merges.family(share.owner_member_id), share.pass_id)
        day = ledger_day(now)
        check_share(wallet, programmes, share, lasting, day, merges)
        await shares.add(share, document)
        publish_share(tx, share)
    return share, False


def publish_share(tx: Transaction, share: PassShare) -> None:
    """Tells others that a share began or ended."""
    tx.publish(
        pass_events_pb2.PassSharesChanged(shares=[share_message(share)]),
        member_id=share.owner_member_id,
    )
