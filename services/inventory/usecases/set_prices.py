"""Sets prices of the chain or of a store."""

from dataclasses import dataclass

from chassis.database import Database
from services.inventory.domain.catalogue import Price, check_prices
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.storage.repository.prices import PricesRepository
from services.inventory.usecases.announce import announce_prices
from services.inventory.usecases.requirements import require_products, require_stores


@dataclass(frozen=True, slots=True)
class SetPrices:
    """Prices as they shall be."""

    prices: tuple[Price, ...]


async def set_prices(database: Database, command: SetPrices) -> None:
    """Writes the prices that differ from what is known, all or none.

    Raises EMPTY_BATCH, BATCH_TOO_LARGE, DUPLICATE_ID, INVALID_PRICE, UNKNOWN_PRODUCT,
    UNKNOWN_STORE.
    """
    check_prices(command.prices)
    async with database.transaction() as tx:
        catalogue = CatalogueRepository(tx.connection)
        await catalogue.lock()
        await require_products(catalogue, {price.product_id for price in command.prices})
        await require_stores(catalogue, {p.store_id for p in command.prices if p.store_id})
        repository = PricesRepository(tx.connection)
        known = await repository.prices(command.prices)
        changed = [price for price in command.prices if price not in known]
        if changed:
            revisions = await catalogue.take_revisions(len(changed))
            await repository.upsert(changed, revisions)
            announce_prices(tx, changed, revisions[-1])
