"""Lists stock, page by page."""

from dataclasses import dataclass

from chassis.database import Database
from chassis.errors import DomainError, Invalid
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token, page_size
from services.inventory.domain.stock import StockLevel
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.storage.repository.stock import StockRepository
from services.inventory.usecases.requirements import require_stores

PAGE_SIZE_DEFAULT = 1000
PAGE_SIZE_MAX = 5000


@dataclass(frozen=True, slots=True)
class ListStock:
    """Which page of which stock; store_id None for the sum over all stores."""

    store_id: str | None
    page_size: int
    page_token: str
    product_ids: tuple[str, ...]  # empty for all


@dataclass(frozen=True, slots=True)
class StockPage:
    """Levels in order of product; the token is empty on the last page."""

    levels: list[StockLevel]
    next_page_token: str


async def list_stock(database: Database, query: ListStock) -> StockPage:
    """A page of stock. Raises UNKNOWN_STORE, INVALID_PAGE_SIZE, INVALID_PAGE_TOKEN."""
    size = page_size(query.page_size, default=PAGE_SIZE_DEFAULT, maximum=PAGE_SIZE_MAX)
    after = _last_product(query.page_token)
    async with database.read() as connection:
        if query.store_id is not None:
            await require_stores(CatalogueRepository(connection), [query.store_id])
        levels = await StockRepository(connection).levels(
            query.store_id,
            product_ids=query.product_ids,
            after_product_id=after,
            limit=size + 1,
        )
    more = len(levels) > size
    return StockPage(levels[:size], encode_page_token(levels[size - 1].product_id) if more else "")


def _last_product(token: str) -> str | None:
    key = decode_page_token(token, str)
    if key is None:
        return None
    try:
        return canonical_id(str(key[0]), "page_token")
    except DomainError:
        raise Invalid(
            "INVALID_PAGE_TOKEN", "page_token is not one that this list gave out"
        ) from None
