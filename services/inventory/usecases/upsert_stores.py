"""Creates or changes stores."""

from dataclasses import dataclass

from chassis.database import Database
from services.inventory.domain.catalogue import Store, check_stores, taken
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.usecases.announce import announce_stores


@dataclass(frozen=True, slots=True)
class UpsertStores:
    """Stores as they shall be."""

    stores: tuple[Store, ...]


async def upsert_stores(database: Database, command: UpsertStores) -> None:
    """Writes the stores that differ from what is known, all or none.

    Raises EMPTY_BATCH, BATCH_TOO_LARGE, DUPLICATE_ID, INVALID_TEXT, STORE_CODE_TAKEN.
    """
    check_stores(command.stores)
    async with database.transaction() as tx:
        repository = CatalogueRepository(tx.connection)
        await repository.lock()
        code = await repository.foreign_store_code(command.stores)
        if code is not None:
            raise taken("STORE_CODE_TAKEN", "store code", code)
        known = set(await repository.stores([store.store_id for store in command.stores]))
        changed = [store for store in command.stores if store not in known]
        if changed:
            revisions = await repository.take_revisions(len(changed))
            await repository.upsert_stores(changed, revisions)
            announce_stores(tx, changed, revisions[-1])
