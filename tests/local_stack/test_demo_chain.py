"""tools/local_stack/demo_chain.py: plausible, and the same in every run."""

from datetime import date, timedelta

import pytest

from chassis.ids import canonical_id
from tools.dev_issuer.people import FIRST_DEMO_STORE_ID
from tools.local_stack.demo_chain import (
    STORES,
    DemoStore,
    category_id,
    category_paths,
    members,
    read_products,
    sales_of_day,
)

_DAY = date(2026, 3, 14)


def _check_digit(barcode: str) -> int:
    digits = [int(character) for character in barcode[:12]]
    return -(sum(digits[::2]) + 3 * sum(digits[1::2])) % 10


class TestProducts:
    def test_are_two_hundred_in_a_tree_of_three_levels(self) -> None:
        products = read_products()
        assert len(products) == 200
        assert {len(product.category_path) for product in products} == {3}
        assert {len(path) for path in category_paths(products)} == {1, 2, 3}
        for field in ("product_id", "sku", "barcode", "name"):
            assert len({getattr(product, field) for product in products}) == 200, field

    def test_have_valid_barcodes(self) -> None:
        for product in read_products():
            assert product.barcode.startswith("69")
            assert len(product.barcode) == 13
            assert int(product.barcode[12]) == _check_digit(product.barcode), product.name

    def test_cost_something(self) -> None:
        assert all(100 <= product.price_fen <= 100_000 for product in read_products())

    def test_list_parents_before_children(self) -> None:
        paths = category_paths(read_products())
        for position, path in enumerate(paths):
            assert len(path) == 1 or path[:-1] in paths[:position]
        assert len({category_id(path) for path in paths}) == len(paths)


class TestMembers:
    def test_are_sixty_people(self) -> None:
        people = members()
        assert len(people) == 60
        for field in ("member_id", "name", "phone", "card_number"):
            assert len({getattr(person, field) for person in people}) == 60, field

    def test_have_numbers_of_one_made_up_row(self) -> None:
        assert all(person.phone.startswith("+861900000") for person in members())

    def test_were_registered_before_the_first_sale(self) -> None:
        latest = max(person.registered_at for person in members())
        assert latest.date() < date(2025, 2, 1)


class TestSales:
    def test_are_the_same_whenever_they_are_asked_for(self) -> None:
        assert list(sales_of_day(STORES[0], _DAY)) == list(sales_of_day(STORES[0], _DAY))

    def test_differ_between_stores_and_days(self) -> None:
        ids = [
            sale.sale_id
            for store in STORES
            for back in range(3)
            for sale in sales_of_day(store, _DAY - timedelta(days=back))
        ]
        assert len(set(ids)) == len(ids) > 400

    @pytest.mark.parametrize("store", STORES)
    def test_add_up(self, store: DemoStore) -> None:
        for sale in sales_of_day(store, _DAY):
            assert 1 <= len(sale.lines) <= 30
            assert len({line.product_id for line in sale.lines}) == len(sale.lines)
            assert sale.total_fen > 0
            assert all(0 <= line.discount_fen <= line.list_fen for line in sale.lines)
            assert all(line.quantity_milli > 0 for line in sale.lines)
            assert canonical_id(sale.sale_id, "sale_id")[14] == "7"

    def test_come_in_order_of_time_on_the_day(self) -> None:
        moments = [sale.sold_at for sale in sales_of_day(STORES[1], _DAY)]
        assert moments == sorted(moments)
        assert moments[-1] - moments[0] < timedelta(days=1)

    def test_belong_to_members_and_to_others(self) -> None:
        known = {person.member_id for person in members()}
        buyers = {sale.member_id for sale in sales_of_day(STORES[0], _DAY)}
        assert "" in buyers
        assert buyers - {""} <= known


class TestStores:
    def test_begin_with_the_one_that_the_demo_people_work_in(self) -> None:
        assert STORES[0].store_id == FIRST_DEMO_STORE_ID
        assert len({store.store_id for store in STORES}) == 3
