"""The SQL that writes the read models: one statement per table, whatever the event holds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reports.domain.category import Category
from services.reports.domain.columns import Figures, SalesColumns
from services.reports.domain.returns import ReturnColumns, ReturnFigures
from services.reports.storage.tables import (
    applied_bills,
    applied_sales,
    category_days,
    member_days,
    product_days,
    store_days,
)

_CLAW_BACK = ", clawed_back_points = known.clawed_back_points + excluded.clawed_back_points"


def _add_statement(table: Table) -> TextClause:
    key = table.primary_key.columns[1].name
    return text(
        f"""
        INSERT INTO {table.name} AS known
            (day, {key}, revenue_fen, discount_fen, quantity_milli, sale_count)
        SELECT
            CAST('0001-01-01' AS date) + day,
            key,
            CAST(sum(revenue) AS bigint),
            CAST(sum(discount) AS bigint),
            CAST(sum(quantity) AS bigint),
            count(*)
        FROM unnest(
            CAST(CAST(:keys AS text) AS uuid[]),
            CAST(CAST(:days AS text) AS int[]),
            CAST(CAST(:revenues AS text) AS bigint[]),
            CAST(CAST(:discounts AS text) AS bigint[]),
            CAST(CAST(:quantities AS text) AS bigint[])
        ) AS given (key, day, revenue, discount, quantity)
        GROUP BY day, key
        ORDER BY day, key
        ON CONFLICT (day, {key}) DO UPDATE SET
            revenue_fen = known.revenue_fen + excluded.revenue_fen,
            discount_fen = known.discount_fen + excluded.discount_fen,
            quantity_milli = known.quantity_milli + excluded.quantity_milli,
            sale_count = known.sale_count + excluded.sale_count
        """  # noqa: S608 - names of our own tables
    )


def _take_off_statement(table: Table) -> TextClause:
    """Adds what came back, and takes it off revenue and quantity. Its sale may still be unknown."""
    key = table.primary_key.columns[1].name
    points = "clawed_back_points" in table.columns
    return text(
        f"""
        INSERT INTO {table.name} AS known
            (day, {key}, revenue_fen, discount_fen, quantity_milli, sale_count,
             returned_fen, returned_quantity_milli, return_count
             {", clawed_back_points" if points else ""})
        SELECT
            CAST('0001-01-01' AS date) + day,
            key,
            CAST(-sum(returned) AS bigint),
            0,
            CAST(-sum(quantity) AS bigint),
            0,
            CAST(sum(returned) AS bigint),
            CAST(sum(quantity) AS bigint),
            count(*)
            {", CAST(sum(points) AS bigint)" if points else ""}
        FROM unnest(
            CAST(CAST(:keys AS text) AS uuid[]),
            CAST(CAST(:days AS text) AS int[]),
            CAST(CAST(:returned AS text) AS bigint[]),
            CAST(CAST(:quantities AS text) AS bigint[])
            {", CAST(CAST(:points AS text) AS bigint[])" if points else ""}
        ) AS given (key, day, returned, quantity {", points" if points else ""})
        GROUP BY day, key
        ORDER BY day, key
        ON CONFLICT (day, {key}) DO UPDATE SET
            revenue_fen = known.revenue_fen + excluded.revenue_fen,
            quantity_milli = known.quantity_milli + excluded.quantity_milli,
            returned_fen = known.returned_fen + excluded.returned_fen,
            returned_quantity_milli =
                known.returned_quantity_milli + excluded.returned_quantity_milli,
            return_count = known.return_count + excluded.return_count
            {_CLAW_BACK if points else ""}
        """  # noqa: S608 - names of our own tables
    )


def _claim_statement(table: Table) -> TextClause:
    key = table.primary_key.columns[0].name
    return text(
        f"""
        INSERT INTO {table.name} ({key}) SELECT unnest(CAST(CAST(:ids AS text) AS uuid[]))
        ON CONFLICT DO NOTHING
        RETURNING CAST({key} AS text)
        """
    )


def _name_statement(table: str, key: str) -> TextClause:
    return text(
        f"""
        INSERT INTO {table} AS known ({key}, name, revision)
        SELECT id, name, :revision
        FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[])) AS given (id, name)
        ON CONFLICT ({key}) DO UPDATE SET name = excluded.name, revision = excluded.revision
        WHERE known.revision < excluded.revision
        """  # noqa: S608 - names of our own tables
    )


_DAYS = (store_days, category_days, product_days, member_days)
_ADD = {table.name: _add_statement(table) for table in _DAYS}
_TAKE_OFF = {table.name: _take_off_statement(table) for table in _DAYS}
_CLAIM_SALES = _claim_statement(applied_sales)
_CLAIM_BILLS = _claim_statement(applied_bills)
_NAME_STORES = _name_statement("stores", "store_id")
_NAME_PRODUCTS = _name_statement("products", "product_id")
_NAME_CATEGORIES = text(
    """
    INSERT INTO categories AS known (category_id, parent_category_id, name, revision)
    SELECT id, nullif(parent, '')::uuid, name, :revision
    FROM unnest(CAST(:ids AS uuid[]), CAST(:parents AS text[]), CAST(:names AS text[]))
        AS given (id, parent, name)
    ON CONFLICT (category_id) DO UPDATE SET
        parent_category_id = excluded.parent_category_id,
        name = excluded.name,
        revision = excluded.revision
    WHERE known.revision < excluded.revision
    """
)


def _array(values: Iterable[str]) -> str:
    """An array as PostgreSQL writes it: the driver's own coding costs six times as much here."""
    return "{" + ",".join(values) + "}"


