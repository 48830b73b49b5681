"""UpsertStores and ListStores."""

from typing import Any

import pytest

from chassis.database import Database
from chassis.errors import Kind
from services.inventory.storage.tables import stores
from tests.fixtures.builders_inventory import build_store
from tests.inventory.catalogue import add_store, published, refusal, row_counts
from yika.inventory.v1 import catalogue_pb2, events_pb2
from yika.inventory.v1 import inventory_service_pb2 as pb2


def request(*batch: catalogue_pb2.Store) -> pb2.UpsertStoresRequest:
    """The request for a batch."""
    return pb2.UpsertStoresRequest(stores=batch)


async def listed(inventory: Any) -> list[catalogue_pb2.Store]:
    """All stores."""
    return list((await inventory.ListStores(pb2.ListStoresRequest())).stores)


class TestUpsertStores:
    async def test_creates_and_changes_stores(self, inventory: Any, database: Database) -> None:
        one, two = build_store(store_code="B"), build_store(store_code="A")
        await inventory.UpsertStores(request(one, two))
        one.name = "滨江店"
        await inventory.UpsertStores(request(one, two))
        assert await listed(inventory) == [two, one]
        created, changed = await published(database, events_pb2.StoresUpserted)
        assert list(created.stores)[1] == two
        assert list(changed.stores) == [one]
        assert changed.revision > created.revision

    async def test_swaps_codes_inside_a_batch(self, inventory: Any) -> None:
        one, two = build_store(), build_store()
        await inventory.UpsertStores(request(one, two))
        one.store_code, two.store_code = two.store_code, one.store_code
        await inventory.UpsertStores(request(one, two))
        assert {store.store_id: store.store_code for store in await listed(inventory)} == {
            one.store_id: one.store_code,
            two.store_id: two.store_code,
        }

    async def test_trims_what_people_type(self, inventory: Any) -> None:
        await inventory.UpsertStores(request(build_store(store_code=" S1 ", name="\t湖滨店\u3000")))
        (store,) = await listed(inventory)
        assert (store.store_code, store.name) == ("S1", "湖滨店")

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"store_id": "S1"}, "INVALID_ID"),
            ({"store_code": ""}, "INVALID_TEXT"),
            ({"store_code": "x" * 33}, "INVALID_TEXT"),
            ({"name": " "}, "INVALID_TEXT"),
            ({"name": "x" * 101}, "INVALID_TEXT"),
            ({"name": "a\u2028b"}, "INVALID_TEXT"),
            ({"name": "\x00"}, "INVALID_TEXT"),
        ],
    )
    async def test_refuses_a_bad_store_and_its_batch(
        self, inventory: Any, database: Database, changes: dict[str, Any], reason: str
    ) -> None:
        batch = [build_store(), build_store(**changes)]
        assert (await refusal(inventory.UpsertStores(request(*batch)))).reason == reason
        assert set((await row_counts(database, [stores])).values()) == {0}

    async def test_refuses_a_taken_code(self, inventory: Any, database: Database) -> None:
        await add_store(inventory, store_code="S1")
        before = await row_counts(database, [stores])
        for batch in (
            [build_store(), build_store(store_code="S1")],
            [build_store(store_code="S2"), build_store(store_code="S2")],
        ):
            error = await refusal(inventory.UpsertStores(request(*batch)))
            assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "STORE_CODE_TAKEN")
        assert await row_counts(database, [stores]) == before

    async def test_refuses_a_batch_that_is_empty_large_or_double(self, inventory: Any) -> None:
        store = build_store()
        for batch, reason in (
            ([], "EMPTY_BATCH"),
            ([build_store() for _ in range(501)], "BATCH_TOO_LARGE"),
            ([store, store], "DUPLICATE_ID"),
        ):
            assert (await refusal(inventory.UpsertStores(request(*batch)))).reason == reason
        assert await listed(inventory) == []
