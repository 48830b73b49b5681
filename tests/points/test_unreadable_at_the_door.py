"""Books that make no sense stop who needs them, and nobody who waits at the door beside."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.errors import DomainError, Kind
from services.points.commands import Command
from services.points.domain.programme import Programmes
from services.points.door import Door
from services.points.messages.documents import read_header
from services.points.messages.programmes.programme_documents import read_programme_document
from services.points.messages.stored_value.stored_value_requests import read_cash_out
from services.points.usecases.post_bills import Outcome
from services.points.usecases.stored_value.cash_out import cash_out_command
from tests.fixtures.builders_points import (
    SOLD_AT,
    build_command,
    build_sale,
    post_commands,
    running_door,
)
from tests.fixtures.builders_stored_value import build_cash_out, build_top_up
from tests.fixtures.stored_value_desk import Desk, build_customer, build_rules, desk
from tests.points.test_bonus_in_grace import BACK, give_back, on, spend
from yika.points.v1 import ledger_pb2

__all__ = ["desk"]


async def post_together(
    database: Database,
    commands: list[list[Command]],
    *,
    now: datetime = SOLD_AT,
    programmes: Programmes | None = None,
) -> list[list[Outcome]]:
    """What becomes of calls that wait at the door together."""
    door = Door(
        lambda some: post_commands(database, *some, now=now, programmes=programmes),
        batch_max=64,
        writers=1,
        queue_max=100,
    )
    async with running_door(door):
        return list(await asyncio.gather(*map(door.post, commands)))


def told(outcome: Outcome) -> tuple[Kind, str] | None:
    """How a command was refused; None for one that was posted."""
    return (outcome.kind, outcome.reason) if isinstance(outcome, DomainError) else None


UNREADABLE = (Kind.UNAVAILABLE, "BOOKS_UNREADABLE")


async def write_allocation(database: Database, bill_id: str, allocation: bytes) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            text("UPDATE bills SET allocation = :a WHERE bill_id = :b"),
            {"a": allocation, "b": bill_id},
        )


async def allocation_of(database: Database, bill_id: str) -> bytes:
    async with database.read() as connection:
        query = text("SELECT allocation FROM bills WHERE bill_id = :b")
        return bytes(await connection.scalar(query, {"b": bill_id}))


def with_a_day_that_is_none(allocation: bytes) -> bytes:
    message = ledger_pb2.Allocation.FromString(allocation)
    message.earning.grants[0].expiry_date.year = 2026
    message.earning.grants[0].expiry_date.month = 13
    message.earning.grants[0].expiry_date.day = 1
    return message.SerializeToString()


class TestABill:
    @pytest.mark.parametrize("what", ["a day that is none", "no message"])
    async def test_stops_only_who_needs_it(self, desk: Desk, what: str) -> None:
        of_it, other = await build_customer(desk), await build_customer(desk)
        await desk.stub.TopUp(build_top_up(of_it, 500_00))
        sale_id = await spend(desk, of_it, 50_00)
        await give_back(desk, of_it, sale_id, BACK)  # a lot with days of grace: bonus had expired
        before = await allocation_of(desk.database, sale_id)
        broken = with_a_day_that_is_none(before) if what == "a day that is none" else b"\xff"
        await write_allocation(desk.database, sale_id, broken)
        now = SOLD_AT + timedelta(days=BACK, hours=1)
        version = read_programme_document(build_rules().SerializeToString(), frozenset({"cash"}))
        asked = build_cash_out(of_it, 500_00, {"bank_card": 500_00}, **on(BACK))
        header = read_header(asked.header, now)
        cash_out = cash_out_command(asked, header, *read_cash_out(asked, header))
        sales = [build_command(build_sale(chain)) for chain in (other, of_it)]
        try:
            outcomes = await post_together(
                desk.database,
                # The first two are of one call.
                [[cash_out, sales[0]], [sales[1]]],
                now=now,
                programmes=Programmes([version]),
            )
        finally:
            await write_allocation(desk.database, sale_id, before)
        assert [[told(each) for each in of_call] for of_call in outcomes] == [
            [UNREADABLE, None],
            [None],
        ]
