"""Receipts: golden texts, and columns that hold whatever the names are."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.devices.domain.receipt import display_width, render_receipt, render_reprint
from services.devices.domain.sale import Tender
from tests.fixtures.builders_devices import build_sale, build_sold_line

MILK = build_sold_line(name="纯牛奶 250ml", quantity_milli=2000, list_fen=1300)
APPLES = build_sold_line(
    name="红富士苹果（山东烟台产地直供大果精选装）",
    unit="kg",
    quantity_milli=754,
    price_fen=1299,
    list_fen=979,
    discount_fen=79,
)
SALE = build_sale(
    [MILK, APPLES],
    sold_at=datetime(2026, 5, 1, 10, 30, 5, tzinfo=UTC),
    tenders=(Tender("wechat_pay", 1000), Tender("cash", 1200)),
    change_fen=300,
)

NARROW = """\
            人民路店
--------------------------------
单号                   01-000042
时间         2026-05-01 18:30:05
收银员                      8001
--------------------------------
纯牛奶 250ml
  2盒 x 6.50               13.00
红富士苹果（山东烟台产地直供大果
精选装）
  0.754kg x 12.99           9.79
  优惠                     -0.79
--------------------------------
合计                     ￥22.00
微信支付                   10.00
现金                       15.00
找零                        3.00
本单积分                      22
--------------------------------
            谢谢惠顾
"""


class TestRenderReceipt:
    def test_prints_32_columns(self) -> None:
        assert render_receipt(SALE, store_name="人民路店", sequence=42, columns=32) == NARROW

    def test_prints_48_columns(self) -> None:
        text = render_receipt(SALE, store_name="人民路店", sequence=42, columns=48)
        lines = text.splitlines()
        assert lines[2] == "单号" + " " * 35 + "01-000042"
        assert "红富士苹果（山东烟台产地直供大果精选装）" in lines
        assert "合计" + " " * 36 + "￥22.00" not in lines
        assert "合计" + " " * 37 + "￥22.00" in lines

    def test_shows_no_points_to_a_walk_in_customer(self) -> None:
        text = render_receipt(build_sale(member_id=""), store_name="店", sequence=1, columns=32)
        assert "积分" not in text

    def test_shows_cash_that_was_only_handed_back(self) -> None:
        sale = build_sale(tenders=(Tender("wechat_pay", 650),), change_fen=500)
        lines = render_receipt(sale, store_name="店", sequence=1, columns=32).splitlines()
        assert [line.split() for line in lines if line.startswith(("微信", "现金", "找零"))] == [
            ["微信支付", "6.50"],
            ["现金", "5.00"],
            ["找零", "5.00"],
        ]

    def test_lets_no_name_steer_the_printer(self) -> None:
        sale = build_sale([build_sold_line(name="牛\x1b@奶\n合计 0.00")])
        text = render_receipt(sale, store_name="店\x1d", sequence=1, columns=32)
        assert "\x1b" not in text
        assert "\x1d" not in text
        assert "牛 @奶 合计 0.00" in text.splitlines()

    @given(
        st.text(max_size=80),
        st.text(max_size=60),
        st.text(max_size=64),
        st.integers(1, 10**9),
        st.integers(0, 10**8),
        st.sampled_from([32, 48]),
    )
    def test_never_leaves_its_columns(
        self, store_name: str, name: str, unit: str, quantity: int, price: int, columns: int
    ) -> None:
        line = build_sold_line(
            name=name, unit=unit, quantity_milli=quantity, price_fen=price, list_fen=price
        )
        text = render_receipt(
            build_sale([line]), store_name=store_name, sequence=1, columns=columns
        )
        assert text.endswith("\n")
        assert max(display_width(line) for line in text[:-1].split("\n")) <= columns


class TestRenderReprint:
    def test_marks_both_ends_and_counts_the_copies(self) -> None:
        text = render_reprint(NARROW, copy_number=2, columns=32)
        mark = "       *** 补打 第2次 ***"
        assert text == f"{mark}\n{NARROW}{mark}\n"


class TestDisplayWidth:
    def test_counts_two_columns_for_what_gbk_holds_in_two_bytes(self) -> None:
        assert display_width("a牛，·①￥") == 1 + 2 * 5

    def test_counts_nothing_for_marks_that_join_the_letter_before(self) -> None:
        assert display_width("e\u0301\u200d") == 1
