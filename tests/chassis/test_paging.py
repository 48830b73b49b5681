"""Page tokens: what was given out comes back, and nothing else does."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from chassis.paging import decode_page_token, encode_page_token, page_size

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
numbers = st.integers(-(2**63), 2**63 - 1)


def token_for(content: str) -> str:
    return base64.urlsafe_b64encode(content.encode()).decode()


class TestPageToken:
    @given(st.lists(st.one_of(texts, numbers)))
    def test_comes_back_as_it_was(self, key: list[str | int]) -> None:
        types = [type(part) for part in key]
        assert decode_page_token(encode_page_token(*key), *types) == tuple(key)

    def test_of_a_question_is_good_for_that_one_alone(self) -> None:
        token = encode_page_token("a", 1, question=("list", "x", None))
        assert decode_page_token(token, str, int, question=("list", "x", None)) == ("a", 1)
        for question in ((), ("list", "x", "y"), ("other", "x", None)):
            with pytest.raises(Invalid, match="INVALID_PAGE_TOKEN"):
                decode_page_token(token, str, int, question=question)
        with pytest.raises(Invalid, match="INVALID_PAGE_TOKEN"):
            decode_page_token(encode_page_token("a", 1), str, int, question=("list", "x", None))

    def test_of_the_first_page_is_empty(self) -> None:
        assert decode_page_token("", str, int) is None

    @pytest.mark.parametrize(
        "token",
        [
            "?",
            "令牌",
            token_for("no json"),
            token_for('{"a": 1}'),
            token_for("null"),
            token_for('["a"]'),
            token_for('["a", 1, 2]'),
            token_for('["a", "1"]'),
            token_for('["a", true]'),
            token_for('["a", 1.0]'),
            token_for('["a", NaN]'),
            token_for(f'["a", {2**63}]'),
            token_for(f'["a", {-(2**63) - 1}]'),
            token_for('["a", ' + "9" * 5000 + "]"),
            token_for('["\\u0000", 1]'),
            token_for('["\\ud800", 1]'),
            token_for("[" * 100_000),
            encode_page_token("a", 1)[:-3],
        ],
    )
    def test_that_no_list_gave_out_is_refused(self, token: str) -> None:
        with pytest.raises(Invalid, match="INVALID_PAGE_TOKEN"):
            decode_page_token(token, str, int)

    @given(st.text())
    def test_of_any_text_is_refused_or_has_the_types_asked_for(self, token: str) -> None:
        with suppress(Invalid):
            key = decode_page_token(token, str, int)
            assert token == "" if key is None else [type(part) for part in key] == [str, int]

    @given(st.recursive(st.none() | st.booleans() | st.floats() | texts, st.lists))
    def test_of_any_json_is_refused_unless_it_is_a_key(self, content: object) -> None:
        with pytest.raises(Invalid, match="INVALID_PAGE_TOKEN"):
            decode_page_token(token_for(json.dumps(content)), int, str)


class TestPageSize:
    @pytest.mark.parametrize(
        ("requested", "size"), [(0, 50), (1, 1), (50, 50), (100, 100), (101, 100), (2**31 - 1, 100)]
    )
    def test_is_the_default_or_what_was_asked_up_to_the_maximum(
        self, requested: int, size: int
    ) -> None:
        assert page_size(requested, default=50, maximum=100) == size

    def test_refuses_a_negative_one(self) -> None:
        with pytest.raises(Invalid, match="INVALID_PAGE_SIZE"):
            page_size(-1, default=50, maximum=100)
