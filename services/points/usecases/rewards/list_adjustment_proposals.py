"""Lists the adjustments that wait for approval, oldest first."""

from collections.abc import Sequence

from chassis.database import Database
from chassis.paging import encode_page_token
from services.points.domain.rewards.proposal import Proposal
from services.points.pages import id_in_token, rows_that_fit
from services.points.storage.queries.ledger_queries import FIRST_ID
from services.points.storage.rewards.adjustments import ProposalRepository

# Of a proposal that waits, all but its request: its id, a subject, a moment and what it is.
_BYTES_BESIDE = 2 * 1024


async def list_adjustment_proposals(
    database: Database, store_id: str | None, page_token: str, limit: int
) -> tuple[Sequence[Proposal], str]:
    """A page of one store's proposals, or of all, and the token of the next one."""
    question = ("adjustment proposals", store_id)
    after = id_in_token(page_token, question) or FIRST_ID
    async with database.read() as connection:
        found = await ProposalRepository(connection).open(store_id, after, limit + 1)
    limit = rows_that_fit(found, limit, _bytes_of)
    if len(found) <= limit:
        return found, ""
    return found[:limit], encode_page_token(found[limit - 1].proposal_id, question=question)


def _bytes_of(proposal: Proposal) -> int:
    return _BYTES_BESIDE + len(proposal.document)
