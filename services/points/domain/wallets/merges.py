"""Who answers for whom since members were merged (会员合并). Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from services.points.domain.unreadable_books import BooksUnreadable


def follow(member_id: str, into: Callable[[str], str | None]) -> Iterator[str]:
    """Who answers for a member, who for that one, and so on; nobody for who was not merged.

    BooksUnreadable for a circle: decide_merge makes none, so another hand has written there.
    """
    passed = {member_id}
    while (heir := into(member_id)) is not None:
        if heir in passed:
            raise BooksUnreadable(f"the merges of member {heir} form a circle")
        passed.add(heir)
        yield heir
        member_id = heir


class Merges(NamedTuple):
    """Merges that stand: merged member -> into whom. They form no circle, see follow.

    Rows of a merged member stay that member's, so that undoing the merge has nothing to look for;
    whoever asks for what a member may use asks for the whole family.
    """

    into: Mapping[str, str] = {}

    def heir(self, member_id: str) -> str:
        """Who answers for a member in the end: itself, unless it was merged."""
        return [member_id, *self.heirs(member_id)][-1]

    def heirs(self, member_id: str) -> list[str]:
        """Who answers for a member, who for that one, and so on."""
        return list(follow(member_id, self.into.get))

    def with_merged(self, member_id: str) -> frozenset[str]:
        """The member and all who were merged into it, or into one of these."""
        found = {member_id}
        while more := {each for each, into in self.into.items() if into in found} - found:
            found |= more
        return frozenset(found)

    def family(self, member_id: str) -> list[str]:
        """All for whom the same member answers, that one and the member itself included."""
        return sorted(self.with_merged(self.heir(member_id)))
