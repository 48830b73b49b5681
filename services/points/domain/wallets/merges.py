"""Who answers for whom since members were merged (会员合并). Pure."""

from collections.abc import Mapping
from typing import NamedTuple


class Merges(NamedTuple):
    """Merges that stand: merged member -> into whom. They form no circle, see decide_merge.

    Rows of a merged member stay that member's, so that undoing the merge has nothing to look for;
    whoever asks for what a member may use asks for the whole family.
    """

    into: Mapping[str, str] = {}

    def heir(self, member_id: str) -> str:
        """Who answers for a member in the end: itself, unless it was merged."""
        while member_id in self.into:
            member_id = self.into[member_id]
        return member_id

    def heirs(self, member_id: str) -> list[str]:
        """Who answers for a member, who for that one, and so on."""
        found: list[str] = []
        while member_id in self.into:
            member_id = self.into[member_id]
            found.append(member_id)
        return found

    def with_merged(self, member_id: str) -> frozenset[str]:
        """The member and all who were merged into it, or into one of these."""
        found = {member_id}
        while more := {each for each, into in self.into.items() if into in found} - found:
            found |= more
        return frozenset(found)

    def family(self, member_id: str) -> list[str]:
        """All for whom the same member answers, that one and the member itself included."""
        heir = self.heir(member_id)
        return sorted({heir, *(each for each in self.into if self.heir(each) == heir)})
