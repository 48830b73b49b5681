"""The category tree: changes to it, and the path of names of every node. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.errors import Invalid, NotFound
from services.inventory.domain.catalogue import (
    check_batch_size,
    check_distinct_ids,
    check_text,
    taken,
)

NAME_LENGTH_MAX = 100
# A path travels with every event about a node; this bounds it, far beyond any shop's tree.
DEPTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the tree; parent_category_id is None at the top."""

    category_id: str
    parent_category_id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class PlacedCategory:
    """A node with the names from the top down to it."""

    category: Category
    path_names: tuple[str, ...]


class CategoryTree:
    """All nodes of the chain's tree."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._nodes = {category.category_id: category for category in categories}

    def upsert(self, batch: Sequence[Category]) -> list[Category]:
        """Applies a batch in its order and returns what it changed; the tree is valid after it.

        Raises EMPTY_BATCH, BATCH_TOO_LARGE, DUPLICATE_ID, INVALID_TEXT, UNKNOWN_CATEGORY for a
        parent that is neither in the tree nor earlier in the batch, CATEGORY_CYCLE,
        CATEGORY_TOO_DEEP, CATEGORY_NAME_TAKEN. Names and cycles are judged after the whole batch,
        so that two siblings may swap their names.
        """
        check_batch_size(len(batch))
        check_distinct_ids(category.category_id for category in batch)
        changed = []
        for category in batch:
            check_text(category.name, "name", NAME_LENGTH_MAX)
            parent = category.parent_category_id
            if parent == category.category_id:
                raise _cycle(category.category_id)
            if parent is not None and parent not in self._nodes:
                raise NotFound(
                    "UNKNOWN_CATEGORY",
                    f"parent {parent} is neither known nor earlier in the batch",
                    {"category_id": parent},
                )
            if self._nodes.get(category.category_id) != category:
                self._nodes[category.category_id] = category
                changed.append(category)
        affected = self.with_descendants(changed)
        self._check_sibling_names({category.parent_category_id for category in changed})
        for placed in affected:
            if len(placed.path_names) > DEPTH_MAX:
                raise Invalid(
                    "CATEGORY_TOO_DEEP",
                    f"the tree has at most {DEPTH_MAX} levels",
                    {"category_id": placed.category.category_id},
                )
        return changed

    def with_descendants(self, categories: Iterable[Category]) -> list[PlacedCategory]:
        """These nodes and all below them, parents before children, siblings in order of name."""
        wanted = {category.category_id for category in categories}
        paths = self._paths()
        children: defaultdict[str | None, list[Category]] = defaultdict(list)
        for category in sorted(self._nodes.values(), key=lambda category: category.name):
            children[category.parent_category_id].append(category)
        placed = []
        stack = [(category, False) for category in reversed(children[None])]
        while stack:
            category, below_wanted = stack.pop()
            hit = below_wanted or category.category_id in wanted
            if hit:
                placed.append(PlacedCategory(category, paths[category.category_id]))
            stack += [(child, hit) for child in reversed(children[category.category_id])]
        return placed

    def all(self) -> list[PlacedCategory]:
        """The whole tree, parents before children, siblings in order of name."""
        return self.with_descendants(self._nodes.values())

    def _paths(self) -> dict[str, tuple[str, ...]]:
        """Path of names by id; CATEGORY_CYCLE when following parents never reaches the top."""
        paths: dict[str, tuple[str, ...]] = {}
        for start in self._nodes:
            trail: list[str] = []
            on_trail: set[str] = set()
            node: str | None = start
            while node is not None and node not in paths:
                if node in on_trail:
                    raise _cycle(node)
                trail.append(node)
                on_trail.add(node)
                node = self._nodes[node].parent_category_id
            path = paths[node] if node is not None else ()
            for category_id in reversed(trail):
                path = (*path, self._nodes[category_id].name)
                paths[category_id] = path
        return paths

    def _check_sibling_names(self, parents: set[str | None]) -> None:
        seen: set[tuple[str | None, str]] = set()
        for category in self._nodes.values():
            if category.parent_category_id in parents:
                key = (category.parent_category_id, category.name)
                if key in seen:
                    raise taken("CATEGORY_NAME_TAKEN", "among its siblings the name", key[1])
                seen.add(key)


def _cycle(category_id: str) -> Invalid:
    return Invalid(
        "CATEGORY_CYCLE",
        f"category {category_id} would lie below itself",
        {"category_id": category_id},
    )
