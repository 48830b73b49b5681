"""UpsertCategories and ListCategories."""

from typing import Any

import pytest

from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from services.inventory.storage.tables import categories
from tests.fixtures.builders_inventory import build_category
from tests.inventory.catalogue import add_category, published, refusal, row_counts
from yika.inventory.v1 import catalogue_pb2, events_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2


def request(*batch: catalogue_pb2.Category) -> pb2.UpsertCategoriesRequest:
    """The request for a batch."""
    return pb2.UpsertCategoriesRequest(categories=batch)


async def listed(inventory: Any) -> list[catalogue_pb2.Category]:
    """The tree."""
    return list((await inventory.ListCategories(pb2.ListCategoriesRequest())).categories)


class TestUpsertCategories:
    async def test_creates_a_branch_in_one_batch(self, inventory: Any, database: Database) -> None:
        top = build_category(name="生鲜")
        middle = build_category(name="水果", parent_category_id=top.category_id)
        leaf = build_category(name="苹果", parent_category_id=middle.category_id)
        await inventory.UpsertCategories(request(top, middle, leaf))
        tree = await listed(inventory)
        assert [list(node.path_names) for node in tree] == [
            ["生鲜"],
            ["生鲜", "水果"],
            ["生鲜", "水果", "苹果"],
        ]
        assert [node.category_id for node in tree] == [
            top.category_id,
            middle.category_id,
            leaf.category_id,
        ]
        (event,) = await published(database, events_pb2.CategoriesUpserted)
        assert list(event.categories) == tree

    async def test_tells_of_all_whose_path_changed(
        self, inventory: Any, database: Database
    ) -> None:
        top = build_category(name="生鲜")
        leaf = build_category(name="水果", parent_category_id=top.category_id)
        other = build_category(name="日用")
        await inventory.UpsertCategories(request(top, leaf, other))
        top.name = "鲜品"
        await inventory.UpsertCategories(request(top, other))
        before, after = await published(database, events_pb2.CategoriesUpserted)
        assert [list(node.path_names) for node in after.categories] == [["鲜品"], ["鲜品", "水果"]]
        assert after.revision > before.revision
        await inventory.UpsertCategories(request(top))
        assert len(await published(database, events_pb2.CategoriesUpserted)) == 2

    async def test_ignores_the_path_of_the_request(self, inventory: Any) -> None:
        await inventory.UpsertCategories(request(build_category(name="a", path_names=["x", "y"])))
        (node,) = await listed(inventory)
        assert list(node.path_names) == ["a"]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"category_id": ""}, "INVALID_ID"),
            ({"parent_category_id": "top"}, "INVALID_ID"),
            ({"parent_category_id": new_id()}, "UNKNOWN_CATEGORY"),
            ({"name": ""}, "INVALID_TEXT"),
            ({"name": "x" * 101}, "INVALID_TEXT"),
            ({"name": "a\tb"}, "INVALID_TEXT"),
            ({"name": "taken"}, "CATEGORY_NAME_TAKEN"),
        ],
    )
    async def test_refuses_a_bad_category_and_its_batch(
        self, inventory: Any, database: Database, changes: dict[str, Any], reason: str
    ) -> None:
        await add_category(inventory, name="taken")
        before = await row_counts(database, [categories])
        batch = [build_category(), build_category(**changes)]
        assert (await refusal(inventory.UpsertCategories(request(*batch)))).reason == reason
        assert await row_counts(database, [categories]) == before

    async def test_refuses_a_cycle(self, inventory: Any, database: Database) -> None:
        top = build_category()
        leaf = build_category(parent_category_id=top.category_id)
        await inventory.UpsertCategories(request(top, leaf))
        tree = await listed(inventory)
        top.parent_category_id = leaf.category_id
        error = await refusal(inventory.UpsertCategories(request(build_category(), top)))
        assert (error.kind, error.reason) == (Kind.INVALID, "CATEGORY_CYCLE")
        assert await listed(inventory) == tree

    async def test_refuses_a_batch_that_is_empty_large_or_double(self, inventory: Any) -> None:
        category = build_category()
        for batch, reason in (
            ([], "EMPTY_BATCH"),
            ([build_category() for _ in range(501)], "BATCH_TOO_LARGE"),
            ([category, category], "DUPLICATE_ID"),
        ):
            assert (await refusal(inventory.UpsertCategories(request(*batch)))).reason == reason
        assert await listed(inventory) == []
