"""A category as reports know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """Name and parent; `parent_category_id` is empty at the top of the tree."""

    parent_category_id: str
    name: str
