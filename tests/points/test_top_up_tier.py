"""Top-up rules of a tier, which the owner of members tells: usecases/stored_value/top_up.py."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.clock import utc_now
from chassis.errors import Kind, Unavailable
from chassis.ids import new_id
from services.members.bootstrap import build as build_members
from services.members.settings import Settings as MembersSettings
from services.points.domain.programme import Programmes
from services.points.domain.sales.member_facts import NO_FACTS
from services.points.door import Door
from services.points.ledger import Ledger
from services.points.messages.documents import read_header
from services.points.messages.programmes.programme_documents import read_programme_document
from services.points.messages.stored_value.stored_value_requests import read_top_up
from services.points.programmes import ProgrammeSource
from services.points.usecases.post_bills import Posted
from services.points.usecases.stored_value.top_up import top_up, top_up_command
from tests.fixtures.builders_points import (
    Chain,
    build_chain,
    lonely_directory,
    post_commands,
    running_door,
)
from tests.fixtures.builders_stored_value import build_top_up, build_top_up_quote
from tests.fixtures.refusals import refusal
from tests.fixtures.running import all_permissions, open_stub
from tests.fixtures.servers import Servers, migrated_database
from tests.fixtures.services import RunningService, running_service
from tests.fixtures.stored_value_desk import Desk, build_customer, build_rules, running_desk
from tests.fixtures.tokens import sign_token
from tools.local_stack.identities import identities
from tools.local_stack.servers import free_port
from yika.members.v1 import member_service_pb2, member_service_pb2_grpc

TIER = "gold"


@pytest.fixture(scope="module")
async def owner(servers: Servers) -> AsyncIterator[RunningService]:
    """The owner of members."""
    async with running_service(servers, "members", MembersSettings(), build_members) as running:
        yield running


@pytest.fixture(scope="module")
async def members(owner: RunningService) -> AsyncIterator[Any]:
    """Somebody who may do everything at the owner of members."""
    stub = member_service_pb2_grpc.MemberServiceStub
    async with open_stub(stub, owner.address, all_permissions(owner.parts)) as opened:
        yield opened


@pytest.fixture(scope="module")
async def desk(
    servers: Servers, owner: RunningService, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Desk]:
    """A ledger that gives a tier a fifth more, and everybody a tenth."""
    token = tmp_path_factory.mktemp("tokens") / "points.jwt"
    token.write_text(sign_token(identities("")["points"].permissions))
    async with running_desk(
        servers, tier=TIER, members_address=owner.address, token_file=token
    ) as running:
        yield running


async def build_member(desk: Desk, members: Any, tier: str) -> Chain:
    """A customer with a tier, or with none."""
    chain = await build_customer(desk)
    await members.RegisterMember(
        member_service_pb2.RegisterMemberRequest(member_id=chain.member_id)
    )
    if tier:
        await members.SetMemberTier(
            member_service_pb2.SetMemberTierRequest(
                change_id=new_id(), member_id=chain.member_id, tier_code=tier, reason="升级"
            )
        )
    return chain


class TestTierRule:
    @pytest.mark.parametrize(
        ("tier", "bonus_fen", "rule_version"),
        [(TIER, 100_00, "fifth@2"), ("silver", 50_00, "tenth@2"), ("", 50_00, "tenth@2")],
    )
    async def test_is_for_members_of_the_tier(
        self, desk: Desk, members: Any, tier: str, bonus_fen: int, rule_version: str
    ) -> None:
        chain = await build_member(desk, members, tier)
        told = await desk.stub.QuoteTopUp(build_top_up_quote(chain))
        assert (told.bonus_fen, told.bonus_rule_version) == (bonus_fen, rule_version)
        receipt = (await desk.stub.TopUp(build_top_up(chain))).receipt
        assert receipt.bonus_change_fen == bonus_fen

    async def test_waits_for_an_owner_who_is_away(self, servers: Servers) -> None:
        nowhere = f"127.0.0.1:{free_port()}"
        async with running_desk(servers, tier=TIER, members_address=nowhere) as desk:
            chain = await build_customer(desk)
            for call in (
                desk.stub.TopUp(build_top_up(chain)),
                desk.stub.QuoteTopUp(build_top_up_quote(chain)),
            ):
                refused = await refusal(call)
                assert refused.kind is Kind.UNAVAILABLE
                assert refused.reason == "MEMBER_FACTS_UNAVAILABLE"

    async def test_keeps_nobody_from_the_first_answer(self, servers: Servers) -> None:
        nowhere = f"127.0.0.1:{free_port()}"
        async with running_desk(servers, tier=TIER, members_address=nowhere) as desk:
            asked = build_top_up(await build_customer(desk))
            header = read_header(asked.header, utc_now())
            command = top_up_command(asked, header, read_top_up(asked), NO_FACTS)
            (posted,) = await post_commands(desk.database, command, now=utc_now())
            assert isinstance(posted, Posted)
            receipt = (await desk.stub.TopUp(asked)).receipt
            assert receipt.replayed
            assert receipt.principal_fen == posted.receipt.principal_fen


async def test_rules_that_come_on_the_way_are_not_applied_without_the_tier(
    servers: Servers,
) -> None:
    """Nobody had asked for it: those that were known had no rule of a tier."""
    newer = Programmes([read_programme_document(build_rules(TIER).SerializeToString(), ())])
    async with migrated_database(servers, "points") as database:
        chain, _ = await build_chain(database)
        door = Door(
            lambda commands: post_commands(database, *commands, now=utc_now(), programmes=newer),
            batch_max=64,
            writers=1,
            queue_max=100,
        )
        source = ProgrammeSource(database, (), refresh_seconds=60)
        async with running_door(door), lonely_directory(database) as directory:
            ledger = Ledger(database, door, directory, source, ("cash",))
            asked = build_top_up(chain)
            header = read_header(asked.header, utc_now())
            with pytest.raises(Unavailable, match="PROGRAMME_NOT_READ"):
                await top_up(ledger, asked, header, read_top_up(asked))