def _days(days: Sequence[date]) -> str:
    # Days since 0001-01-01, which PostgreSQL reads faster than dates; one text for each day.
    texts = {day: str(day.toordinal() - 1) for day in set(days)}
    return _array(map(texts.__getitem__, days))


def _arrays(figures: Figures) -> dict[str, str]:
    return {
        "days": _days(figures.days),
        "revenues": _array(map(str, figures.revenues_fen)),
        "discounts": _array(map(str, figures.discounts_fen)),
        "quantities": _array(map(str, figures.quantities_milli)),
    }


def _return_arrays(figures: ReturnFigures) -> dict[str, str]:
    arrays = {
        "days": _days(figures.days),
        "returned": _array(map(str, figures.returned_fen)),
        "quantities": _array(map(str, figures.quantities_milli)),
    }
    if figures.clawed_back_points:
        arrays["points"] = _array(map(str, figures.clawed_back_points))
    return arrays


class ReadModelsRepository:
    """Adds to the read models within one transaction.

    Rows are written in the order of their keys and tables always in the same order, so that two
    replicas that apply different events wait for each other and never in a circle.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim_sales(self, sale_ids: Collection[str]) -> set[str]:
        """Marks sales as counted; returns those that were not counted before."""
        claimed = await self._connection.scalars(_CLAIM_SALES, {"ids": _array(sorted(sale_ids))})
        return set(claimed)

    async def claim_bills(self, bill_ids: Collection[str]) -> set[str]:
        """Marks bills that are no sales as counted; returns those that were not counted before."""
        claimed = await self._connection.scalars(_CLAIM_BILLS, {"ids": _array(sorted(bill_ids))})
        return set(claimed)

    async def add(self, columns: SalesColumns) -> None:
        """Adds sales to the four read models."""
        by_sale = _arrays(columns.by_sale)
        by_member_sale = _arrays(columns.by_member_sale)
        by_line = _arrays(columns.by_line)
        for table, ids, arrays in (
            (store_days, columns.store_ids, by_sale),
            (category_days, columns.category_ids, by_line),
            (product_days, columns.product_ids, by_line),
            (member_days, columns.member_ids, by_member_sale),
        ):
            if ids:
                await self._connection.execute(_ADD[table.name], {"keys": _array(ids), **arrays})

    async def add_returns(self, columns: ReturnColumns) -> None:
        """Adds returns to the four read models, and takes them off revenue and quantity."""
        by_return = _return_arrays(columns.by_return)
        by_member_return = _return_arrays(columns.by_member_return)
        by_line = _return_arrays(columns.by_line)
        for table, ids, arrays in (
            (store_days, columns.store_ids, by_return),
            (category_days, columns.category_ids, by_line),
            (product_days, columns.product_ids, by_line),
            (member_days, columns.member_ids, by_member_return),
        ):
            if ids:
                await self._connection.execute(
                    _TAKE_OFF[table.name], {"keys": _array(ids), **arrays}
                )

    async def name_stores(self, names: Mapping[str, str], revision: int) -> None:
        """Sets the names of stores, by store id, where no newer revision is known."""
        await self._name(_NAME_STORES, names, revision)

    async def name_products(self, names: Mapping[str, str], revision: int) -> None:
        """Sets the names of products, by product id, where no newer revision is known."""
        await self._name(_NAME_PRODUCTS, names, revision)

    async def _name(self, statement: TextClause, names: Mapping[str, str], revision: int) -> None:
        if names:
            ids = sorted(names)
            await self._connection.execute(
                statement,
                {"ids": ids, "names": [names[i] for i in ids], "revision": revision},
            )

    async def name_categories(self, categories: Mapping[str, Category], revision: int) -> None:
        """Sets names and parents of categories, by id, where no newer revision is known."""
        if categories:
            ids = sorted(categories)
            rows: Sequence[Category] = [categories[i] for i in ids]
            await self._connection.execute(
                _NAME_CATEGORIES,
                {
                    "ids": ids,
                    "parents": [row.parent_category_id for row in rows],
                    "names": [row.name for row in rows],
                    "revision": revision,
                },
            )
