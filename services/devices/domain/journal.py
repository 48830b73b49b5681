"""The journal's proof: a gapless sequence per register, each entry hashing the one before. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from services.devices.domain.sale import canonical_json

FIRST_PREVIOUS_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a register's chain ends; sequence 0 before its first sale."""

    register_id: str
    sequence: int = 0
    entry_hash: str = FIRST_PREVIOUS_HASH


@dataclass(frozen=True, slots=True)
class Entry:
    """One sale in a register's chain. Never changed once written."""

    register_id: str
    sequence: int
    sale_id: str
    request_hash: str
    previous_hash: str
    payload: str
    receipt_text: str
    entry_hash: str

    @property
    def receipt_number(self) -> str:
        """What the receipt shows, for example 01-000042."""
        return receipt_number(self.register_id, self.sequence)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold."""

    register_id: str
    sequence: int
    problem: str  # SEQUENCE_GAP, PREVIOUS_HASH, ENTRY_HASH or HEAD


def receipt_number(register_id: str, sequence: int) -> str:
    """Register and sequence as people read them."""
    return f"{register_id}-{sequence:06d}"


def next_entry(
    head: ChainHead, *, sale_id: str, request_hash: str, payload: str, receipt_text: str
) -> Entry:
    """The entry that follows a head."""
    sequence = head.sequence + 1
    return Entry(
        register_id=head.register_id,
        sequence=sequence,
        sale_id=sale_id,
        request_hash=request_hash,
        previous_hash=head.entry_hash,
        payload=payload,
        receipt_text=receipt_text,
        entry_hash=_hash(
            head.register_id,
            sequence,
            sale_id,
            request_hash,
            head.entry_hash,
            payload,
            receipt_text,
        ),
    )


def verify_chain(entries: Iterable[Entry], head: ChainHead) -> Break | None:
    """The first break of one register's entries in order of sequence, or None when all holds."""
    before = ChainHead(head.register_id)
    for entry in entries:
        if entry.sequence != before.sequence + 1:
            return Break(head.register_id, before.sequence + 1, "SEQUENCE_GAP")
        if entry.previous_hash != before.entry_hash:
            return Break(head.register_id, entry.sequence, "PREVIOUS_HASH")
        expected = _hash(
            entry.register_id,
            entry.sequence,
            entry.sale_id,
            entry.request_hash,
            entry.previous_hash,
            entry.payload,
            entry.receipt_text,
        )
        if entry.entry_hash != expected:
            return Break(head.register_id, entry.sequence, "ENTRY_HASH")
        before = ChainHead(head.register_id, entry.sequence, entry.entry_hash)
    return None if before == head else Break(head.register_id, before.sequence, "HEAD")


def _hash(
    register_id: str,
    sequence: int,
    sale_id: str,
    asked_hash: str,
    previous_hash: str,
    payload: str,
    receipt_text: str,
) -> str:
    content = {
        "register_id": register_id,
        "sequence": sequence,
        "sale_id": sale_id,
        "request_hash": asked_hash,
        "previous_hash": previous_hash,
        "payload": payload,
        "receipt_text": receipt_text,
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
