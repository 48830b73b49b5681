"""Stock is a cache: after anything that may happen it is the sum of the movements."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import Database
from chassis.errors import DomainError
from chassis.ids import new_id
from services.inventory.domain.stock import MovementKind, MovementLine, StockDocument
from services.inventory.storage.tables import documents, movements, stock
from services.inventory.usecases.list_stock import ListStock, list_stock
from services.inventory.usecases.record_movements import RecordMovements, record_movements
from tests.fixtures.builders_inventory import build_sale
from tests.inventory.catalogue import (
    add_products,
    add_store,
    levels,
    levels_from_movements,
    post,
)

Changes = list[tuple[str, int]]  # (product, milli)

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PURCHASE, ADJUSTMENT = int(MovementKind.PURCHASE), int(MovementKind.ADJUSTMENT)
IDS = [new_id() for _ in range(4)]

_lines = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 10**9)),
    min_size=1,
    max_size=4,
    unique_by=lambda line: line[0],
)
# (id, store, lines): ids come again, with the same content or with other content.
_sales = st.lists(st.tuples(st.sampled_from(IDS), st.integers(0, 1), _lines), max_size=4)
_documents = st.tuples(
    st.sampled_from(IDS),
    st.integers(0, 1),
    _lines,
    st.sampled_from([PURCHASE, ADJUSTMENT]),
    st.booleans(),
)
_steps = st.lists(
    st.one_of(st.tuples(st.just("sales"), _sales), st.tuples(st.just("document"), _documents)),
    max_size=8,
)


@pytest.fixture
async def chain(inventory: Any) -> tuple[list[str], list[str]]:
    """Two stores and four products."""
    stores = [await add_store(inventory) for _ in range(2)]
    return stores, [product.product_id for product in await add_products(inventory, 4)]


class Model:
    """What stock must be, from what was sold and booked, computed the simple way."""

    def __init__(self) -> None:
        self.sold: dict[str, tuple[str, Changes]] = {}
        self.booked: dict[str, tuple[int, str, Changes]] = {}
        self.replayable: set[str] = set()

    def levels(self) -> dict[tuple[str, str], tuple[int, int]]:
        """(on hand, sold) by store and product."""
        on_hand: Counter[tuple[str, str]] = Counter()
        sold: Counter[tuple[str, str]] = Counter()
        for store, changes in self.sold.values():
            for product, quantity in changes:
                on_hand[store, product] -= quantity
                sold[store, product] += quantity
        for _, store, changes in self.booked.values():
            for product, quantity in changes:
                on_hand[store, product] += quantity
        return {key: (on_hand[key], sold[key]) for key in on_hand}

    def totals(self) -> dict[str, tuple[int, int]]:
        """The same by product."""
        totals: dict[str, tuple[int, int]] = {}
        for (_, product), (on_hand, sold) in self.levels().items():
            before = totals.get(product, (0, 0))
            totals[product] = (before[0] + on_hand, before[1] + sold)
        return totals

    async def sell(self, database: Database, sales: list[tuple[str, str, Changes]]) -> None:
        """Posts an event. Points refuses an id with other content: it comes as it was first."""
        for sale_id, store, changes in sales:
            self.sold.setdefault(sale_id, (store, changes))
        again = [(sale_id, *self.sold[sale_id]) for sale_id, _, _ in sales]
        await post(database, *(build_sale(s, *changes, sale_id=i) for i, s, changes in again))

    async def book(
        self, database: Database, document_id: str, kind: int, store: str, changes: Changes
    ) -> None:
        """Books a document, and expects a replay or a refusal for an id that came before."""
        command = RecordMovements(build_document(document_id, store, kind, changes), "test")
        content = (kind, store, sorted(changes))
        known = self.booked.setdefault(document_id, content)
        if known != content:
            with pytest.raises(DomainError, match="ID_REUSED"):
                await record_movements(database, command, now=NOW)
        else:
            recorded = await record_movements(database, command, now=NOW)
            assert recorded.replayed == (document_id in self.replayable)
        self.replayable.add(document_id)


class TestStock:
    @given(steps=_steps)
    @settings(
        max_examples=30,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    async def test_is_the_sum_of_its_movements(
        self, database: Database, chain: tuple[list[str], list[str]], steps: list[Any]
    ) -> None:
        async with database.transaction() as tx:
            for table in (movements, stock, documents):
                await tx.connection.execute(table.delete())
        stores, products = chain
        model = Model()
        for name, step in steps:
            if name == "sales":
                await model.sell(
                    database,
                    [
                        (sale_id, stores[store], [(products[p], q) for p, q in lines])
                        for sale_id, store, lines in step
                    ],
                )
            else:
                document_id, store, lines, kind, negative = step
                sign = -1 if negative and kind == ADJUSTMENT else 1
                changes = [(products[p], sign * q) for p, q in lines]
                await model.book(database, document_id, kind, stores[store], changes)
        assert await levels(database) == model.levels()
        assert await levels_from_movements(database) == model.levels()
        page = await list_stock(database, ListStock(None, 0, "", ()))
        totals = {
            level.product_id: (level.on_hand_milli, level.sold_milli) for level in page.levels
        }
        assert totals == model.totals()


def build_document(document_id: str, store_id: str, kind: int, changes: Changes) -> StockDocument:
    """A document as the servicer hands it on."""
    return StockDocument(
        document_id=document_id,
        store_id=store_id,
        kind=kind,
        business_date=date(2026, 3, 1),
        occurred_at=NOW,
        lines=tuple(MovementLine(product, quantity) for product, quantity in changes),
        reason="盘点",
    )
