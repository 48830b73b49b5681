"""What the mapping makes of the year, and of the dirt in it."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixtures.builders_replay import build_products, build_transactions
from tools.replay.journey import UNKNOWN_CATEGORY, Journey, data_folder, map_journey, to_fen


class TestToFen:
    def test_rounds_half_to_even_on_the_decimal_writing(self) -> None:
        # 1.015 * 100 is 101.49999999999999 as a float; the decimal 1.015 rounds to 1.02.
        amounts = [0.125, 0.135, 1.005, 1.015, 4.55, 840.0]
        assert to_fen(amounts).tolist() == [12, 14, 100, 102, 455, 84000]

    @given(st.lists(st.floats(0, 1e7, allow_nan=False), min_size=1, max_size=50))
    def test_agrees_with_decimal_for_any_float(self, amounts: list[float]) -> None:
        exact = [
            int((Decimal(repr(amount)) * 100).to_integral_value(ROUND_HALF_EVEN))
            for amount in amounts
        ]
        assert to_fen(amounts).tolist() == exact

    def test_every_amount_of_the_year_is_a_whole_number_of_fen(self) -> None:
        columns = ["sales_value", "retail_disc", "coupon_disc", "coupon_match_disc"]
        frame = pd.read_parquet(data_folder() / "transactions.parquet", columns=columns)
        for column in columns:
            amounts = frame[column].to_numpy()
            assert np.abs(to_fen(amounts) / 100 - amounts).max() < 1e-9


class TestTheYear:
    def test_sizes(self, journey: Journey) -> None:
        assert journey.basket_count == 155_848
        assert len(journey.line_product) == 1_469_307
        assert len(journey.stores) == 457
        assert len(journey.members) == 2_469
        assert len(journey.products) == 92_331 + 17  # 17 are sold and not in the table

    def test_money(self, journey: Journey) -> None:
        assert journey.total_fen.sum() == 459_603_958
        assert (journey.list_fen - journey.discount_fen).sum() == 459_603_958
        assert journey.discount_fen.sum() == 79_165_064 + 454_265
        assert (journey.total_fen == 0).sum() == 478
        assert (journey.discount_fen <= journey.list_fen).all()

    def test_coupons_never_exceed_the_total(self, journey: Journey) -> None:
        assert (journey.coupon_fen <= journey.total_fen).all()
        assert (journey.coupon_cut_fen > 0).sum() == 19
        assert journey.coupon_cut_fen.sum() == 2_658
        assert (journey.coupon_fen + journey.coupon_cut_fen).sum() == 2_635_990

    def test_quantities(self, journey: Journey) -> None:
        raw = pd.read_parquet(data_folder() / "transactions.parquet", columns=["quantity"])
        pieces = int(raw["quantity"].sum())
        assert journey.quantity_milli.sum() == (pieces + 8_869) * 1000
        assert journey.quantity_milli.max() == 89_638_000
        assert journey.quantity_milli.min() == 1000

    def test_products_without_a_place_are_unknown(self, journey: Journey) -> None:
        unknown = journey.categories[0]
        assert (unknown.name, unknown.parent_id) == (UNKNOWN_CATEGORY, "")
        homeless = {p.product_id for p in journey.products if p.category_id == unknown.category_id}
        assert len(homeless) == 540 + 17
        nameless = {p.product_id for p in journey.products if p.name == f"Product {p.sku[2:]}"}
        positions = [at for at, p in enumerate(journey.products) if p.product_id in nameless]
        assert np.isin(journey.line_product, positions).sum() == 4_836

    def test_category_tree_is_whole(self, journey: Journey) -> None:
        seen = {""}
        for category in journey.categories:
            assert category.parent_id in seen
            seen.add(category.category_id)
        siblings = {(category.parent_id, category.name) for category in journey.categories}
        assert len(siblings) == len(journey.categories) == len(seen) - 1
        assert {product.category_id for product in journey.products} <= seen

    def test_ids_are_unique(self, journey: Journey) -> None:
        assert len(set(journey.sale_ids())) == journey.basket_count
        assert len({product.product_id for product in journey.products}) == len(journey.products)
        assert len({product.sku for product in journey.products}) == len(journey.products)
        assert len({member.card_number for member in journey.members}) == len(journey.members)

    def test_baskets_stand_in_order_of_time_on_their_date(self, journey: Journey) -> None:
        assert (np.diff(journey.sold_ns) >= 0).all()
        assert journey.business_day[0] == np.datetime64("2017-01-01")
        assert journey.business_day[-1] == np.datetime64("2018-01-01")

    def test_members_join_no_later_than_their_first_basket(self, journey: Journey) -> None:
        joined = np.asarray([member.registered_ns for member in journey.members])
        assert (joined[journey.basket_member] <= journey.sold_ns).all()


class TestMapJourney:
    def test_a_basket_in_full(self) -> None:
        journey = map_journey(
            build_transactions(
                {"sales_value": 3.0, "retail_disc": 0.5, "coupon_match_disc": 0.25},
                {"product_id": 11, "quantity": 0, "sales_value": 1.0, "coupon_disc": 5.0},
            ),
            build_products({}, {"product_id": 11, "product_category": None, "product_type": None}),
        )
        assert journey.list_fen.tolist() == [375, 100]
        assert journey.discount_fen.tolist() == [75, 0]
        assert journey.quantity_milli.tolist() == [1000, 1000]
        assert journey.total_fen.tolist() == [400]
        assert journey.coupon_fen.tolist() == [400]
        assert journey.coupon_cut_fen.tolist() == [100]
        names = {category.category_id: category.name for category in journey.categories}
        assert [names[p.category_id] for p in journey.products] == ["WHITE", UNKNOWN_CATEGORY]
        assert [p.name for p in journey.products] == ["WHITE 20 OZ", "GROCERY 20 OZ"]

    def test_the_order_of_the_file_does_not_matter(self) -> None:
        later = pd.Timestamp("2017-03-05 11:00:00")
        rows = (
            {"basket_id": 9, "product_id": 10},
            {"basket_id": 4, "product_id": 10, "transaction_timestamp": later},
        )
        forward = map_journey(build_transactions(*rows), build_products({}))
        backward = map_journey(build_transactions(*reversed(rows)), build_products({}))
        assert forward.basket_key.tolist() == backward.basket_key.tolist() == [9, 4]
        assert forward.sale_ids() == backward.sale_ids()

    def test_refuses_a_basket_with_two_times(self) -> None:
        rows = [
            {"transaction_timestamp": pd.Timestamp(f"2017-03-05 1{hour}:00:00")} for hour in (0, 2)
        ]
        with pytest.raises(ValueError, match="more than one transaction_timestamp"):
            map_journey(build_transactions(*rows), build_products({}))


class TestSelect:
    def test_first_baskets(self, journey: Journey) -> None:
        assert journey.select(None, None, 3).tolist() == [0, 1, 2]

    def test_days_are_inclusive(self, journey: Journey) -> None:
        day = date(2017, 5, 1)
        chosen = journey.select(day, day, None)
        assert len(chosen) > 100
        assert set(journey.business_day[chosen].tolist()) == {day}

    def test_products_of_baskets(self, journey: Journey) -> None:
        chosen = journey.select(None, None, 2)
        expected = set(journey.line_product[: journey.line_start[2]].tolist())
        assert set(journey.products_of(chosen).tolist()) == expected
