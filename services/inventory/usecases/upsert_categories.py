"""Creates, renames or moves categories."""

from dataclasses import dataclass

from chassis.database import Database
from services.inventory.domain.category_tree import Category, CategoryTree
from services.inventory.storage.repository.catalogue import CatalogueRepository
from services.inventory.usecases.announce import announce_categories


@dataclass(frozen=True, slots=True)
class UpsertCategories:
    """Categories as they shall be, parents before children."""

    categories: tuple[Category, ...]


async def upsert_categories(database: Database, command: UpsertCategories) -> None:
    """Writes the nodes that differ from what is known, all or none.

    The event holds the nodes below them too, whose paths changed with them. Raises what
    CategoryTree.upsert raises.
    """
    async with database.transaction() as tx:
        repository = CatalogueRepository(tx.connection)
        await repository.lock()
        tree = CategoryTree(await repository.categories())
        changed = tree.upsert(command.categories)
        if changed:
            revisions = await repository.take_revisions(len(changed))
            await repository.upsert_categories(changed, revisions)
            announce_categories(tx, tree.with_descendants(changed), revisions[-1])
