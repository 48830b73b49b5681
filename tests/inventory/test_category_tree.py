"""The category tree without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import DomainError
from services.inventory.domain.category_tree import DEPTH_MAX, Category, CategoryTree


def paths(tree: CategoryTree) -> list[tuple[str, ...]]:
    """Paths of all nodes in the order of the tree."""
    return [placed.path_names for placed in tree.all()]


def reason_of(tree: CategoryTree, *batch: Category) -> str:
    """The reason for which a batch is refused."""
    with pytest.raises(DomainError) as refused:
        tree.upsert(batch)
    return refused.value.reason


class TestCategoryTree:
    def test_lists_parents_before_children_and_siblings_by_name(self) -> None:
        tree = CategoryTree(
            [
                Category("3", "1", "b"),
                Category("2", None, "z"),
                Category("1", None, "a"),
                Category("4", "3", "x"),
                Category("5", "1", "a"),
            ]
        )
        assert paths(tree) == [("a",), ("a", "a"), ("a", "b"), ("a", "b", "x"), ("z",)]

    def test_moves_a_branch_with_all_below_it(self) -> None:
        tree = CategoryTree(
            [Category("1", None, "a"), Category("2", "1", "b"), Category("3", "2", "c")]
        )
        changed = tree.upsert([Category("2", None, "b")])
        assert [p.path_names for p in tree.with_descendants(changed)] == [("b",), ("b", "c")]

    def test_turns_a_branch_over_in_one_batch(self) -> None:
        tree = CategoryTree([Category("1", None, "a"), Category("2", "1", "b")])
        tree.upsert([Category("1", "2", "a"), Category("2", None, "b")])
        assert paths(tree) == [("b",), ("b", "a")]

    def test_reports_only_what_differs(self) -> None:
        tree = CategoryTree([Category("1", None, "a")])
        fresh = Category("2", "1", "b")
        assert tree.upsert([Category("1", None, "a"), fresh]) == [fresh]

    def test_refuses_a_cycle(self) -> None:
        nodes = [Category("1", None, "a"), Category("2", "1", "b"), Category("3", "2", "c")]
        assert reason_of(CategoryTree(nodes), Category("1", "3", "a")) == "CATEGORY_CYCLE"
        assert reason_of(CategoryTree(nodes), Category("1", "1", "a")) == "CATEGORY_CYCLE"
        assert reason_of(CategoryTree([]), Category("1", "1", "a")) == "CATEGORY_CYCLE"

    def test_refuses_a_parent_that_comes_later(self) -> None:
        child, parent = Category("2", "1", "b"), Category("1", None, "a")
        assert reason_of(CategoryTree([]), child, parent) == "UNKNOWN_CATEGORY"

    def test_refuses_siblings_of_one_name(self) -> None:
        tree = [Category("1", None, "a"), Category("2", None, "b"), Category("3", "1", "a")]
        assert reason_of(CategoryTree(tree), Category("2", None, "a")) == "CATEGORY_NAME_TAKEN"
        assert reason_of(CategoryTree(tree), Category("3", None, "a")) == "CATEGORY_NAME_TAKEN"

    def test_lets_siblings_swap_names(self) -> None:
        tree = CategoryTree([Category("1", None, "a"), Category("2", None, "b")])
        assert len(tree.upsert([Category("1", None, "b"), Category("2", None, "a")])) == 2

    def test_refuses_what_gets_too_deep(self) -> None:
        chain = [Category("0", None, "n")]
        chain += [Category(str(n), str(n - 1), "n") for n in range(1, DEPTH_MAX)]
        tree = CategoryTree(chain)
        assert len(paths(tree)[-1]) == DEPTH_MAX
        deeper = Category("x", str(DEPTH_MAX - 1), "n")
        assert reason_of(CategoryTree(chain), deeper) == "CATEGORY_TOO_DEEP"
        # A move counts what hangs below.
        top = Category("top", None, "top")
        assert reason_of(tree, top, Category("0", "top", "n")) == "CATEGORY_TOO_DEEP"

    @given(
        st.lists(
            st.tuples(st.integers(0, 7), st.integers(-1, 7), st.sampled_from("abc")), max_size=30
        )
    )
    def test_stays_a_tree_whatever_is_asked(self, asked: list[tuple[int, int, str]]) -> None:
        nodes: list[Category] = []
        for node, parent, name in asked:
            tree = CategoryTree(nodes)
            category = Category(str(node), None if parent < 0 else str(parent), name)
            try:
                tree.upsert([category])
            except DomainError:
                continue
            nodes = [placed.category for placed in tree.all()]
            assert len(nodes) == len({placed.path_names for placed in tree.all()})
            assert category in nodes
