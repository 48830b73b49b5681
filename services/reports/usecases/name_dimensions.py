"""Keeps the names of stores, categories and products that reports show beside their figures."""

from collections.abc import Mapping

from chassis.database import Transaction
from services.reports.domain.category import Category
from services.reports.storage.repository import ReadModelsRepository


async def name_stores(tx: Transaction, names: Mapping[str, str], *, revision: int) -> None:
    """Sets the names of stores, by id, unless a higher revision of them is known."""
    await ReadModelsRepository(tx.connection).name_stores(names, revision)


async def name_products(tx: Transaction, names: Mapping[str, str], *, revision: int) -> None:
    """Sets the names of products, by id, unless a higher revision of them is known."""
    await ReadModelsRepository(tx.connection).name_products(names, revision)


async def name_categories(
    tx: Transaction, categories: Mapping[str, Category], *, revision: int
) -> None:
    """Sets names and parents of categories, by id, unless a higher revision of them is known."""
    await ReadModelsRepository(tx.connection).name_categories(categories, revision)
