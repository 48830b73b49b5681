"""RecordMovements."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from chassis.clock import to_proto_date, to_timestamp, utc_now
from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from services.inventory.storage.tables import documents, movements, stock
from tests.fixtures.builders_inventory import build_document
from tests.inventory.catalogue import add_products, add_store, refusal, row_counts
from yika.inventory.v1 import inventory_service_pb2 as pb2
from yika.inventory.v1 import stock_pb2

TABLES = [documents, movements, stock]


def figures(answer: pb2.RecordMovementsResponse) -> list[tuple[str, int, int]]:
    """(product, on hand, sold) of an answer."""
    return [(level.product_id, level.on_hand_milli, level.sold_milli) for level in answer.levels]


class TestRecordMovements:
    async def test_books_a_purchase_and_an_adjustment(self, inventory: Any) -> None:
        store_id = await add_store(inventory)
        one, two = (p.product_id for p in await add_products(inventory, 2))
        bought = await inventory.RecordMovements(
            build_document(store_id, (two, 5000), (one, 24_000))
        )
        assert not bought.replayed
        assert figures(bought) == [(one, 24_000, 0), (two, 5000, 0)]
        assert {level.store_id for level in bought.levels} == {store_id}
        adjusted = await inventory.RecordMovements(
            build_document(
                store_id,
                (one, -24_500),
                kind=stock_pb2.MOVEMENT_KIND_ADJUSTMENT,
                reason="盘点差异",
            )
        )
        assert figures(adjusted) == [(one, -500, 0)]

    async def test_gives_a_retry_the_first_answer(self, inventory: Any, database: Database) -> None:
        store_id = await add_store(inventory)
        one, two = (p.product_id for p in await add_products(inventory, 2))
        document = build_document(store_id, (one, 1000), (two, 2000))
        first = await inventory.RecordMovements(document)
        await inventory.RecordMovements(build_document(store_id, (one, 7000)))
        before = await row_counts(database, TABLES)
        # The order of lines and the case of an id are not content.
        document.lines.reverse()
        document.document_id = document.document_id.upper()
        again = await inventory.RecordMovements(document)
        assert again.replayed
        assert figures(again) == figures(first) == [(one, 1000, 0), (two, 2000, 0)]
        assert await row_counts(database, TABLES) == before

    async def test_books_a_document_once_when_sent_many_times_at_once(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        document = build_document(store_id, (product.product_id, 1000))
        answers = await asyncio.gather(*(inventory.RecordMovements(document) for _ in range(12)))
        assert [answer.replayed for answer in answers].count(False) == 1
        assert {answer.levels[0].on_hand_milli for answer in answers} == {1000}
        assert (await row_counts(database, TABLES))["movements"] == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"reason": "other"},
            {"kind": stock_pb2.MOVEMENT_KIND_ADJUSTMENT, "reason": "other"},
            {"business_date": to_proto_date(date(2026, 3, 2))},
            {"occurred_time": to_timestamp(datetime(2026, 3, 1, 2, 31, tzinfo=UTC))},
            {"quantity": 1001},
            {"store": True},
        ],
    )
    async def test_refuses_an_id_used_for_other_content(
        self, inventory: Any, database: Database, change: dict[str, Any]
    ) -> None:
        store_id, other_store_id = await add_store(inventory), await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        document = build_document(store_id, (product.product_id, 1000))
        await inventory.RecordMovements(document)
        before = await row_counts(database, TABLES)
        fields = dict(change)
        other = build_document(
            other_store_id if fields.pop("store", False) else store_id,
            (product.product_id, fields.pop("quantity", 1000)),
            document_id=document.document_id,
            **fields,
        )
        error = await refusal(inventory.RecordMovements(other))
        assert (error.kind, error.reason) == (Kind.ALREADY_EXISTS, "ID_REUSED")
        assert await row_counts(database, TABLES) == before

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"document_id": "x"}, "INVALID_ID"),
            ({"store_id": ""}, "INVALID_ID"),
            ({"store_id": new_id()}, "UNKNOWN_STORE"),
            ({"kind": stock_pb2.MOVEMENT_KIND_UNSPECIFIED}, "INVALID_KIND"),
            ({"kind": stock_pb2.MOVEMENT_KIND_SALE}, "INVALID_KIND"),
            ({"kind": stock_pb2.MOVEMENT_KIND_SALE_RETURN}, "INVALID_KIND"),
            ({"kind": 99}, "INVALID_KIND"),
            ({"kind": -1}, "INVALID_KIND"),
            ({"business_date": None}, "INVALID_DATE"),
            ({"business_date": Date(year=2026, month=2, day=30)}, "INVALID_DATE"),
            ({"business_date": Date(year=2026)}, "INVALID_DATE"),
            ({"business_date": Date(year=1999, month=12, day=31)}, "INVALID_DATE"),
            ({"business_date": Date(year=9999, month=12, day=31)}, "INVALID_DATE"),
            ({"business_date": Date(year=-1, month=-1, day=-1)}, "INVALID_DATE"),
            ({"occurred_time": None}, "INVALID_TIME"),
            ({"occurred_time": Timestamp(seconds=2**62)}, "INVALID_TIME"),
            ({"occurred_time": Timestamp(seconds=-(2**62))}, "INVALID_TIME"),
            ({"occurred_time": Timestamp(seconds=1_700_000_000, nanos=-1)}, "INVALID_TIME"),
            ({"occurred_time": to_timestamp(utc_now() + timedelta(days=2))}, "INVALID_TIME"),
            ({"lines": []}, "EMPTY_BATCH"),
            ({"kind": stock_pb2.MOVEMENT_KIND_ADJUSTMENT}, "REASON_REQUIRED"),
            ({"kind": stock_pb2.MOVEMENT_KIND_ADJUSTMENT, "reason": "  "}, "REASON_REQUIRED"),
            ({"reason": "x" * 201}, "INVALID_TEXT"),
            ({"reason": "a\x00"}, "INVALID_TEXT"),
        ],
    )
    async def test_refuses_a_bad_document(
        self, inventory: Any, database: Database, changes: dict[str, Any], reason: str
    ) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        before = await row_counts(database, TABLES)
        document = build_document(store_id, (product.product_id, 1000), **changes)
        assert (await refusal(inventory.RecordMovements(document))).reason == reason
        assert await row_counts(database, TABLES) == before

    @pytest.mark.parametrize("quantity", [0, -1, 10**12 + 1, 2**63 - 1, -(2**63)])
    async def test_refuses_a_bad_quantity_on_any_line(
        self, inventory: Any, database: Database, quantity: int
    ) -> None:
        store_id = await add_store(inventory)
        one, two = (p.product_id for p in await add_products(inventory, 2))
        error = await refusal(
            inventory.RecordMovements(build_document(store_id, (one, 1000), (two, quantity)))
        )
        assert (error.reason, error.metadata["product_id"]) == ("INVALID_QUANTITY", two)
        counts = await row_counts(database, TABLES)
        assert [counts[table.name] for table in TABLES] == [0, 0, 0]

    @pytest.mark.parametrize("quantity", [0, -(10**12) - 1, -(2**63)])
    async def test_refuses_a_bad_adjustment(self, inventory: Any, quantity: int) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        document = build_document(
            store_id,
            (product.product_id, quantity),
            kind=stock_pb2.MOVEMENT_KIND_ADJUSTMENT,
            reason="损耗",
        )
        assert (await refusal(inventory.RecordMovements(document))).reason == "INVALID_QUANTITY"

    async def test_refuses_an_unknown_product_and_frees_the_id(
        self, inventory: Any, database: Database
    ) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        before = await row_counts(database, TABLES)
        unknown = new_id()
        document = build_document(store_id, (product.product_id, 1000), (unknown, 1000))
        error = await refusal(inventory.RecordMovements(document))
        assert (error.kind, error.reason) == (Kind.NOT_FOUND, "UNKNOWN_PRODUCT")
        assert error.metadata["product_id"] == unknown
        assert await row_counts(database, TABLES) == before
        del document.lines[1]
        assert not (await inventory.RecordMovements(document)).replayed

    async def test_refuses_a_product_twice(self, inventory: Any, database: Database) -> None:
        store_id = await add_store(inventory)
        (product,) = await add_products(inventory, 1)
        line = (product.product_id, 1000)
        error = await refusal(inventory.RecordMovements(build_document(store_id, line, line)))
        assert error.reason == "DUPLICATE_ID"
        assert (await row_counts(database, TABLES))["movements"] == 0

    async def test_takes_500_lines_and_refuses_more(self, inventory: Any) -> None:
        store_id = await add_store(inventory)
        lines = [(p.product_id, 1000) for p in await add_products(inventory, 500)]
        answer = await inventory.RecordMovements(build_document(store_id, *lines))
        assert len(answer.levels) == 500
        error = await refusal(
            inventory.RecordMovements(build_document(store_id, *lines, (new_id(), 1)))
        )
        assert error.reason == "BATCH_TOO_LARGE"
