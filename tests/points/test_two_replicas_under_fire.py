"""Replicas and servers are killed; nothing is lost and nothing happens twice.

Customers and staff send every kind of command three times to two real processes on one database,
while a seeded fire kills one of them, PostgreSQL or NATS again and again.
"""

import asyncio
import random
from collections import Counter, defaultdict
from typing import Any

import pytest
from sqlalchemy import text

from chassis.clock import to_proto_date, utc_now
from chassis.database import Database
from chassis.ids import new_id
from services.points.domain.assets import BillKind
from services.points.domain.coupons.coupon_order import CouponOrderState
from tests.fixtures.audit import prove_books
from tests.fixtures.committed_events import committed_event_ids
from tests.fixtures.polling import eventually
from tests.fixtures.replicas import PASS_ID, Fire, running_stand
from tests.fixtures.rule_setters import RuleSetters
from tests.fixtures.thrice import COMMANDS, Clients, Journal, open_clients
from tests.fixtures.told import bill_ids, expected_facts, told_events, told_facts
from yika.points.v1 import (
    audit_service_pb2,
    coupon_service_pb2,
    pass_service_pb2,
    points_service_pb2,
    wallet_service_pb2,
)

pytestmark = pytest.mark.timeout(400)

SEED = 20_260_501
VICTIMS = ("first", "second", "postgres", "nats")
STRIKES = 3 * len(VICTIMS)
STORES = 2  # each story goes on in so many at once
ROUNDS_MAX = 60
MEMBERS = 2_000


async def live(people: RuleSetters, fire: Fire) -> None:
    """Every story again and again, until the last strike is over."""
    stories = (
        people.buy_and_bring_back,
        people.pay_in_and_out,
        people.set_aside,
        people.use_passes,
        people.use_coupons,
        people.print_codes,
        people.stop_printing,
        people.set_rules,
        people.become_one,
        people.decide,
        people.return_gifts,
        people.let_expire,
        people.want_the_same,
    )

    async def repeat(story: Any) -> None:
        for _ in range(ROUNDS_MAX):
            await story()
            if fire.is_over:
                return
        raise AssertionError(f"{story.__name__} outlasted the fire")

    async with asyncio.TaskGroup() as group:
        group.create_task(fire.rage(people.clients.journal))
        for story in stories * STORES:
            group.create_task(repeat(story))


async def rows(database: Database, query: str) -> list[Any]:
    """Rows of the ledger's tables."""
    async with database.read() as connection:
        return list(await connection.execute(text(query)))


def tally(people: RuleSetters) -> dict[str, list[int]]:
    """Member -> points and stored value, as the answers add up."""
    owned: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    merged: dict[str, str] = {}
    for each in people.clients.journal.done:
        request, answer = each.request, each.answer
        if isinstance(request, points_service_pb2.PostSaleRequest):
            if owner := each.owner or request.sale.member_id:
                owned[owner][0] += answer.result.points_earned
                for tender in request.sale.tenders:
                    owned[owner][0] -= tender.points
                    if tender.kind == "stored_value":
                        owned[owner][1] -= tender.amount_fen
            continue
        if "receipt" not in answer.DESCRIPTOR.fields_by_name or not request.header.member_id:
            continue
        receipt = answer.receipt
        assert not receipt.debt_points
        other = ""
        if isinstance(request, wallet_service_pb2.MergeMembersRequest):
            other = merged[request.header.bill_id] = request.into_member_id
        elif isinstance(request, wallet_service_pb2.UndoMergeRequest):
            other = merged[request.merge_bill_id]
        elif hasattr(request, "to_member_id"):
            other = request.to_member_id
        for member, sign in ((request.header.member_id, 1), (other, -1)):
            if member:
                owned[member][0] += sign * receipt.points_change
                stored_value_fen = receipt.principal_change_fen + receipt.bonus_change_fen
                owned[member][1] += sign * stored_value_fen
    for member, points in people.expiring.items():
        owned[member][0] -= points
    return dict(owned)


async def prove_bills(database: Database, people: RuleSetters) -> list[str]:
    """Each acknowledged bill is there once and no other, in chains without gaps.

    Returns the bills that the job of expiry made: one for each member whose points expired.
    """
    stored = await rows(
        database, "SELECT bill_id::text, member_id::text, kind, sequence FROM bills"
    )
    made = [row for row in stored if row.kind == BillKind.EXPIRY]
    assert Counter(row.member_id for row in made) == dict.fromkeys(people.expiring, 1)
    expiry = {row.bill_id for row in made}
    found = Counter(row.bill_id for row in stored if row.bill_id not in expiry)
    assert found == bill_ids(people.clients.journal)
    chains: defaultdict[str, list[int]] = defaultdict(list)
    for row in stored:
        if row.member_id != people.chain.store_id:
            chains[row.member_id].append(row.sequence)
    for sequences in chains.values():
        assert sorted(sequences) == list(range(1, len(sequences) + 1))
    return sorted(expiry)


