"""The ledger: bills, transfers, lots, wallets, and the directory of known ids."""

from alembic import op

from chassis.migrations import create_event_tables_v1

revision = "0001"
down_revision = None

_STATEMENTS = (
    """
    CREATE TABLE bills (
        member_id uuid NOT NULL,
        bill_id uuid NOT NULL,
        kind smallint NOT NULL,
        store_id uuid NOT NULL,
        business_date date NOT NULL,
        occurred_at timestamptz NOT NULL,
        posted_at timestamptz NOT NULL,
        total_fen bigint NOT NULL CONSTRAINT ck_bills_total CHECK (total_fen >= 0),
        points_earned bigint NOT NULL,
        points_after bigint NOT NULL,
        document bytea NOT NULL,
        CONSTRAINT pk_bills PRIMARY KEY (member_id, bill_id)
    )
    """,
    "CREATE UNIQUE INDEX uq_bills_bill_id ON bills (bill_id)",
    """
    CREATE INDEX ix_bills_store_id_business_date_bill_id
        ON bills (store_id, business_date, bill_id)
    """,
    """
    CREATE TABLE transfers (
        member_id uuid NOT NULL,
        bill_id uuid NOT NULL,
        ordinal smallint NOT NULL,
        asset smallint NOT NULL,
        debit_account text NOT NULL,
        credit_account text NOT NULL,
        amount bigint NOT NULL CONSTRAINT ck_transfers_amount CHECK (amount > 0),
        store_id uuid NOT NULL,
        business_date date NOT NULL,
        posted_at timestamptz NOT NULL,
        CONSTRAINT pk_transfers PRIMARY KEY (member_id, bill_id, ordinal),
        CONSTRAINT ck_transfers_accounts CHECK (debit_account <> credit_account)
    )
    """,
    """
    CREATE TABLE lots (
        member_id uuid NOT NULL,
        bill_id uuid NOT NULL,
        ordinal smallint NOT NULL,
        asset smallint NOT NULL,
        granted bigint NOT NULL,
        remaining bigint NOT NULL,
        rule_version text NOT NULL,
        store_id uuid NOT NULL,
        earned_at timestamptz NOT NULL,
        available_at timestamptz NOT NULL,
        expiry_date date,
        CONSTRAINT pk_lots PRIMARY KEY (member_id, bill_id, ordinal),
        CONSTRAINT ck_lots_remaining
            CHECK (granted > 0 AND remaining BETWEEN 0 AND granted)
    )
    """,
    """
    CREATE TABLE wallets (
        member_id uuid NOT NULL,
        asset smallint NOT NULL,
        balance bigint NOT NULL CONSTRAINT ck_wallets_balance CHECK (balance >= 0),
        CONSTRAINT pk_wallets PRIMARY KEY (member_id, asset)
    )
    """,
    "CREATE TABLE known_members (member_id uuid CONSTRAINT pk_known_members PRIMARY KEY)",
    "CREATE TABLE known_stores (store_id uuid CONSTRAINT pk_known_stores PRIMARY KEY)",
    """
    CREATE TABLE known_products (
        product_id uuid CONSTRAINT pk_known_products PRIMARY KEY,
        category_id uuid NOT NULL,
        revision bigint NOT NULL
    )
    """,
)


def upgrade() -> None:
    """Creates every table of the first release."""
    create_event_tables_v1(op)
    for statement in _STATEMENTS:
        op.execute(statement)
