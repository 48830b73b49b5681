"""Ends a share of a pass."""

from datetime import datetime

from chassis.database import Database, Transaction
from chassis.errors import NotFound, PreconditionFailed, Unavailable, id_reused
from services.points.domain.passes.pass_share import PassShare
from services.points.messages.documents import same_content
from services.points.storage.locked_books import lock_wallets
from services.points.storage.passes.pass_shares import PassShareRepository
from services.points.storage.wallets.merges import heirs_of, load_merges
from services.points.usecases.passes.share_pass import publish_share
from yika.points.v1 import pass_service_pb2

_ATTEMPTS_MAX = 5


class _LookAgain(Exception):
    """The owner was merged into a member whose wallet is not locked yet."""


async def unshare_pass(
    database: Database, message: pass_service_pb2.UnsharePassRequest, *, now: datetime
) -> tuple[PassShare, bool]:
    """The share as it ended, and True when the same request had ended it before.

    NotFound UNKNOWN_SHARE, PreconditionFailed SHARE_ENDED; AlreadyExists ID_REUSED for an id with
    other content. Nobody uses the pass by this share once this has answered: uses wait for the
    wallet of who answers for the owner, as this does.
    """
    members = {message.owner_member_id}
    for _ in range(_ATTEMPTS_MAX):
        try:
            async with database.transaction() as tx:
                wallets = await lock_wallets(tx.connection, members)
                if any(w.merged_into not in wallets for w in wallets.values() if w.merged_into):
                    raise _LookAgain
                return await _unshare(tx, message, now)
        except _LookAgain:
            async with database.line() as line:
                members |= await heirs_of(line.driver, members)
    raise Unavailable("TRANSACTION_CONFLICT", "the owner is being merged elsewhere")


async def _unshare(
    tx: Transaction, message: pass_service_pb2.UnsharePassRequest, now: datetime
) -> tuple[PassShare, bool]:
    owner = message.owner_member_id
    shares = PassShareRepository(tx.connection)
    # A share stays with the member who began it; whoever answers for that member may end it.
    family = (await load_merges(tx.connection, [owner])).family(owner)
    ended = await shares.find_ended_by(message.unshare_id)
    if ended is not None:
        if not same_content(ended.end_document, message):
            raise id_reused("unshare", message.unshare_id)
        return ended.share, True
    known = await shares.find(message.share_id)
    if known is None or known.share.owner_member_id not in family:
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
    await shares.end(share, message.unshare_id, message.SerializeToString(), now)
    publish_share(tx, share)
    return share, False
