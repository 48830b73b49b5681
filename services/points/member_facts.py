"""Asks the owner of members what rules need of them, just before a batch is posted.

Nothing of it goes into a table, a log line or an event: it stays in memory for a minute at most.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import NamedTuple

import grpc

from chassis.errors import Unavailable
from services.points.domain.sales.member_facts import NO_FACTS, FactsNeeded, MemberFacts
from services.points.peers import told_by_peer
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc

# A change of tier is seen by every replica within this time.
MEMORY_SECONDS = 60.0
_MEMORY_ENTRIES_MAX = 100_000
_ASKED_AT_ONCE_MAX = 500


class _Remembered(NamedTuple):
    facts: MemberFacts
    with_birthday: bool
    until: float


class MemberFactsSource:
    """Tells facts of members, from memory or from their owner."""

    def __init__(
        self, members_channel: grpc.aio.Channel, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._members = member_service_pb2_grpc.MemberServiceStub(members_channel)
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}

    async def look_up(self, asked: Mapping[str, FactsNeeded]) -> dict[str, MemberFacts]:
        """The facts of the members about whom something is asked; of the others none.

        All that is not remembered is asked with one call for 500 members. Unavailable
        MEMBER_FACTS_UNAVAILABLE when their owner cannot tell.
        """
        now = self._clock()
        wanted = {member_id: needed for member_id, needed in asked.items() if any(needed)}
        known: dict[str, MemberFacts] = {}
        for member_id, needed in wanted.items():
            remembered = self._remembered.get(member_id)
            if (
                remembered is not None
                and now < remembered.until
                and (remembered.with_birthday or not needed.birthday)
            ):
                known[member_id] = remembered.facts
        missing = [member_id for member_id in wanted if member_id not in known]
        with_birthday = any(wanted[member_id].birthday for member_id in missing)
        for member_ids in _chunks(missing):
            known.update(await self._ask(member_ids, with_birthday, now + MEMORY_SECONDS))
        return known

    async def _ask(
        self, member_ids: list[str], with_birthday: bool, until: float
    ) -> dict[str, MemberFacts]:
        request = member_service_pb2.GetEarningFactsRequest(
            member_ids=member_ids, with_birth_date=with_birthday
        )
        try:
            answer = await self._members.GetEarningFacts(request)
        except (grpc.RpcError, Unavailable) as error:  # of the token, before anything was asked
            cause = error if isinstance(error, Unavailable) else told_by_peer(error)
            raise Unavailable(
                "MEMBER_FACTS_UNAVAILABLE",
                "members cannot be asked what the rules in force need to know",
                {"cause": cause.reason},
            ) from error
        facts = dict.fromkeys(member_ids, NO_FACTS)
        for each in answer.facts:
            facts[each.member_id] = MemberFacts(each.tier_code, each.birth_month, each.birth_day)
        if len(self._remembered) + len(facts) > _MEMORY_ENTRIES_MAX:
            self._remembered.clear()
        for member_id, told in facts.items():
            self._remembered[member_id] = _Remembered(told, with_birthday, until)
        return facts


def _chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, _ASKED_AT_ONCE_MAX)):
        yield chunk