async def prove_rules(database: Database, people: RuleSetters) -> None:
    """A sale earned by the version that it names, and that was in force when it was sold."""
    published = {rules.version: rules for rules in people.rules}
    sold = {
        each.request.sale.sale_id: each.request.sale
        for each in people.clients.journal.of(points_service_pb2.PostSaleRequest)
        if each.request.sale.member_id
    }
    bills = await rows(
        database,
        "SELECT b.bill_id::text, b.programme_version, b.points_earned, l.rule_version, l.granted "
        "FROM bills AS b LEFT JOIN lots AS l ON l.bill_id = b.bill_id AND l.moved_by IS NULL",
    )
    stored = [row for row in bills if row.bill_id in sold]
    assert {row.bill_id for row in stored} == set(sold)
    for row in stored:
        rules = published[row.programme_version]
        points = sold[row.bill_id].total_fen // rules.earning.fen_per_point
        assert (row.points_earned, row.granted or 0) == (points, points), row
        assert row.rule_version in (None, f"base@{rules.version}")
    named = {row.bill_id: row.programme_version for row in stored if row.bill_id in people.dated}
    in_force = {sale: people.in_force(at).version for sale, at in people.dated.items()}
    assert named == in_force
    assert len(set(in_force.values())) > 2


async def prove_codes(database: Database) -> None:
    """Of every order there are the codes that it says, and all that were wanted unless stopped."""
    stored = await rows(
        database,
        "SELECT o.state, o.wanted_count, o.issued_count, count(c.coupon_id) AS made "
        "FROM coupon_orders AS o LEFT JOIN coupons AS c USING (order_id) GROUP BY o.order_id",
    )
    for row in stored:
        assert row.made == row.issued_count
        assert row.state == CouponOrderState.CANCELLED or row.made == row.wanted_count


async def prove_wallets(clients: Clients, people: RuleSetters) -> None:
    """What members are told they own is what the answers add up to."""
    today = people.when()["business_date"]
    owned = tally(people)
    asked = [
        points_service_pb2.GetWalletRequest(member_id=member, business_date=today)
        for member in owned
    ]
    wallets = [(await clients.ask(each)).wallet for each in asked]
    assert {
        wallet.member_id: [wallet.points, wallet.principal_fen + wallet.bonus_fen]
        for wallet in wallets
    } == owned
    assert all(not wallet.held_points and not wallet.held_fen for wallet in wallets)
    for owner, units in people.units.items():
        ask = pass_service_pb2.GetPassesRequest(member_id=owner, business_date=today)
        left = sum(
            each.units_left
            for each in (await clients.ask(ask)).passes
            if (each.definition.pass_id, each.owner_member_id) == (PASS_ID, owner)
        )
        assert left == units


async def prove_balance(clients: Clients) -> None:
    """Whoever asks a replica hears that the books are whole and every asset adds up to nothing."""
    asked = audit_service_pb2.VerifyLedgerRequest(run_id=new_id())
    await clients.ask(asked)

    async def is_verified() -> bool:
        ask = audit_service_pb2.GetVerificationRequest(run_id=asked.run_id)
        return bool((await clients.ask(ask)).verification.HasField("completed_time"))

    await eventually(is_verified, timeout_seconds=60)
    done = await clients.ask(audit_service_pb2.GetVerificationRequest(run_id=asked.run_id))
    assert (done.verification.break_count, done.verification.account_count > 50) == (0, True)
    ever = {"from_date": to_proto_date(utc_now().date().replace(month=1, day=1))}
    balance = await clients.ask(audit_service_pb2.GetTrialBalanceRequest(**ever))
    assert len(balance.proofs) == 5
    for proof in balance.proofs:
        assert proof.debit_amount == proof.credit_amount > 0
        assert proof.balance_amount == 0


def prove_fire(journal: Journal, fire: Fire) -> None:
    """The fire was one: strikes on both parts, and calls that it broke."""
    assert Counter(fire.struck) == dict.fromkeys(VICTIMS, STRIKES // len(VICTIMS))
    assert journal.interrupted["UNAVAILABLE"] > STRIKES
    assert journal.interrupted["DATABASE_UNAVAILABLE"] > 0
    assert journal.replayed > len(journal.done)
    judged = [each.request for each in journal.done]
    # Whether an order is stopped in time is chance, and the refusal is judged as well.
    judged += [
        request
        for request, _ in journal.refused
        if isinstance(request, coupon_service_pb2.CancelCouponOrderRequest)
    ]
    kinds = Counter(type(request).__name__.removesuffix("Request") for request in judged)
    assert set(kinds) == COMMANDS
    assert min(kinds.values()) >= 2, kinds


class TestUnderFire:
    async def test_nothing_is_lost_and_nothing_happens_twice(self) -> None:
        chance = random.Random(SEED)
        async with running_stand(MEMBERS) as stand:
            addresses = [replica.address for replica in stand.replicas]
            async with open_clients(addresses, chance) as clients:
                people = RuleSetters(clients, stand.chain, stand.members, utc_now())
                fire = Fire(stand, chance, STRIKES)
                await live(people, fire)
                prove_fire(clients.journal, fire)
                await stand.database.dispose()  # its connections are from before the fire

                async def has_told_and_booked_all() -> bool:
                    waiting = await rows(stand.database, "SELECT 1 FROM outbox")
                    bills = await rows(stand.database, "SELECT kind FROM bills")
                    booked = [row for row in bills if row.kind == BillKind.EXPIRY]
                    return not waiting and len(booked) == len(people.expiring)

                await eventually(has_told_and_booked_all, timeout_seconds=60)
                expiry = await prove_bills(stand.database, people)
                await prove_wallets(clients, people)
                await prove_balance(clients)
                await prove_books(stand.database)
                await prove_rules(stand.database, people)
                await prove_codes(stand.database)
                expected = expected_facts(clients.journal)
                expected.update(("BillsPosted", bill_id) for bill_id in expiry)
                told = await told_events(stand.nats_url)
                assert Counter(event_id for event_id, _ in told) == dict.fromkeys(
                    await committed_event_ids(stand.database), 1
                )
                assert told_facts(told) == expected
