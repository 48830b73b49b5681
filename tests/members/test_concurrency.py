"""Registrations at the same moment: the database decides, once."""

import asyncio
from typing import Any

from chassis.database import Database
from tests.fixtures.builders_members import build_phone, build_register_member
from tests.fixtures.refusals import refusal
from tests.members.rows import counts


class TestRegisterMemberAtOnce:
    async def test_one_phone_is_registered_once(self, members: Any, database: Database) -> None:
        phone = build_phone()
        before = await counts(database)
        outcomes = await asyncio.gather(
            *(members.RegisterMember(build_register_member(phone=phone)) for _ in range(64)),
            return_exceptions=True,
        )
        refused = [o for o in outcomes if isinstance(o, BaseException)]
        assert len(refused) == 63
        reasons = {(await refusal(_raised(error))).reason for error in refused}
        assert reasons == {"PHONE_TAKEN"}
        assert [b - a for a, b in zip(before, await counts(database), strict=True)] == [1] * 4

    async def test_one_card_is_given_once(self, members: Any, database: Database) -> None:
        before = await counts(database)
        outcomes = await asyncio.gather(
            *(members.RegisterMember(build_register_member(card_number="once")) for _ in range(32)),
            return_exceptions=True,
        )
        refused = [o for o in outcomes if isinstance(o, BaseException)]
        assert {(await refusal(_raised(e))).reason for e in refused} == {"CARD_NUMBER_TAKEN"}
        assert len(refused) == 31
        assert [b - a for a, b in zip(before, await counts(database), strict=True)] == [1] * 4

    async def test_one_request_sent_many_times_at_once_is_one(
        self, members: Any, database: Database
    ) -> None:
        request = build_register_member()
        before = await counts(database)
        answers = await asyncio.gather(*(members.RegisterMember(request) for _ in range(32)))
        assert sorted(answer.replayed for answer in answers) == [False] + [True] * 31
        assert all(answer.member == answers[0].member for answer in answers)
        assert [b - a for a, b in zip(before, await counts(database), strict=True)] == [1] * 4


async def _raised(error: BaseException) -> None:
    raise error
