"""Checks that what a command names exists."""

from collections.abc import Collection

from chassis.errors import NotFound
from services.inventory.storage.repository.catalogue import CatalogueRepository


async def require_stores(catalogue: CatalogueRepository, store_ids: Collection[str]) -> None:
    """NotFound with UNKNOWN_STORE unless every store exists."""
    missing = set(store_ids) - await catalogue.known_ids("stores", store_ids)
    if missing:
        _refuse("UNKNOWN_STORE", "store", missing)


async def require_products(catalogue: CatalogueRepository, product_ids: Collection[str]) -> None:
    """NotFound with UNKNOWN_PRODUCT unless every product exists."""
    missing = set(product_ids) - await catalogue.known_ids("products", product_ids)
    if missing:
        _refuse("UNKNOWN_PRODUCT", "product", missing)


async def require_categories(catalogue: CatalogueRepository, category_ids: Collection[str]) -> None:
    """NotFound with UNKNOWN_CATEGORY unless every category exists."""
    missing = set(category_ids) - await catalogue.known_ids("categories", category_ids)
    if missing:
        _refuse("UNKNOWN_CATEGORY", "category", missing)


def _refuse(reason: str, what: str, missing: set[str]) -> None:
    first = min(missing)
    raise NotFound(reason, f"there is no {what} {first}", {f"{what}_id": first})
