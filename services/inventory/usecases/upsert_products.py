"""Creates or changes products."""

from dataclasses import dataclass

from chassis.database import Database
from services.inventory.domain.catalogue import Product, check_products, taken
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.usecases.announce import announce_products
from services.inventory.usecases.requirements import require_categories


@dataclass(frozen=True, slots=True)
class UpsertProducts:
    """Products as they shall be."""

    products: tuple[Product, ...]


async def upsert_products(database: Database, command: UpsertProducts) -> None:
    """Writes the products that differ from what is known, all or none.

    Raises EMPTY_BATCH, BATCH_TOO_LARGE, DUPLICATE_ID, INVALID_TEXT, INVALID_BARCODE,
    TOO_MANY_BARCODES, SKU_TAKEN, BARCODE_TAKEN, UNKNOWN_CATEGORY.
    """
    check_products(command.products)
    async with database.transaction() as tx:
        repository = CatalogueRepository(tx.connection)
        await repository.lock()
        known = await repository.products([product.product_id for product in command.products])
        changed = [p for p in command.products if known.get(p.product_id) != p]
        if not changed:
            return
        # Against the whole batch, not only its changes: an unchanged product keeps its codes.
        sku = await repository.foreign_sku(command.products)
        if sku is not None:
            raise taken("SKU_TAKEN", "sku", sku)
        barcode = await repository.foreign_barcode(command.products)
        if barcode is not None:
            raise taken("BARCODE_TAKEN", "barcode", barcode)
        await require_categories(repository, {product.category_id for product in changed})
        revisions = await repository.take_revisions(len(changed))
        await repository.upsert_products(changed, revisions)
        announce_products(tx, changed, revisions[-1])
