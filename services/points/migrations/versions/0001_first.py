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
        register_id text NOT NULL,
        staff_id text NOT NULL,
        business_date date NOT NULL,
        occurred_at timestamptz NOT NULL,
        posted_at timestamptz NOT NULL,
        total_fen bigint NOT NULL CONSTRAINT ck_bills_total CHECK (total_fen >= 0),
        points_earned bigint NOT NULL,
        programme_version integer NOT NULL,
        reason text NOT NULL,
        original_bill_id uuid,
        sequence bigint NOT NULL,
        hash bytea NOT NULL,
        document bytea NOT NULL,
        allocation bytea NOT NULL,
        receipt bytea NOT NULL,
        CONSTRAINT pk_bills PRIMARY KEY (member_id, bill_id)
    )
    """,
    "CREATE UNIQUE INDEX uq_bills_bill_id ON bills (bill_id)",
    """
    CREATE INDEX ix_bills_store_id_business_date_bill_id
        ON bills (store_id, business_date, bill_id)
    """,
    """
    CREATE INDEX ix_bills_original_bill_id ON bills (original_bill_id)
        WHERE original_bill_id IS NOT NULL
    """,
    """
    CREATE TABLE transfers (
        member_id uuid NOT NULL,
        bill_id uuid NOT NULL,
        ordinal smallint NOT NULL,
        asset smallint NOT NULL,
        pass_id uuid,
        debit_account text NOT NULL,
        credit_account text NOT NULL,
        amount bigint NOT NULL CONSTRAINT ck_transfers_amount CHECK (amount > 0),
        lot_bill_id uuid,
        lot_ordinal smallint,
        store_id uuid NOT NULL,
        business_date date NOT NULL,
        posted_at timestamptz NOT NULL,
        CONSTRAINT pk_transfers PRIMARY KEY (member_id, bill_id, ordinal),
        CONSTRAINT ck_transfers_accounts CHECK (debit_account <> credit_account)
    )
    """,
    """
    CREATE INDEX ix_transfers_left_top_ups ON transfers (lot_bill_id)
        WHERE credit_account IN ('principal_cashed_out', 'principal_issued', 'bonus_expired')
    """,
    # Rows of lots and wallets change in place; room on the page keeps the changes there.
    """
    CREATE TABLE lots (
        member_id uuid NOT NULL,
        bill_id uuid NOT NULL,
        ordinal smallint NOT NULL,
        asset smallint NOT NULL,
        pass_id uuid,
        granted bigint NOT NULL,
        remaining bigint NOT NULL,
        expired bigint NOT NULL,
        rule_version text NOT NULL,
        store_id uuid NOT NULL,
        earned_at timestamptz NOT NULL,
        available_at timestamptz NOT NULL,
        expiry_date date,
        moved_by uuid,
        CONSTRAINT pk_lots PRIMARY KEY (member_id, bill_id, ordinal),
        CONSTRAINT ck_lots_remaining
            CHECK (granted > 0 AND remaining BETWEEN 0 AND granted),
        CONSTRAINT ck_lots_expired CHECK (expired BETWEEN 0 AND granted - remaining)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX ix_lots_open ON lots (member_id) WHERE remaining > 0",
    """
    CREATE INDEX ix_lots_expiring ON lots (expiry_date, member_id)
        WHERE remaining > 0 AND expiry_date IS NOT NULL
    """,
    """
    CREATE TABLE wallets (
        member_id uuid CONSTRAINT pk_wallets PRIMARY KEY,
        points bigint NOT NULL,
        principal_fen bigint NOT NULL,
        bonus_fen bigint NOT NULL,
        debt_points bigint NOT NULL,
        carry_numerator bigint NOT NULL,
        carry_denominator bigint NOT NULL,
        sale_count bigint NOT NULL,
        open_holds integer NOT NULL,
        card_type text NOT NULL,
        bill_count bigint NOT NULL,
        last_hash bytea NOT NULL,
        frozen_reason text,
        merged_into uuid,
        CONSTRAINT ck_wallets_balances CHECK (
            points >= 0 AND principal_fen >= 0 AND bonus_fen >= 0 AND debt_points >= 0
        ),
        CONSTRAINT ck_wallets_carry CHECK (
            carry_denominator > 0 AND carry_numerator BETWEEN 0 AND carry_denominator - 1
        )
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE earning_counters (
        member_id uuid NOT NULL,
        rule_id text NOT NULL,
        period text NOT NULL,
        weight bigint NOT NULL,
        denominator bigint NOT NULL,
        CONSTRAINT pk_earning_counters PRIMARY KEY (member_id, rule_id, period),
        CONSTRAINT ck_earning_counters_weight CHECK (weight >= 0 AND denominator > 0)
    )
    """,
    """
    CREATE TABLE holds (
        member_id uuid NOT NULL,
        hold_id uuid NOT NULL,
        asset smallint NOT NULL,
        pass_id uuid,
        store_id uuid NOT NULL,
        register_id text NOT NULL,
        staff_id text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        state smallint NOT NULL,
        closed_at timestamptz,
        voided_by text NOT NULL,
        reason text NOT NULL,
        document bytea NOT NULL,
        CONSTRAINT pk_holds PRIMARY KEY (member_id, hold_id)
    )
    """,
    "CREATE UNIQUE INDEX uq_holds_hold_id ON holds (hold_id)",
    "CREATE INDEX ix_holds_open ON holds (member_id) WHERE state = 1",
    "CREATE INDEX ix_holds_live ON holds (expires_at, store_id) WHERE state = 1",
    """
    CREATE TABLE hold_lots (
        member_id uuid NOT NULL,
        hold_id uuid NOT NULL,
        ordinal smallint NOT NULL,
        lot_bill_id uuid NOT NULL,
        lot_ordinal smallint NOT NULL,
        asset smallint NOT NULL,
        amount bigint NOT NULL,
        posted bigint NOT NULL,
        CONSTRAINT pk_hold_lots PRIMARY KEY (member_id, hold_id, ordinal),
        CONSTRAINT ck_hold_lots_posted CHECK (posted BETWEEN 0 AND amount)
    )
    """,
    """
    CREATE TABLE programmes (
        version integer CONSTRAINT pk_programmes PRIMARY KEY,
        effective_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        created_by text NOT NULL,
        document bytea NOT NULL
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
