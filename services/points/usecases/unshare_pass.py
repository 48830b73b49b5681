"""Ends a share of a pass."""

from datetime import datetime

from chassis.database import Database
from chassis.errors import NotFound, PreconditionFailed, id_reused
from services.points.documents import same_content
from services.points.domain.pass_share import PassShare
from services.points.storage.locked_books import lock_wallets
from services.points.storage.pass_shares import PassShareRepository
from services.points.usecases.share_pass import publish_share
from yika.points.v1 import pass_service_pb2


async def unshare_pass(
    database: Database, message: pass_service_pb2.UnsharePassRequest, *, now: datetime
) -> tuple[PassShare, bool]:
    """The share as it ended, and True when the same request had ended it before.

    NotFound UNKNOWN_SHARE, PreconditionFailed SHARE_ENDED; AlreadyExists ID_REUSED for an id with
    other content. Nobody uses the pass by this share once this has answered.
    """
    owner = message.owner_member_id
    document = message.SerializeToString()
    async with database.transaction() as tx:
        await lock_wallets(tx.connection, [owner])
        shares = PassShareRepository(tx.connection)
        ended = await shares.find_ended_by(owner, message.unshare_id)
        if ended is not None:
            if not same_content(ended.end_document, message):
                raise id_reused("unshare", message.unshare_id)
            return ended.share, True
        known = await shares.find(owner, message.share_id)
        if known is None:
            raise NotFound(
                "UNKNOWN_SHARE",
                "the member has no such share",
                {"share_id": message.share_id, "owner_member_id": owner},
            )
        if known.share.ended_at is not None:
            raise PreconditionFailed(
                "SHARE_ENDED", "the share ended before", {"share_id": message.share_id}
            )
        share = known.share._replace(ended_at=now)
        await shares.end(share, message.unshare_id, document, now)
        publish_share(tx, share)
    return share, False
