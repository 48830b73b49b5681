"""Two instances with connections of their own asked by 64 at once: exactly what there is."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from chassis.clock import utc_now
from chassis.database import Database
from chassis.errors import DomainError
from services.points.bootstrap import build as build_points
from services.points.settings import Settings
from tests.fixtures.audit import prove_books
from tests.fixtures.builders_coupons import (
    redeem_request,
    write_coupon_keys,
)
from tests.fixtures.builders_points import build_chain
from tests.fixtures.builders_stored_value import build_cash_out
from tests.fixtures.customers import POINTS, STORED_VALUE, points, stored_value
from tests.fixtures.replicas import PASS_ID, publish_first_rules
from tests.fixtures.rivals import Rivals
from tests.fixtures.servers import Servers, migrated_database
from tests.fixtures.services import serving
from tests.fixtures.thrice import open_clients
from yika.points.v1 import (
    pass_service_pb2,
    points_service_pb2,
)

PARALLEL = 64


@pytest.fixture(scope="module")
async def people(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Rivals]:
    """Customers whose calls go to one instance or the other. In the end the books must balance."""
    keys = write_coupon_keys(tmp_path_factory.mktemp("keys") / "coupon-keys")
    settings = Settings(expiry_interval_seconds=0, coupon_key_file=keys)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(migrated_database(servers, "points"))
        chain, members = await build_chain(database, 20)
        await publish_first_rules(database)
        url = database.engine.url.set(drivername="postgresql").render_as_string(False)
        addresses = []
        for _ in range(2):
            own = Database(url, service="points")
            stack.push_async_callback(own.dispose)
            service = await stack.enter_async_context(serving(settings, build_points, own))
            addresses.append(service.address)
        chance = random.Random(64)
        clients = await stack.enter_async_context(open_clients(addresses, chance))
        yield Rivals(clients, chain, members, utc_now())
        await prove_books(database)


async def reasons(calls: Iterable[Awaitable[Any]]) -> Counter[str]:
    """How often each reason, or OK, came back to calls that were made at once."""
    found: Counter[str] = Counter()
    for answer in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(answer, DomainError):
            found[answer.reason] += 1
        elif isinstance(answer, BaseException):
            raise answer
        else:
            found["OK"] += 1
    return found


async def sales(people: Rivals, member: str, *tenders: Any, **changes: Any) -> Counter[str]:
    """How 64 sales at once went."""
    return await reasons(
        people.clients.ask(
            points_service_pb2.PostSaleRequest(sale=people.sale(member, *tenders, **changes))
        )
        for _ in range(PARALLEL)
    )


async def owned(people: Rivals, member: str) -> tuple[int, int, int, int]:
    """A member's points and stored value, and how much of each is on hold."""
    asked = points_service_pb2.GetWalletRequest(
        member_id=member, business_date=people.when()["business_date"]
    )
    wallet = (await people.clients.ask(asked)).wallet
    value_fen = wallet.principal_fen + wallet.bonus_fen
    return wallet.points, value_fen, wallet.held_points, wallet.held_fen


class TestTogether:
    async def test_points_are_spent_once(self, people: Rivals) -> None:
        member = people.newcomer()
        await people.adjust(member, 900)
        found = await sales(people, member, points(300))
        assert found == {"OK": 3, "INSUFFICIENT_POINTS": PARALLEL - 3}
        assert await owned(people, member) == (3 * 20, 0, 0, 0)  # what those three earned

    async def test_stored_value_is_spent_or_paid_out_once(self, people: Rivals) -> None:
        member = people.newcomer()
        await people.top_up(member, 90_00)  # no bonus: each takes what it asks for
        found = await reasons(
            people.clients.ask(
                build_cash_out(
                    people.chain, 4_00, {"cash": 4_00}, member_id=member, **people.when()
                )
                if number % 2
                else points_service_pb2.PostSaleRequest(
                    sale=people.sale(member, stored_value(4_00))
                )
            )
            for number in range(PARALLEL)
        )
        assert found == {"OK": 22, "INSUFFICIENT_STORED_VALUE": PARALLEL - 22}
        assert (await owned(people, member))[1] == 2_00

    @pytest.mark.parametrize("asset", [POINTS, STORED_VALUE])
    async def test_value_is_set_aside_once(self, people: Rivals, asset: Any) -> None:
        member = people.newcomer()
        await people.adjust(member, 1_000)
        await people.top_up(member, 10_00)
        found = await reasons(
            people.clients.ask(people.holding(member, asset, 30)) for _ in range(PARALLEL)
        )
        name = "POINTS" if asset == POINTS else "STORED_VALUE"
        assert found == {"OK": 33, f"INSUFFICIENT_{name}": PARALLEL - 33}
        held = (990, 0) if asset == POINTS else (0, 990)
        assert (await owned(people, member))[2:] == held

    async def test_a_hold_is_posted_to_its_amount(self, people: Rivals) -> None:
        member = people.newcomer()
        await people.adjust(member, 1_000)
        hold_id = await people.hold(member, POINTS, 1_000)
        tender = points(30, hold_id=hold_id, keep_rest=True)
        found = await sales(people, member, tender)
        assert found == {"OK": 33, "HOLD_TOO_SMALL": PARALLEL - 33}
        assert await owned(people, member) == (33 * 20, 0, 10, 0)  # the rest stays on hold

    async def test_a_hold_ends_once(self, people: Rivals) -> None:
        member = people.newcomer()
        await people.adjust(member, 1_000)
        hold_id = await people.hold(member, POINTS, 1_000)
        found = await sales(people, member, points(1_000, hold_id=hold_id))
        assert found == {"OK": 1, "HOLD_CLOSED": PARALLEL - 1}
        assert await owned(people, member) == (20, 0, 0, 0)

    async def test_a_coupon_is_used_once(self, people: Rivals) -> None:
        member = people.newcomer()
        coupon_id = await people.issue(member)
        named = {"business_date": people.when()["business_date"], "member_id": member}
        found = await reasons(
            people.clients.ask(
                redeem_request(people.chain.store_id, coupon_id, **named)
                if number % 2
                else points_service_pb2.PostSaleRequest(
                    sale=people.sale(member, coupon_ids=[coupon_id])
                )
            )
            for number in range(PARALLEL)
        )
        assert found == {"OK": 1, "COUPON_REDEEMED": PARALLEL - 1}

    async def test_a_pass_is_used_to_its_last_unit(self, people: Rivals) -> None:
        member = people.newcomer()
        await people.sell_pass(member)
        found = await reasons(
            people.clients.ask(
                pass_service_pb2.UsePassRequest(
                    header=people.header(member), pass_id=PASS_ID, units=3
                )
            )
            for _ in range(PARALLEL)
        )
        assert found == {"OK": 3, "INSUFFICIENT_PASS": PARALLEL - 3}
