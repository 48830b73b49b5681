"""Lists the adjustments that wait for approval, oldest first."""

from collections.abc import Sequence

from chassis.database import Database
from chassis.paging import encode_page_token
from services.points.domain.rewards.proposal import Proposal
from services.points.pages import id_in_token
from services.points.storage.queries.ledger_queries import FIRST_ID
from services.points.storage.rewards.adjustments import ProposalRepository


async def list_adjustment_proposals(
    database: Database, store_id: str | None, page_token: str, limit: int
) -> tuple[Sequence[Proposal], str]:
    """A page of one store's proposals, or of all, and the token of the next one."""
    question = ("adjustment proposals", store_id)
    after = id_in_token(page_token, question) or FIRST_ID
    async with database.read() as connection:
        found = await ProposalRepository(connection).open(store_id, after, limit + 1)
    if len(found) <= limit:
        return found, ""
    return found[:limit], encode_page_token(found[limit - 1].proposal_id, question=question)
