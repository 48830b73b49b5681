"""The chain of a register: gapless, and broken by any change."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.devices.domain.journal import Break, ChainHead, Entry, next_entry, verify_chain

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
FIELDS = (
    "register_id",
    "sale_id",
    "request_hash",
    "previous_hash",
    "payload",
    "receipt_text",
    "entry_hash",
)


def build_chain(contents: list[tuple[str, str]]) -> tuple[list[Entry], ChainHead]:
    """A register's entries over (payload, receipt) pairs, and where they end."""
    head = ChainHead("01")
    entries = []
    for number, (payload, receipt_text) in enumerate(contents):
        entry = next_entry(
            head,
            sale_id=f"sale-{number}",
            request_hash=f"asked-{number}",
            payload=payload,
            receipt_text=receipt_text,
        )
        entries.append(entry)
        head = ChainHead("01", entry.sequence, entry.entry_hash)
    return entries, head


CHAINS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=12).map(build_chain)


class TestNextEntry:
    def test_counts_from_one_and_names_the_receipt(self) -> None:
        entries, _ = build_chain([("a", "b"), ("c", "d")])
        assert [entry.receipt_number for entry in entries] == ["01-000001", "01-000002"]
        assert entries[0].previous_hash == "0" * 64
        assert entries[1].previous_hash == entries[0].entry_hash

    def test_tells_where_one_text_ends_and_the_next_begins(self) -> None:
        (first,), _ = build_chain([("ab", "c")])
        (second,), _ = build_chain([("a", "bc")])
        assert first.entry_hash != second.entry_hash

    def test_gives_the_hash_it_always_gave(self) -> None:
        """Journals outlive releases: a changed hash would call every old sale forged."""
        (entry,), _ = build_chain([("{}", "人民路店\n")])
        hashed = (
            '{"payload":"{}","previous_hash":"' + "0" * 64 + '","receipt_text":"人民路店\\n",'
            '"register_id":"01","request_hash":"asked-0","sale_id":"sale-0","sequence":1}'
        )
        assert entry.entry_hash == hashlib.sha256(hashed.encode()).hexdigest()


class TestVerifyChain:
    def test_accepts_an_empty_journal(self) -> None:
        assert verify_chain([], ChainHead("01")) is None

    @given(CHAINS)
    def test_accepts_what_was_written(self, chain: tuple[list[Entry], ChainHead]) -> None:
        entries, head = chain
        assert verify_chain(entries, head) is None

    @given(CHAINS, st.data())
    def test_finds_any_changed_field(
        self, chain: tuple[list[Entry], ChainHead], data: st.DataObject
    ) -> None:
        entries, head = chain
        position = data.draw(st.integers(0, len(entries) - 1))
        field = data.draw(st.sampled_from(FIELDS))
        changed = getattr(entries[position], field) + "x"
        entries[position] = replace(entries[position], **{field: changed})
        found = verify_chain(entries, head)
        assert found is not None
        assert found.sequence in (position + 1, position + 2)

    @given(CHAINS, st.data())
    def test_finds_a_missing_entry(
        self, chain: tuple[list[Entry], ChainHead], data: st.DataObject
    ) -> None:
        entries, head = chain
        position = data.draw(st.integers(0, len(entries) - 1))
        last = position == len(entries) - 1
        del entries[position]
        found = verify_chain(entries, head)
        expected = Break("01", position, "HEAD") if last else None
        assert found == (expected or Break("01", position + 1, "SEQUENCE_GAP"))

    @given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=8), st.data())
    def test_finds_a_rewritten_past(
        self, contents: list[tuple[str, str]], data: st.DataObject
    ) -> None:
        entries, head = build_chain(contents)
        position = data.draw(st.integers(0, len(contents) - 2))
        forged = next_entry(
            ChainHead("01", position, entries[position].previous_hash),
            sale_id="forged",
            request_hash="forged",
            payload="forged",
            receipt_text="forged",
        )
        entries[position] = forged
        assert verify_chain(entries, head) == Break("01", position + 2, "PREVIOUS_HASH")

    @pytest.mark.parametrize("swap", [(0, 1), (1, 2)])
    def test_finds_swapped_entries(self, swap: tuple[int, int]) -> None:
        entries, head = build_chain([("a", "a"), ("b", "b"), ("c", "c")])
        first, second = swap
        entries[first], entries[second] = entries[second], entries[first]
        assert verify_chain(entries, head) == Break("01", first + 1, "SEQUENCE_GAP")
