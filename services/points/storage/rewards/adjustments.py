"""The only SQL of adjustments. A proposal changes once, when somebody decides."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.points.domain.books import Books
from services.points.domain.limits import ledger_day
from services.points.domain.posting import Posting
from services.points.domain.rewards.adjustment_limit import AdjustmentLimit, DaySums
from services.points.domain.rewards.proposal import Proposal, ProposalState
from services.points.storage.driver import Driver, text_of
from services.points.storage.rewards.adjustment_tables import adjustment_proposals

# Its columns are named: another one, which a later release adds, must not change what is prepared.
_LOCK = """
    SELECT {columns} FROM adjustment_proposals WHERE proposal_id = ANY($1::uuid[])
    ORDER BY proposal_id FOR UPDATE
    """.format(columns=", ".join(column.name for column in adjustment_proposals.columns))  # noqa: S608 - names of columns
_DECIDE = """
    UPDATE adjustment_proposals AS proposals
    SET state = given.state, decided_by = given.decided_by, decided_at = given.decided_at,
        decision_reason = given.decision_reason, bill_id = given.bill_id
    FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::timestamptz[], $5::text[], $6::uuid[])
        AS given (proposal_id, state, decided_by, decided_at, decision_reason, bill_id)
    WHERE proposals.proposal_id = given.proposal_id AND proposals.state = 1
    RETURNING 1
    """

# Wallets are locked before, then ids, then persons: nobody waits in a circle. No unique index can
# tell that an id is taken by a row that is not committed yet, in another table.
_TAKE_TURNS = """
    SELECT pg_advisory_xact_lock(hashtextextended(name, $2))
    FROM (SELECT name FROM unnest($1::text[]) AS given (name) ORDER BY 1) AS sorted
    """
_BY_SUBJECT, _BY_ID = 1, 2
_DAY_SUMS = """
    SELECT subject, coalesce(sum(points) FILTER (WHERE points > 0), 0)::bigint AS added,
           coalesce(-sum(points) FILTER (WHERE points < 0), 0)::bigint AS taken
    FROM direct_adjustments WHERE subject = ANY($1::text[]) AND made_date = $2
    GROUP BY subject
    """
_ADD_DIRECT = """
    INSERT INTO direct_adjustments (member_id, bill_id, subject, made_date, points)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::bigint[])
    """


async def load_day_sums(driver: Driver, books: Books, subjects: Iterable[str]) -> None:
    """What persons have adjusted today without approval; true until the commit.

    Wallets must be locked already. Whoever adjusts at two tills at once takes turns.
    """
    wanted = sorted(set(subjects))
    if not wanted:
        return
    await driver.execute(_TAKE_TURNS, wanted, _BY_SUBJECT)
    for row in await driver.fetch(_DAY_SUMS, wanted, ledger_day(books.now)):
        books.day_sums[row["subject"]] = DaySums(row["added"], row["taken"])


async def write_direct(driver: Driver, postings: Iterable[Posting]) -> None:
    """Writes who adjusted without approval."""
    rows = [
        (posting.wallet.member_id, posting.bill_id, *posting.direct_adjustment)
        for posting in postings
        if posting.direct_adjustment is not None
    ]
    if rows:
        await driver.execute(_ADD_DIRECT, *zip(*rows, strict=True))


async def lock_adjustment_ids(driver: Driver, ids: Iterable[str]) -> None:
    """Keeps ids of adjustments from becoming bills or proposals elsewhere until the commit.

    Wallets must be locked already. Their locks do not do: an id may come for two members at once.
    """
    await driver.execute(_TAKE_TURNS, sorted(set(ids)), _BY_ID)


async def load_proposals(driver: Driver, books: Books, proposal_ids: Sequence[str]) -> None:
    """Locks ids, and the proposals that have them. By themselves: a wallet may be merged before."""
    if not proposal_ids:
        return
    await lock_adjustment_ids(driver, proposal_ids)
    for row in await driver.fetch(_LOCK, list(proposal_ids)):
        books.proposals[str(row["proposal_id"])] = _proposal(row)


async def write_decisions(driver: Driver, proposals: Sequence[Proposal]) -> None:
    """Writes how locked proposals were decided."""
    if not proposals:
        return
    columns = zip(
        *(
            (p.proposal_id, p.state, p.decided_by, p.decided_at, p.decision_reason, p.bill_id)
            for p in proposals
        ),
        strict=True,
    )
    decided = await driver.fetch(_DECIDE, *columns)
    if len(decided) != len(proposals):
        raise RuntimeError("a locked proposal was not there to be decided")


class ProposalRepository:
    """Reads and writes proposals beside the door."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, proposal_id: str, *, lock: bool = False) -> Proposal | None:
        """A proposal by its id, whoever's points it is about."""
        query = select(adjustment_proposals).where(
            adjustment_proposals.c.proposal_id == proposal_id
        )
        rows = await self._connection.execute(query.with_for_update() if lock else query)
        row = rows.one_or_none()
        return None if row is None else _proposal(row._mapping)

    async def add(self, proposal: Proposal) -> bool:
        """Adds a proposal; False when another writer has just used its id."""
        added = await self._connection.execute(
            insert(adjustment_proposals)
            .values(
                member_id=proposal.member_id,
                proposal_id=proposal.proposal_id,
                store_id=proposal.store_id,
                points=proposal.points,
                proposed_by=proposal.proposed_by,
                proposed_at=proposal.proposed_at,
                document=proposal.document,
                limit_number=proposal.limit or 0,
                state=proposal.state,
                decided_by="",
                decision_reason="",
            )
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1

    async def count_open(self, member_id: str) -> int:
        """How many proposals of a member wait."""
        rows = await self._connection.execute(
            select(func.count())
            .select_from(adjustment_proposals)
            .where(
                adjustment_proposals.c.member_id == member_id,
                adjustment_proposals.c.state == ProposalState.PROPOSED,
            )
        )
        return int(rows.scalar_one())

    async def decide(self, proposal: Proposal) -> None:
        """Writes how a locked proposal was decided."""
        decided = await self._connection.execute(
            update(adjustment_proposals)
            .where(
                adjustment_proposals.c.proposal_id == proposal.proposal_id,
                adjustment_proposals.c.state == ProposalState.PROPOSED,
            )
            .values(
                state=proposal.state,
                decided_by=proposal.decided_by,
                decided_at=proposal.decided_at,
                decision_reason=proposal.decision_reason,
            )
        )
        if decided.rowcount != 1:
            raise RuntimeError("a locked proposal was not there to be decided")

    async def open(
        self, store_id: str | None, after_proposal_id: str, limit: int
    ) -> Sequence[Proposal]:
        """Proposals that wait, oldest id first; of one store, or of all."""
        query = select(adjustment_proposals).where(
            adjustment_proposals.c.state == ProposalState.PROPOSED,
            adjustment_proposals.c.proposal_id > after_proposal_id,
        )
        if store_id is not None:
            query = query.where(adjustment_proposals.c.store_id == store_id)
        rows = await self._connection.execute(
            query.order_by(adjustment_proposals.c.proposal_id).limit(limit)
        )
        return [_proposal(row._mapping) for row in rows]


def _proposal(row: Any) -> Proposal:
    return Proposal(
        proposal_id=str(row["proposal_id"]),
        member_id=str(row["member_id"]),
        store_id=str(row["store_id"]),
        points=row["points"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        document=row["document"],
        limit=AdjustmentLimit(row["limit_number"]) if row["limit_number"] else None,
        state=ProposalState(row["state"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        decision_reason=row["decision_reason"],
        bill_id=text_of(row["bill_id"]),
    )
