"""Products, barcodes, member stubs and how far each was synchronised: SQL only."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

CATALOGUE = "catalogue"
MEMBER_STUBS = "member_stubs"


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the till sells it; `price_fen` is None where it has no price here."""

    product_id: str
    sku: str
    name: str
    unit: str
    barcodes: tuple[str, ...]
    price_fen: int | None
    revision: int


@dataclass(frozen=True, slots=True)
class MemberStub:
    """A member and the cards that name them: nothing personal."""

    member_id: str
    card_numbers: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class SyncPosition:
    """The last revision held, and when a round last came to its end; None before the first."""

    revision: int = 0
    completed_at: datetime | None = None


class CatalogueRepository:
    """What headquarters told this store, in one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def has_products(self) -> bool:
        """False before the first product has arrived."""
        return self._connection.execute("SELECT 1 FROM products LIMIT 1").fetchone() is not None

    def product_by_barcode(self, barcode: str) -> Product | None:
        """The product that a barcode sells."""
        row = self._connection.execute(
            "SELECT p.* FROM barcodes b JOIN products p USING (product_id) WHERE b.barcode = ?",
            (barcode,),
        ).fetchone()
        return None if row is None else self._product(row)

    def product(self, product_id: str) -> Product | None:
        """The product of an id."""
        row = self._connection.execute(
            "SELECT * FROM products WHERE product_id = ?", (product_id,)
        ).fetchone()
        return None if row is None else self._product(row)

    def _product(self, row: sqlite3.Row) -> Product:
        barcodes = self._connection.execute(
            "SELECT barcode FROM barcodes WHERE product_id = ? ORDER BY barcode",
            (row["product_id"],),
        ).fetchall()
        return Product(
            product_id=row["product_id"],
            sku=row["sku"],
            name=row["name"],
            unit=row["unit"],
            barcodes=tuple(found["barcode"] for found in barcodes),
            price_fen=row["price_fen"],
            revision=row["revision"],
        )

    def upsert_products(self, products: Iterable[Product]) -> None:
        """Takes over products; an older revision never replaces a newer one."""
        held = "SELECT revision FROM products WHERE product_id = ?"
        fresh = [p for p in products if not self._is_newer(held, p.product_id, p.revision)]
        self._connection.executemany(
            """
            INSERT INTO products (product_id, sku, name, unit, price_fen, revision)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (product_id) DO UPDATE SET sku = excluded.sku, name = excluded.name,
                unit = excluded.unit, price_fen = excluded.price_fen, revision = excluded.revision
            """,
            [(p.product_id, p.sku, p.name, p.unit, p.price_fen, p.revision) for p in fresh],
        )
        self._connection.executemany(
            "DELETE FROM barcodes WHERE product_id = ?", [(p.product_id,) for p in fresh]
        )
        # A barcode may move to another product; the newest word on it wins.
        self._connection.executemany(
            """
            INSERT INTO barcodes (barcode, product_id, revision) VALUES (?, ?, ?)
            ON CONFLICT (barcode) DO UPDATE SET
                product_id = excluded.product_id, revision = excluded.revision
            WHERE excluded.revision >= barcodes.revision
            """,
            [(code, p.product_id, p.revision) for p in fresh for code in p.barcodes],
        )

    def upsert_member_stubs(self, stubs: Iterable[MemberStub]) -> None:
        """Takes over stubs; an older revision never replaces a newer one."""
        held = "SELECT revision FROM member_stubs WHERE member_id = ?"
        fresh = [s for s in stubs if not self._is_newer(held, s.member_id, s.revision)]
        self._connection.executemany(
            """
            INSERT INTO member_stubs (member_id, revision) VALUES (?, ?)
            ON CONFLICT (member_id) DO UPDATE SET revision = excluded.revision
            """,
            [(stub.member_id, stub.revision) for stub in fresh],
        )
        self._connection.executemany(
            "DELETE FROM member_cards WHERE member_id = ?", [(s.member_id,) for s in fresh]
        )
        # A card may move to another member; the newest word on it wins.
        self._connection.executemany(
            """
            INSERT INTO member_cards (card_number, member_id, revision) VALUES (?, ?, ?)
            ON CONFLICT (card_number) DO UPDATE SET
                member_id = excluded.member_id, revision = excluded.revision
            WHERE excluded.revision >= member_cards.revision
            """,
            [(card, s.member_id, s.revision) for s in fresh for card in s.card_numbers],
        )

    def _is_newer(self, held: str, key: str, revision: int) -> bool:
        row = self._connection.execute(held, (key,)).fetchone()
        return row is not None and row["revision"] > revision

    def member_by_card(self, card_number: str) -> str | None:
        """The member whom a card names."""
        row = self._connection.execute(
            "SELECT member_id FROM member_cards WHERE card_number = ?", (card_number,)
        ).fetchone()
        return None if row is None else str(row["member_id"])

    def has_member(self, member_id: str) -> bool:
        """True for a member whose stub is here."""
        row = self._connection.execute(
            "SELECT 1 FROM member_stubs WHERE member_id = ?", (member_id,)
        ).fetchone()
        return row is not None

    def position(self, source: str) -> SyncPosition:
        """How far a source was synchronised."""
        row = self._connection.execute(
            "SELECT revision, completed_at FROM sync_positions WHERE source = ?", (source,)
        ).fetchone()
        if row is None:
            return SyncPosition()
        completed_at = row["completed_at"]
        return SyncPosition(
            row["revision"], datetime.fromisoformat(completed_at) if completed_at else None
        )

    def set_position(self, source: str, revision: int, completed_at: datetime | None) -> None:
        """Moves a position forward; `completed_at` None leaves the time of the last full round."""
        self._connection.execute(
            """
            INSERT INTO sync_positions (source, revision, completed_at) VALUES (?, ?, ?)
            ON CONFLICT (source) DO UPDATE SET
                revision = max(sync_positions.revision, excluded.revision),
                completed_at = coalesce(excluded.completed_at, sync_positions.completed_at)
            """,
            (source, revision, completed_at.isoformat() if completed_at else None),
        )
