"""StreamMemberStubs: complete, in order, and never past a change that is still to come."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import Kind
from chassis.ids import new_id
from services.members.domain.member import Channel, Member
from services.members.storage.repository import MembersRepository
from services.members.usecases import stream_member_stubs as use_case
from tests.fixtures.builders_members import build_register_member
from tests.fixtures.polling import eventually
from tests.fixtures.refusals import drained, refusal
from yika.members.v1 import member_service_pb2 as pb2


async def stubs_after(members: Any, revision: int) -> list[Any]:
    """Every stub after a revision, as a gateway reads them."""
    request = pb2.StreamMemberStubsRequest(after_revision=revision)
    pieces = await drained(members.StreamMemberStubs(request))
    return [stub for piece in pieces for stub in piece.stubs]


async def newest_revision(members: Any) -> int:
    """The highest revision that can be read now."""
    stubs = await stubs_after(members, 0)
    return int(stubs[-1].revision) if stubs else 0


async def add_member(repository: MembersRepository) -> str:
    """Adds a member by hand, so that a test can hold the transaction open."""
    member = Member(new_id(), "", None, (), None, Channel.STORE, utc_now())
    assert await repository.add(member, b"")
    return member.member_id


class TestStreamMemberStubs:
    async def test_tells_cards_and_nothing_personal(self, members: Any) -> None:
        after = await newest_revision(members)
        requests = [build_register_member(card_number=f"stub000{n}") for n in range(3)]
        for request in requests:
            await members.RegisterMember(request)
        stubs = await stubs_after(members, after)
        assert {stub.member_id: list(stub.card_numbers) for stub in stubs} == {
            request.member_id: [request.card_number.upper()] for request in requests
        }
        assert [field.name for field in stubs[0].DESCRIPTOR.fields] == [
            "member_id",
            "card_numbers",
            "revision",
        ]

    async def test_tells_nothing_when_nothing_changed(self, members: Any) -> None:
        await members.RegisterMember(build_register_member())
        assert await stubs_after(members, await newest_revision(members)) == []
        assert await stubs_after(members, 2**63 - 1) == []

    async def test_refuses_a_negative_revision(self, members: Any) -> None:
        error = await refusal(stubs_after(members, -1))
        assert (error.kind, error.reason) == (Kind.INVALID, "INVALID_REVISION")

    @pytest.fixture
    def small_pieces(self, monkeypatch: pytest.MonkeyPatch) -> int:
        monkeypatch.setattr(use_case, "STUBS_PER_PIECE_MAX", 4)
        return 4

    @pytest.mark.parametrize("count", [0, 1, 4, 5, 8, 11])
    async def test_cuts_the_list_into_pieces(
        self, members: Any, small_pieces: int, count: int
    ) -> None:
        after = await newest_revision(members)
        ids = []
        for _ in range(count):
            ids.append((await members.RegisterMember(build_register_member())).member.member_id)
        request = pb2.StreamMemberStubsRequest(after_revision=after)
        pieces = await drained(members.StreamMemberStubs(request))
        assert all(0 < len(piece.stubs) <= small_pieces for piece in pieces)
        stubs = [stub for piece in pieces for stub in piece.stubs]
        assert sorted(stub.member_id for stub in stubs) == sorted(ids)
        revisions = [stub.revision for stub in stubs]
        assert revisions == sorted(set(revisions))

    async def test_moves_a_stub_that_changes_to_the_end(
        self, members: Any, database: Database
    ) -> None:
        first = (await members.RegisterMember(build_register_member())).member
        second = (await members.RegisterMember(build_register_member())).member
        after = await newest_revision(members)
        async with database.transaction() as tx:
            await MembersRepository(tx.connection).mark_stub_changed(first.member_id)
        assert [stub.member_id for stub in await stubs_after(members, after)] == [first.member_id]
        everything = [stub.member_id for stub in await stubs_after(members, 0)]
        assert everything.index(second.member_id) < everything.index(first.member_id)
        assert everything.count(first.member_id) == 1


class TestOpenTransactions:
    async def test_do_not_hide_a_change_behind_a_later_one(
        self, members: Any, database: Database
    ) -> None:
        """One registration is slow to commit and another overtakes it: a gateway that has read
        the quick one must still get the slow one."""
        after = await newest_revision(members)
        async with database.transaction() as slow:
            repository = MembersRepository(slow.connection)
            slow_id = await add_member(repository)
            await repository.mark_stub_changed(slow_id)
            quick = (await members.RegisterMember(build_register_member())).member
            seen = await stubs_after(members, after)
            assert [stub.member_id for stub in seen] == [quick.member_id]
        later = await stubs_after(members, seen[-1].revision)
        assert [stub.member_id for stub in later] == [slow_id]

    async def test_do_not_hold_up_the_stream_when_they_change_a_stub_again(
        self, members: Any, database: Database
    ) -> None:
        after = await newest_revision(members)
        changed = (await members.RegisterMember(build_register_member())).member
        async with database.transaction() as slow:
            await MembersRepository(slow.connection).mark_stub_changed(changed.member_id)
            other = (await members.RegisterMember(build_register_member())).member
            seen = await stubs_after(members, after)
            assert [stub.member_id for stub in seen] == [other.member_id]
        later = await stubs_after(members, seen[-1].revision)
        assert [stub.member_id for stub in later] == [changed.member_id]

    async def test_that_number_changes_come_one_after_the_other(
        self, members: Any, database: Database
    ) -> None:
        """Two gateways ask at once: the second must not number, and read, past the first."""
        after = await newest_revision(members)
        first = (await members.RegisterMember(build_register_member())).member
        async with database.transaction() as numbering:
            await MembersRepository(numbering.connection).number_stub_changes(10)
            second = (await members.RegisterMember(build_register_member())).member
            reading = asyncio.ensure_future(stubs_after(members, after))

            async def read_or_waits() -> bool:
                return reading.done() or await waits_for_numbering(database)

            await eventually(read_or_waits)
        seen = [stub.member_id for stub in await reading]
        assert seen == [first.member_id, second.member_id], "in the order they were numbered"

    async def test_let_a_gateway_see_each_of_many_parallel_changes(self, members: Any) -> None:
        revision = await newest_revision(members)
        writers = [
            asyncio.ensure_future(members.RegisterMember(build_register_member()))
            for _ in range(150)
        ]
        seen: list[str] = []
        last_round = False
        while not last_round:
            last_round = all(writer.done() for writer in writers)
            for stub in await stubs_after(members, revision):
                assert stub.revision > revision
                revision = stub.revision
                seen.append(stub.member_id)
        registered = [(await writer).member.member_id for writer in writers]
        assert sorted(seen) == sorted(registered)


async def waits_for_numbering(database: Database) -> bool:
    """True when a transaction of this database waits for the advisory lock."""
    query = text(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
        "WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
    )
    async with database.read() as connection:
        return bool(await connection.scalar(query))
