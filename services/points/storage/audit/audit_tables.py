"""Tables of the verification: its runs, and the breaks that they found."""

from sqlalchemy import Column, DateTime, Index, Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from services.points.storage.metadata import metadata

ledger_runs = Table(
    "ledger_runs",
    metadata,
    Column("run_id", Uuid(as_uuid=False), primary_key=True),
    # The one member that it is about; null for the whole ledger.
    Column("member_id", Uuid(as_uuid=False)),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("completed_at", DateTime(timezone=True)),
    # Where it goes on: the last account verified, and the last bill of a walk-in account.
    Column("position", Text, nullable=False),
    Column("account_count", BIGINT, nullable=False),
    Column("bill_count", BIGINT, nullable=False),
    Column("break_count", BIGINT, nullable=False),
    Index(
        "ix_ledger_runs_open",
        "requested_at",
        postgresql_where=sql("completed_at IS NULL AND member_id IS NULL"),
    ),
    Index("ix_ledger_runs_requested_at", "requested_at"),
)

ledger_breaks = Table(
    "ledger_breaks",
    metadata,
    # The zero UUID for what concerns the whole books.
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("subject", Text, primary_key=True),
    Column("expected", Text, nullable=False),
    Column("found", Text, nullable=False),
    # The transfers that prove it, the first of them when there are very many.
    Column("proof_bill_ids", ARRAY(Uuid(as_uuid=False)), nullable=False),
    Column("proof_ordinals", ARRAY(SmallInteger), nullable=False),
    Column("proof_count", Integer, nullable=False),
    Column("first_run_id", Uuid(as_uuid=False), nullable=False),
    Column("last_run_id", Uuid(as_uuid=False), nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    # When a later run no longer found it.
    Column("resolved_at", DateTime(timezone=True)),
    Index("ix_ledger_breaks_open", "member_id", postgresql_where=sql("resolved_at IS NULL")),
)
