"""The table of what happened to wallets beside bills: frozen, unfrozen, joined to a household."""

from sqlalchemy import Column, DateTime, Index, SmallInteger, Table, Text, Uuid

from services.points.storage.metadata import metadata

# Rows are added, never changed. A change of a household has a row for each member it names.
wallet_changes = Table(
    "wallet_changes",
    metadata,
    Column("member_id", Uuid(as_uuid=False), primary_key=True),
    Column("change_id", Uuid(as_uuid=False), primary_key=True),
    # Place among the members that the change names, from 0.
    Column("ordinal", SmallInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("household_id", Uuid(as_uuid=False)),
    # Null when the ledger itself froze the wallet.
    Column("store_id", Uuid(as_uuid=False)),
    Column("staff_id", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("happened_at", DateTime(timezone=True), nullable=False),
    # An id names one change, whoever's wallet it is about: see ADR 0014.
    Index("uq_wallet_changes_change_id_ordinal", "change_id", "ordinal", unique=True),
)
