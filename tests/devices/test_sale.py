"""The canonical text of a sale: one for one content, and readable for ever."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.devices.domain.sale import (
    TOTAL_FEN_MAX,
    Tender,
    canonical_json,
    check_total,
    decode_sale,
    encode_sale,
    request_hash,
)
from tests.fixtures.builders_devices import build_sale, build_sold_line

WHOLE = st.integers(-(2**62), 2**62)
CONTENT = st.recursive(
    st.none() | st.booleans() | WHOLE | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


class TestEncodeSale:
    def test_is_read_back_as_it_was(self) -> None:
        sale = build_sale(
            [build_sold_line(name="牛奶"), build_sold_line(discount_fen=50, barcode="")],
            tenders=(Tender("wechat_pay", 1000), Tender("cash", 250)),
            change_fen=750,
        )
        assert decode_sale(encode_sale(sale)) == sale

    def test_refuses_to_read_a_version_it_does_not_know(self) -> None:
        content = json.loads(encode_sale(build_sale()))
        with pytest.raises(ValueError, match="version 2"):
            decode_sale(json.dumps({**content, "version": 2}))


class TestCanonicalJson:
    @given(st.dictionaries(st.text(max_size=5), CONTENT, max_size=5), st.randoms())
    def test_does_not_depend_on_the_order_of_keys(self, content: dict, random) -> None:
        keys = list(content)
        random.shuffle(keys)
        assert canonical_json({key: content[key] for key in keys}) == canonical_json(content)
        assert json.loads(canonical_json(content)) == content

    @pytest.mark.parametrize("content", [{"a": 1.0}, {"a": [1, {"b": float("nan")}]}])
    def test_has_no_text_for_a_float(self, content: dict[str, object]) -> None:
        with pytest.raises(TypeError):
            canonical_json(content)


class TestRequestHash:
    def test_tells_a_retry_from_another_sale(self) -> None:
        assert request_hash({"a": 1, "b": [2]}) == request_hash({"b": [2], "a": 1})
        assert request_hash({"a": 1, "b": [2]}) != request_hash({"a": 1, "b": [3]})


class TestCheckTotal:
    def test_takes_what_the_ledger_takes_and_no_more(self) -> None:
        check_total(TOTAL_FEN_MAX)
        with pytest.raises(Invalid) as refusal:
            check_total(TOTAL_FEN_MAX + 1)
        assert refusal.value.reason == "TOTAL_TOO_LARGE"
