"""The indexes from which the ledger's questions are answered, beside those of its writes.

Each costs every write a little, so what comes by the million stays out where it can: sales out of
the index by kind, earned points out of the one by store and day.
"""

from sqlalchemy import Index, Table, text

# Partial indexes serve only queries that repeat their conditions.
NOT_A_SALE = "kind <> 1"
NOT_EARNED = "lot_bill_id IS NOT NULL AND debit_account <> 'points_issued'"


def add_query_indexes(bills: Table, transfers: Table, lots: Table) -> None:
    """Adds the indexes to their tables."""
    # A member's chain, newest first; and two bills never take the same place in it.
    Index(
        "uq_bills_member_id_sequence",
        bills.c.member_id,
        bills.c.sequence,
        unique=True,
        postgresql_where=text("sequence > 0"),
    )
    # Sums and filters of a store's days are answered without the rows, which are long.
    Index(
        "ix_bills_store_id_business_date_bill_id",
        bills.c.store_id,
        bills.c.business_date,
        bills.c.bill_id,
        postgresql_include=["member_id", "register_id", "kind", "total_fen", "points_earned"],
    )
    Index(
        "ix_bills_kind_store_id_business_date_bill_id",
        bills.c.kind,
        bills.c.store_id,
        bills.c.business_date,
        bills.c.bill_id,
        postgresql_include=["member_id", "register_id"],
        postgresql_where=text(NOT_A_SALE),
    )
    # What was posted after a moment: rows come in the order of time, so it costs next to nothing.
    Index(
        "ix_transfers_posted_at",
        transfers.c.posted_at,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    # Value that was spent, paid out or given back.
    Index(
        "ix_transfers_store_id_business_date",
        transfers.c.store_id,
        transfers.c.business_date,
        postgresql_where=text(NOT_EARNED),
    )
    # What the chain owes, by the store that stands for it.
    Index(
        "ix_lots_store_id_expiry_date",
        lots.c.store_id,
        lots.c.expiry_date,
        postgresql_where=text("is_open"),
    )
