"""The gateway's file, step by step. A step that has shipped is never edited; a change is a new one.

SQLite counts the steps in `PRAGMA user_version`. Alembic is not used: the gateway brings its file
up to date by itself at start, on a PC that nobody administers, and these steps are all it needs.
"""

import sqlite3

from chassis.errors import Unavailable

_CATALOGUE = (
    """
    CREATE TABLE products (
        product_id TEXT PRIMARY KEY,
        sku TEXT NOT NULL,
        name TEXT NOT NULL,
        unit TEXT NOT NULL,
        price_fen INTEGER CHECK (price_fen >= 0),
        revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE barcodes (
        barcode TEXT PRIMARY KEY,
        product_id TEXT NOT NULL,
        revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX ix_barcodes_product_id ON barcodes (product_id)",
)
_MEMBERS = (
    """
    CREATE TABLE member_stubs (
        member_id TEXT PRIMARY KEY,
        revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE member_cards (
        card_number TEXT PRIMARY KEY,
        member_id TEXT NOT NULL,
        revision INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX ix_member_cards_member_id ON member_cards (member_id)",
)
_SYNC = (
    """
    CREATE TABLE sync_positions (
        source TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        completed_at TEXT
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE liveness (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        checked_at TEXT NOT NULL
    ) STRICT
    """,
)
_JOURNAL = (
    """
    CREATE TABLE registers (
        register_id TEXT PRIMARY KEY,
        last_sequence INTEGER NOT NULL CHECK (last_sequence > 0),
        last_hash TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE journal (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        register_id TEXT NOT NULL,
        sequence INTEGER NOT NULL CHECK (sequence > 0),
        sale_id TEXT NOT NULL UNIQUE,
        request_hash TEXT NOT NULL,
        previous_hash TEXT NOT NULL,
        entry_hash TEXT NOT NULL,
        payload TEXT NOT NULL,
        receipt_text TEXT NOT NULL,
        recorded_at TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'POSTED', 'PARKED')),
        reason TEXT NOT NULL DEFAULT '',
        reason_message TEXT NOT NULL DEFAULT '',
        reason_metadata TEXT NOT NULL DEFAULT '{}',
        headquarters_points INTEGER,
        settled_at TEXT,
        UNIQUE (register_id, sequence)
    ) STRICT
    """,
    "CREATE INDEX ix_journal_open ON journal (state, position) WHERE state <> 'POSTED'",
    # What a register has sold is a fact: only what became of it at headquarters may change.
    """
    CREATE TRIGGER tr_journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER tr_journal_no_change BEFORE UPDATE OF position, register_id, sequence, sale_id,
        request_hash, previous_hash, entry_hash, payload, receipt_text, recorded_at ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TABLE print_jobs (
        job_id TEXT PRIMARY KEY,
        sale_id TEXT NOT NULL REFERENCES journal (sale_id),
        copy_number INTEGER NOT NULL CHECK (copy_number >= 0),
        text TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SPOOLED')),
        created_at TEXT NOT NULL,
        spooled_at TEXT,
        UNIQUE (sale_id, copy_number)
    ) STRICT
    """,
    "CREATE INDEX ix_print_jobs_pending ON print_jobs (created_at) WHERE state = 'PENDING'",
)

STEPS: tuple[tuple[str, ...], ...] = ((*_CATALOGUE, *_MEMBERS, *_SYNC, *_JOURNAL),)


def migrate(connection: sqlite3.Connection) -> None:
    """Applies the steps that the file lacks, each whole or not at all.

    Unavailable with SCHEMA_REVISION for a file that newer code has written.
    """
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > len(STEPS):
        raise Unavailable(
            "SCHEMA_REVISION",
            f"the gateway's file is at step {found}, this code knows {len(STEPS)}; "
            "install the newer gateway",
            {"found": found, "expected": len(STEPS)},
        )
    for number, statements in enumerate(STEPS[found:], start=found + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
