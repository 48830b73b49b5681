"""Coupons: orders, coupons, what happened to them, and wrong codes."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    """
    CREATE TABLE coupon_orders (
        order_id uuid CONSTRAINT pk_coupon_orders PRIMARY KEY,
        anonymous boolean NOT NULL,
        template_id uuid NOT NULL,
        wanted_count integer NOT NULL,
        issued_count integer NOT NULL,
        last_serial integer NOT NULL,
        skipped_serials integer[] NOT NULL,
        code_prefix text NOT NULL,
        key_number smallint NOT NULL,
        valid_from date,
        valid_until date,
        state smallint NOT NULL,
        caller text NOT NULL,
        reason text NOT NULL,
        document bytea NOT NULL,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT ck_coupon_orders_counts CHECK (issued_count BETWEEN 0 AND wanted_count),
        CONSTRAINT ck_coupon_orders_serials CHECK (
            last_serial = issued_count + coalesce(array_length(skipped_serials, 1), 0)
        )
    )
    """,
    "CREATE INDEX ix_coupon_orders_issuing ON coupon_orders (created_at) WHERE state = 1",
    """
    CREATE TABLE coupon_order_events (
        order_id uuid NOT NULL,
        event_id uuid NOT NULL,
        kind smallint NOT NULL,
        caller text NOT NULL,
        reason text NOT NULL,
        first_serial integer,
        last_serial integer,
        happened_at timestamptz NOT NULL,
        CONSTRAINT pk_coupon_order_events PRIMARY KEY (order_id, event_id)
    )
    """,
    "CREATE UNIQUE INDEX uq_coupon_order_events_event_id ON coupon_order_events (event_id)",
    """
    CREATE TABLE coupons (
        member_id uuid NOT NULL,
        coupon_id uuid NOT NULL,
        order_id uuid NOT NULL,
        serial integer NOT NULL,
        state smallint NOT NULL CONSTRAINT ck_coupons_state CHECK (state BETWEEN 1 AND 4),
        version integer NOT NULL,
        reservation_id uuid,
        sale_id uuid,
        reserved_until timestamptz,
        bill_id uuid,
        issued_at timestamptz NOT NULL,
        CONSTRAINT pk_coupons PRIMARY KEY (member_id, coupon_id),
        CONSTRAINT ck_coupons_reservation CHECK (
            (state = 2) = (num_nonnulls(reservation_id, sale_id, reserved_until) = 3)
            AND (state = 2 OR num_nonnulls(reservation_id, sale_id, reserved_until) = 0)
        ),
        CONSTRAINT ck_coupons_bill CHECK ((state = 3) = (bill_id IS NOT NULL))
    )
    """,
    "CREATE UNIQUE INDEX uq_coupons_coupon_id ON coupons (coupon_id)",
    """
    CREATE INDEX ix_coupons_of_members ON coupons (member_id, issued_at, coupon_id)
        WHERE member_id <> coupon_id
    """,
    """
    CREATE TABLE coupon_events (
        member_id uuid NOT NULL,
        coupon_id uuid NOT NULL,
        number integer NOT NULL,
        request_id uuid NOT NULL,
        kind smallint NOT NULL,
        state smallint NOT NULL,
        document_id uuid,
        returned_bill_id uuid,
        buyer_id uuid,
        store_id uuid,
        business_date date,
        reserved_until timestamptz,
        hold_seconds integer,
        caller text NOT NULL,
        staff_id text NOT NULL,
        reason text NOT NULL,
        happened_at timestamptz NOT NULL,
        CONSTRAINT pk_coupon_events PRIMARY KEY (member_id, coupon_id, number)
    )
    """,
    "CREATE UNIQUE INDEX uq_coupon_events_request_id ON coupon_events (request_id)",
    "CREATE INDEX ix_coupon_events_coupon_id_number ON coupon_events (coupon_id, number)",
    """
    CREATE TABLE coupon_tries (
        caller text NOT NULL,
        store_id uuid NOT NULL,
        began_at timestamptz NOT NULL,
        wrong_count integer NOT NULL,
        CONSTRAINT pk_coupon_tries PRIMARY KEY (caller, store_id)
    )
    """,
)


def upgrade() -> None:
    """Creates the tables of coupons."""
    for statement in _STATEMENTS:
        op.execute(statement)
