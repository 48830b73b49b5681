"""Ids: sortable when made here, canonical when they come from elsewhere."""

import uuid
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.ids import canonical_id, new_id


class TestNewId:
    def test_is_a_canonical_uuid_of_version_7(self) -> None:
        made = new_id()
        assert uuid.UUID(made).version == 7
        assert canonical_id(made, "id") == made

    def test_sorts_in_the_order_of_making(self) -> None:
        made = [new_id() for _ in range(5000)]
        assert made == sorted(made)
        assert len(set(made)) == 5000


class TestCanonicalId:
    @given(st.uuids().filter(lambda value: value.int < 2**128 - 1))
    def test_writes_every_uuid_in_one_way(self, value: uuid.UUID) -> None:
        assert canonical_id(str(value).upper(), "id") == str(value)

    @pytest.mark.parametrize(
        "text",
        [
            "00000000-0000-0000-0000-000000000001",
            "ffffffff-ffff-ffff-ffff-fffffffffffe",
            "00000000-0000-ffff-0000-000000000000",
        ],
    )
    def test_takes_what_is_nearly_nil_or_max(self, text: str) -> None:
        assert canonical_id(text, "id") == canonical_id(text.upper(), "id") == text

    @given(st.text(alphabet="0123456789abcdefABCDEF-_{} ０１二", min_size=34, max_size=38))
    def test_gives_canonical_text_or_refuses(self, text: str) -> None:
        with suppress(Invalid):
            given_back = canonical_id(text, "id")
            assert str(uuid.UUID(given_back)) == given_back

    @pytest.mark.parametrize(
        "text",
        [
            "+192e3a0-0000-7000-8000-00000000000a",
            " 192e3a0-0000-7000-8000-00000000000a",
            "0x92e3a0-0000-7000-8000-00000000000a",
            "\uff10192e3a0-0000-7000-8000-00000000000a",  # a full-width digit
            "0192e3a0-0000-7000-8000-000000_0000a",
            "0192e3a000007000800000000000000a----",
            "-{0192e3a000007000800000000000000a}-",
            "0192e3a0-0000-7000-8000-00000000000a\n"[1:],
        ],
    )
    def test_refuses_what_is_a_number_but_no_uuid(self, text: str) -> None:
        assert len(text) == 36
        with pytest.raises(Invalid):
            canonical_id(text, "member_id")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "7",
            "x" * 36,
            uuid.uuid4().hex,
            f"{{{uuid.uuid4()}}}",
            f"urn:uuid:{uuid.uuid4()}",
            f" {uuid.uuid4()}",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        ],
    )
    def test_refuses_other_forms_and_names_the_field(self, text: str) -> None:
        with pytest.raises(Invalid) as refusal:
            canonical_id(text, "member_id")
        assert refusal.value.reason == "INVALID_ID"
        assert refusal.value.metadata["field"] == "member_id"
