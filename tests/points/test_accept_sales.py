"""From the wire to the door: services/points/usecases/sales/accept_sales.py."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.auth import Principal
from chassis.database import Database
from chassis.errors import DomainError, Kind
from services.points.domain.programme import Programmes, UnreadableProgramme
from services.points.door import Door
from services.points.usecases.post_bills import Outcome, Posted
from services.points.usecases.sales.accept_sales import accept_sales
from tests.fixtures.builders_points import (
    SOLD_AT,
    Chain,
    build_command,
    build_sale,
    lonely_directory,
    post_commands,
    running_door,
)
from tests.fixtures.capped_sales import CAPPED
from yika.points.v1 import sale_pb2

NOW = SOLD_AT + timedelta(days=1)
FIRST_RULES = Programmes()


async def accept(
    database: Database,
    *sales: sale_pb2.Sale,
    tender_kinds: Collection[str] = ("cash",),
    now: datetime = NOW,
    programmes: Programmes = FIRST_RULES,
    programmes_at_door: Programmes | None = None,
) -> list[Outcome]:
    """Accepts sales with a caller that reaches every store."""
    door = Door(
        lambda commands: post_commands(
            database, *commands, now=now, programmes=programmes_at_door or programmes
        ),
        batch_max=64,
        writers=1,
        queue_max=100,
    )
    async with running_door(door), lonely_directory(database) as directory:
        return await accept_sales(
            sales,
            database=database,
            door=door,
            directory=directory,
            principal=Principal("till", frozenset(), frozenset({"*"})),
            tender_kinds=tender_kinds,
            programmes=programmes,
            now=now,
        )


class TestAcceptSales:
    async def test_a_retry_gets_the_first_answer_whatever_the_rules_have_become(
        self, database: Database, chain: Chain
    ) -> None:
        sale, other = build_sale(chain), build_sale(chain)
        (first,) = await accept(database, sale)
        assert isinstance(first, Posted)
        again, refused = await accept(database, sale, other, tender_kinds=())
        assert again == Posted(first.receipt, replayed=True)
        assert isinstance(refused, DomainError)
        assert refused.reason == "UNKNOWN_TENDER"

    async def test_rules_hold_for_a_used_id_with_other_content(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain)
        await accept(database, sale)
        sale.total_fen += 1
        (outcome,) = await accept(database, sale)
        assert isinstance(outcome, DomainError)
        assert outcome.reason == "TOTAL_DOES_NOT_ADD_UP"

    async def test_a_clock_that_runs_ahead_is_refused_until_it_is_right(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain, sold_at=datetime(2026, 5, 1, 12, tzinfo=UTC))
        (early,) = await accept(database, sale, now=datetime(2026, 5, 1, 11, tzinfo=UTC))
        assert isinstance(early, DomainError)
        assert early.reason == "INVALID_TIME"
        (later,) = await accept(database, sale)
        assert isinstance(later, Posted)


class TestAVersionThatComesOnTheWay:
    """The door reads the rules after it was chosen what to ask for by those that were known."""

    async def test_is_not_applied_with_what_was_asked_for_another(
        self, database: Database, chain: Chain
    ) -> None:
        newer = Programmes([CAPPED])
        earned = 0
        for known in (newer, FIRST_RULES, newer):
            sale = build_sale(chain)
            (outcome,) = await accept(database, sale, programmes=known, programmes_at_door=newer)
            if known is FIRST_RULES:
                assert isinstance(outcome, DomainError)
                assert (outcome.kind, outcome.reason) == (Kind.UNAVAILABLE, "PROGRAMME_NOT_READ")
                (outcome,) = await accept(database, sale, programmes=newer)
            assert isinstance(outcome, Posted)
            earned += outcome.receipt.points_earned
        assert earned == 30, "the cap of the day"

    async def test_keeps_nobody_from_the_first_answer(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain)
        (first,) = await accept(database, sale)
        assert isinstance(first, Posted)
        newer = Programmes([CAPPED])
        (again,) = await accept(database, sale, programmes_at_door=newer)
        assert again == Posted(first.receipt, replayed=True)

    async def test_is_nothing_to_whoever_was_before_it_or_earns_nothing(
        self, database: Database, chain: Chain
    ) -> None:
        later = Programmes([replace(CAPPED, effective_at=SOLD_AT + timedelta(seconds=1))])
        of_before, walk_in = build_sale(chain), build_sale(chain, member_id="")
        (posted,) = await accept(database, of_before, programmes_at_door=later)
        assert isinstance(posted, Posted)
        (posted,) = await accept(database, walk_in, programmes_at_door=Programmes([CAPPED]))
        assert isinstance(posted, Posted)

    async def test_never_writes_a_counter_that_was_not_read(
        self, database: Database, chain: Chain
    ) -> None:
        capped = Programmes([CAPPED])
        command = build_command(build_sale(chain))
        with pytest.raises(RuntimeError, match="a counter that was not read"):
            await post_commands(database, command, now=NOW, programmes=capped)


class TestAVersionThatThisReleaseCannotRead:
    """Of a later release that was rolled back; the tills are not at fault."""

    UNREADABLE = Programmes([UnreadableProgramme(2, SOLD_AT)])

    async def test_is_waited_for_once_it_is_in_force(
        self, database: Database, chain: Chain
    ) -> None:
        of_before = build_sale(chain, sold_at=SOLD_AT - timedelta(seconds=1))
        sale, walk_in = build_sale(chain), build_sale(chain, member_id="")
        posted, *refused = await accept(
            database, of_before, sale, walk_in, programmes=self.UNREADABLE
        )
        assert isinstance(posted, Posted)
        for outcome in refused:
            assert isinstance(outcome, DomainError)
            assert (outcome.kind, outcome.reason) == (Kind.UNAVAILABLE, "PROGRAMME_UNREADABLE")
            assert outcome.metadata["version"] == "2"
        assert all(isinstance(each, Posted) for each in await accept(database, sale, walk_in))

    async def test_keeps_nobody_from_the_first_answer(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain)
        (first,) = await accept(database, sale)
        assert isinstance(first, Posted)
        (again,) = await accept(database, sale, programmes=self.UNREADABLE)
        assert again == Posted(first.receipt, replayed=True)

    async def test_that_comes_on_the_way_fails_none_but_its_own(
        self, database: Database, chain: Chain
    ) -> None:
        sale = build_sale(chain)
        of_before = build_sale(chain, sold_at=SOLD_AT - timedelta(seconds=1))
        refused, posted = await accept(
            database, sale, of_before, programmes_at_door=self.UNREADABLE
        )
        assert isinstance(posted, Posted)
        assert isinstance(refused, DomainError)
        assert refused.reason == "PROGRAMME_UNREADABLE"
