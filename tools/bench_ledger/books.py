"""A ledger with a past: members with lots and a history of bills, written by SQL in bulk."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import asyncpg

from chassis.clock import to_proto_date, to_timestamp
from yika.points.v1 import sale_pb2

PRODUCTS = 2_000
LINES = 8
STORES = 20
# Sales of a member whose points are still there; those before them have been spent.
_OPEN_SALES = 4
_MEMBERS_AT_ONCE = 20_000

BUSINESS_DATE = date(2026, 5, 1)
SOLD_AT = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Books:
    """How large the ledger is: `sales_each` bills a member beside one top-up."""

    members: int
    sales_each: int

    @property
    def transfers(self) -> int:
        """Transfers in the books."""
        return self.members * (3 + 2 * self.sales_each + max(0, self.sales_each - _OPEN_SALES))


def member_id(number: int) -> str:
    """The id of a member, from 1."""
    return f"00000000-0000-7000-8000-{number:012d}"


def store_id(number: int) -> str:
    """The id of a store, from 1."""
    return f"00000000-0000-7000-9000-{number:012d}"


def product_id(number: int) -> str:
    """The id of a product, from 1."""
    return f"00000000-0000-7000-a000-{number:012d}"


def a_sale(sale_id: str = "01900000-0000-7000-8000-000000000000") -> sale_pb2.Sale:
    """A sale of eight lines, 80 yuan in cash; what the history is made of."""
    return sale_pb2.Sale(
        sale_id=sale_id,
        member_id=member_id(1),
        store_id=store_id(1),
        register_id="R1",
        staff_id="8001",
        business_date=to_proto_date(BUSINESS_DATE),
        sold_time=to_timestamp(SOLD_AT),
        lines=[
            sale_pb2.SaleLine(
                product_id=product_id(n),
                quantity_milli=1000,
                list_fen=1050,
                discount_fen=50,
                category_id=product_id(1),
            )
            for n in range(1, LINES + 1)
        ],
        tenders=[sale_pb2.Tender(kind="cash", amount_fen=8000)],
        total_fen=8000,
    )


_KNOWN = """
    INSERT INTO known_members SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid
    FROM generate_series(1, $1::int) AS n ON CONFLICT DO NOTHING;
    """
_WALLETS = """
    INSERT INTO wallets (member_id, points, principal_fen, bonus_fen, debt_points,
        carry_numerator, carry_denominator, sale_count, open_holds, card_type, bill_count,
        last_hash)
    SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 4000000, 50000000,
        5000000, 0, 0, 1, $3::int, 0, '', $3::int + 1, sha256('bench')
    FROM generate_series($1::int, $2::int) AS n
    """
# Bill 0 of a member is the top-up; the others are sales, the newest last.
_EACH = """
    FROM generate_series($1::int, $2::int) AS n, generate_series(0, $3::int) AS s,
        LATERAL (SELECT lpad(n::text, 12, '0') AS tail) AS padded,
        LATERAL (SELECT ('00000000-0000-7000-8000-' || tail)::uuid AS member_id,
            ('0190' || lpad(to_hex(s), 4, '0') || '-0000-7000-8000-' || tail)::uuid AS bill_id,
            ('00000000-0000-7000-9000-' || lpad((1 + n % 20)::text, 12, '0'))::uuid AS store_id,
            timestamptz '2025-05-01 10:00+00' + s * interval '6 hours' AS at) AS bill
    """
_BILLS = f"""
    INSERT INTO bills (member_id, bill_id, kind, store_id, register_id, staff_id, business_date,
        occurred_at, posted_at, total_fen, points_earned, programme_version, reason, sequence,
        hash, document, allocation, receipt)
    SELECT member_id, bill_id, CASE s WHEN 0 THEN 3 ELSE 1 END, store_id, 'R1', '8001', at::date,
        at, at, 8000, 80, 1, '', s + 1, sha256('bench'), $4::bytea, $5::bytea, $6::bytea {_EACH}
    """
_TRANSFERS = f"""
    INSERT INTO transfers (member_id, bill_id, ordinal, asset, debit_account, credit_account,
        amount, lot_bill_id, lot_ordinal, store_id, business_date, posted_at)
    SELECT member_id, bill_id, t.ordinal, t.asset, t.debit_account, t.credit_account, t.amount,
        CASE WHEN t.lot IS NOT NULL THEN bill_id END, t.lot, store_id, at::date, at {_EACH},
        LATERAL (VALUES
            (0, 1, 'tender:cash', CASE s WHEN 0 THEN 'stored_value_liability' ELSE 'revenue' END,
                8000, NULL),
            (1, CASE s WHEN 0 THEN 3 ELSE 2 END,
                CASE s WHEN 0 THEN 'principal_issued' ELSE 'points_issued' END, 'wallet', 1000000,
                0),
            (2, CASE s WHEN 0 THEN 4 ELSE 2 END,
                CASE s WHEN 0 THEN 'bonus_issued' ELSE 'wallet' END,
                CASE s WHEN 0 THEN 'wallet' ELSE 'points_redeemed' END, 1000000,
                CASE s WHEN 0 THEN 1 ELSE 0 END)
        ) AS t (ordinal, asset, debit_account, credit_account, amount, lot)
    WHERE s = 0 OR t.ordinal < 2 OR s <= $3::int - {_OPEN_SALES}
    """
_LOTS = f"""
    INSERT INTO lots (member_id, bill_id, ordinal, asset, granted, remaining, expired,
        rule_version, store_id, earned_at, available_at, expiry_date)
    SELECT member_id, bill_id, l.ordinal, l.asset, l.granted,
        CASE WHEN s = 0 OR s > $3::int - {_OPEN_SALES} THEN l.granted ELSE 0 END, 0, 'base@1',
        store_id,
        at, at, CASE l.asset WHEN 3 THEN NULL ELSE date '2030-12-31' END {_EACH},
        LATERAL (VALUES (0, CASE s WHEN 0 THEN 3 ELSE 2 END,
                            CASE s WHEN 0 THEN 50000000 ELSE 1000000 END),
                        (1, 4, 5000000)) AS l (ordinal, asset, granted)
    WHERE s = 0 OR l.ordinal = 0
    """


async def write_books(url: str, books: Books) -> None:
    """Fills an empty, migrated database."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SET synchronous_commit = off"
        )  # only here: what is measured is durable
        await connection.execute(_KNOWN, books.members)
        await connection.executemany(
            "INSERT INTO known_stores VALUES ($1)", [(store_id(n),) for n in range(1, STORES + 1)]
        )
        await connection.executemany(
            "INSERT INTO known_products VALUES ($1, $2, 1)",
            [(product_id(n), product_id(1)) for n in range(1, PRODUCTS + 1)],
        )
        document = a_sale().SerializeToString()
        for first in range(1, books.members + 1, _MEMBERS_AT_ONCE):
            span = (first, min(first + _MEMBERS_AT_ONCE - 1, books.members), books.sales_each)
            await connection.execute(_WALLETS, *span)
            await connection.execute(_BILLS, *span, document, b"\x0a" * 60, b"\x18" * 24)
            await connection.execute(_TRANSFERS, *span)
            await connection.execute(_LOTS, *span)
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
