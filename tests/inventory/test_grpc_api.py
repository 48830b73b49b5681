"""Who may call what, and what no request can provoke."""

from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from chassis.error_mapping import from_grpc
from chassis.errors import DomainError, Kind
from chassis.grpc_server import permissions_of
from chassis.ids import new_id
from chassis.service import Parts
from services.inventory.storage.tables import metadata
from tests.fixtures.builders_inventory import (
    build_category,
    build_document,
    build_price,
    build_product,
    build_store,
)
from tests.fixtures.running import all_permissions, open_stub
from tests.inventory.catalogue import (
    add_category,
    add_products,
    add_store,
    refusal,
    row_counts,
    stream,
)
from yika.inventory.v1 import inventory_service_pb2 as pb2
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub

SERVICE = pb2.DESCRIPTOR.services_by_name["InventoryService"]
METHODS = [method.name for method in SERVICE.methods]


def request_class(method: str) -> type[Message]:
    """The request message of an RPC."""
    return getattr(pb2, SERVICE.methods_by_name[method].input_type.name)


async def call(stub: Any, method: str, request: Message) -> None:
    """Calls an RPC, reading a stream to its end."""
    answer = getattr(stub, method)(request)
    if SERVICE.methods_by_name[method].server_streaming:
        async for _ in answer:
            pass
    else:
        await answer


class TestPermissions:
    @pytest.mark.parametrize("method", METHODS)
    async def test_every_rpc_needs_its_own(self, address: str, parts: Parts, method: str) -> None:
        needed = permissions_of(SERVICE.full_name)[f"/{SERVICE.full_name}/{method}"]
        others = all_permissions(parts) - {needed}
        async with open_stub(InventoryServiceStub, address, others) as stub:
            error = await refusal(call(stub, method, request_class(method)()))
        assert (error.kind, error.reason) == (Kind.FORBIDDEN, "PERMISSION_MISSING")
        assert error.metadata["permission"] == needed


class TestStoreScope:
    async def test_keeps_a_store_to_itself(
        self, inventory: Any, address: str, parts: Parts, database: Database
    ) -> None:
        own, other = await add_store(inventory), await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        line = (product.product_id, 1000)
        before = await row_counts(database, metadata.sorted_tables)
        async with open_stub(
            InventoryServiceStub, address, all_permissions(parts), stores=[own]
        ) as stub:
            price = build_price(product.product_id)
            own_price = build_price(product.product_id, 1, own)
            for attempt in (
                stub.RecordMovements(build_document(other, line)),
                stub.ListStock(pb2.ListStockRequest(store_id=other)),
                stub.ListStock(pb2.ListStockRequest()),
                stream(stub, other),
                stub.SetPrices(pb2.SetPricesRequest(prices=[own_price, price])),
                stub.SetPrices(
                    pb2.SetPricesRequest(prices=[build_price(product.product_id, 1, other)])
                ),
                stub.UpsertStores(pb2.UpsertStoresRequest(stores=[build_store(store_id=other)])),
                stub.UpsertProducts(pb2.UpsertProductsRequest(products=[product])),
                stub.UpsertCategories(pb2.UpsertCategoriesRequest(categories=[build_category()])),
            ):
                error = await refusal(attempt)
                assert (error.kind, error.reason) == (Kind.FORBIDDEN, "STORE_OUT_OF_SCOPE")
            assert await row_counts(database, metadata.sorted_tables) == before
            await stub.RecordMovements(build_document(own, line))
            await stub.SetPrices(pb2.SetPricesRequest(prices=[own_price]))
            levels = (await stub.ListStock(pb2.ListStockRequest(store_id=own))).levels
            assert [level.on_hand_milli for level in levels] == [1000]
            assert len(await stream(stub, own)) == 1


# One id for a store, a category and a product that exist, so that requests get far.
KNOWN = new_id()
IDS = st.sampled_from([*[KNOWN] * 15, KNOWN.upper(), new_id(), "", "x"])
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(["", "\x00", "x" * 5000, "%s", "'; --", "WyJcdWQ4MDAiXQ=="]),
)
INTEGERS = st.one_of(
    st.sampled_from([1, 2, 3, 1000, 2026, 1_772_000_000]),
    st.sampled_from([0, -1, 2**31 - 1, 2**63 - 1, -(2**63)]),
)


def fill(data: st.DataObject, message: Message) -> None:
    """Fills a message with what its fields can hold, much of it valid."""
    for field in message.DESCRIPTOR.fields:
        if data.draw(st.integers(0, 11)) == 11:
            continue
        for _ in range(data.draw(st.integers(1, 2)) if field.is_repeated else 1):
            if field.message_type is not None:
                target = getattr(message, field.name)
                part = target.add() if field.is_repeated else target
                part.SetInParent()
                fill(data, part)
                continue
            value = draw_value(data, field)
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)


def draw_value(data: st.DataObject, field: FieldDescriptor) -> object:
    """A value that the field's type can hold."""
    if field.cpp_type == field.CPPTYPE_STRING:
        return data.draw(IDS if field.name.endswith(("_id", "_ids")) else TEXTS)
    number = data.draw(INTEGERS)
    if field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_ENUM):
        return max(-(2**31), min(2**31 - 1, number))
    return number


async def answer_of(stub: Any, method: str, request: Message) -> DomainError | None:
    """The refusal that a request meets, None when it goes through."""
    try:
        await call(stub, method, request)
    except grpc.RpcError as failed:
        return from_grpc(failed)
    return None


@pytest.fixture
async def known_catalogue(inventory: Any) -> None:
    """A store, a category and a product, all of the known id."""
    await add_store(inventory, store_id=KNOWN)
    await add_category(inventory, category_id=KNOWN)
    product = build_product(KNOWN, product_id=KNOWN)
    await inventory.UpsertProducts(pb2.UpsertProductsRequest(products=[product]))


class TestMalformedRequests:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.usefixtures("known_catalogue")
    @given(data=st.data())
    @settings(
        max_examples=30,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    async def test_are_answered_with_a_reason(
        self, inventory: Any, method: str, data: st.DataObject
    ) -> None:
        request = request_class(method)()
        fill(data, request)
        refused = await answer_of(inventory, method, request)
        # A failure without a reason comes back as Unavailable with PEER_UNAVAILABLE.
        assert refused is None or refused.kind is not Kind.UNAVAILABLE, refused
