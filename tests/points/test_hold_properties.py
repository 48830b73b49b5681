"""Any sequence of holds, posts, voids, spends and waiting, against a small reference."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import to_proto_date
from chassis.database import Database
from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.assets import Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.holds.hold import HoldState
from services.points.domain.holds.hold_request import HoldRequest, set_aside
from services.points.domain.posting import Posting
from services.points.domain.sales.sale import Sale, SaleLine, SaleTender
from services.points.domain.sales.sale_posting import decide_sale
from services.points.domain.stored_value.stored_value import SpendingOrder
from services.points.domain.wallet import Wallet
from tests.fixtures.builders_holds import (
    LIMITS,
    RULES,
    Value,
    after,
    build_grant,
    build_hold,
    build_spending,
    hold,
    reasons,
    spend,
    view,
)
from tests.fixtures.builders_points import BUSINESS_DATE, Chain, build_chain, post_commands
from tests.fixtures.hold_model import DAY_SECONDS, Model, Step, steps
from tests.fixtures.holds import open_hold_count, void_held


class PureWallet:
    """The domain alone, put together as the use cases do it."""

    def __init__(self, model: Model) -> None:
        self.wallet = Wallet("member", lots_loaded=True)
        self.hold_ids: list[str] = []
        self.model = model

    def apply(self, step: Step) -> str:
        """Does one step; the reason why it is refused, or nothing."""
        try:
            self._apply(step)
        except DomainError as refusal:
            return refusal.reason
        return ""

    def _apply(self, step: Step) -> None:
        now, wallet = after(self.model.seconds), self.wallet
        day = BUSINESS_DATE + timedelta(days=self.model.day)
        target = self.hold_ids[step.target % len(self.hold_ids)] if self.hold_ids else "none"
        match step.kind:
            case "grant":
                posting = Posting(
                    wallet,
                    bill_id=new_id(),
                    kind=BillKind.TOP_UP,
                    store_id="store",
                    business_date=day,
                    occurred_at=now,
                    now=now,
                )
                expiry = None if step.days is None else day + timedelta(days=step.days)
                posting.grant(Asset.POINTS, step.amount, rule_version="t@1", expiry_date=expiry)
                posting.apply()
            case "hold":
                request = HoldRequest(
                    new_id(), "m", Asset.POINTS, None, step.amount, step.seconds, "s", "", "", day
                )
                order = SpendingOrder.IN_PROPORTION
                made = set_aside(wallet, request, limits=LIMITS, order=order, now=now)
                wallet.change_holds({late.hold_id: late for late in wallet.timed_out(now)})
                wallet.holds[made.hold_id] = made
                wallet.open_holds += 1
                self.hold_ids.append(made.hold_id)
            case "void":
                found = wallet.hold(target, Asset.POINTS)
                if found.state is not HoldState.VOIDED:
                    found.require_open(now)
                    wallet.change_holds({target: found.ended(HoldState.VOIDED)})
            case "post" | "spend":
                hold_id = target if step.kind == "post" else ""
                tender = SaleTender("points", step.amount, step.amount, hold_id, step.keep_rest)
                sale = Sale(
                    new_id(),
                    "member",
                    "store",
                    day,
                    now,
                    (SaleLine("p", 1000, step.amount, 0),),
                    (tender,),
                    step.amount,
                )
                (draft,) = decide_sale(Books(RULES, now, {"member": wallet}), sale)
                draft.posting.apply()


def check(wallet: Wallet, model: Model) -> None:
    """What must hold after every step."""
    now = after(model.seconds)
    held = wallet.held(now)
    assert {key: lot.remaining for key, lot in wallet.lots.items() if lot.remaining < 0} == {}
    assert all(amount <= wallet.lots[key].remaining for key, amount in held.items())
    assert sum(held.values()) == model.held_points
    assert wallet.balance(Asset.POINTS) == sum(lot.remaining for lot in wallet.lots.values())
    assert wallet.open_holds == sum(h.state is HoldState.OPEN for h in wallet.holds.values())
    assert [lot.remaining for lot in wallet.lots.values()] == [lot.left for lot in model.lots]


class TestAnySequence:
    @settings(max_examples=300)
    @given(sequence=st.lists(steps, max_size=40))
    def test_of_steps_does_what_the_reference_does(self, sequence: list[Step]) -> None:
        model = Model()
        pure = PureWallet(model)
        for step in [Step("grant", 60), Step("grant", 40, days=1), *sequence]:
            told = pure.apply(step)
            assert told == model.apply(step), step
            check(pure.wallet, model)


class TestRealWallet:
    """The same steps through the use cases and the database."""

    @pytest.mark.parametrize("seed", range(8))
    async def test_does_what_the_reference_does(self, database: Database, seed: int) -> None:
        chance = random.Random(seed)
        chain, _ = await build_chain(database)
        model = Model()
        hold_ids: list[str] = []
        for _ in range(60):
            step = self.draw(chance)
            told = await self.apply(database, chain, model, hold_ids, step)
            assert told == model.apply(step), step
            now = after(model.seconds)
            day = BUSINESS_DATE + timedelta(days=model.day)
            seen = await view(database, chain, now=now, business_date=day)
            assert (seen.points, seen.held_points) == (model.free_points, model.held_points)
        for step in (Step("grant", 1), Step("wait", seconds=9 * DAY_SECONDS), Step("spend", 1)):
            assert await self.apply(database, chain, model, hold_ids, step) == model.apply(step)
        assert await open_hold_count(database, chain.member_id) == 0

    def draw(self, chance: random.Random) -> Step:
        """A step; grants are frequent enough that there is something to fight over."""
        kind = chance.choice(["grant", "hold", "hold", "post", "post", "void", "spend", "wait"])
        return Step(
            kind,  # type: ignore[arg-type]
            amount=chance.randint(1, 60),
            days=chance.choice([None, 0, 1, 2]),
            seconds=chance.choice([1, 60, 90, DAY_SECONDS]),
            target=chance.randint(0, 5),
            keep_rest=chance.random() < 0.5,
        )

    async def apply(
        self, database: Database, chain: Chain, model: Model, hold_ids: list[str], step: Step
    ) -> str:
        """Does one step; the reason why it is refused, or nothing."""
        now = after(model.seconds)
        day = BUSINESS_DATE + timedelta(days=model.day)
        target = hold_ids[step.target % len(hold_ids)] if hold_ids else new_id()
        try:
            match step.kind:
                case "grant":
                    expiry = None if step.days is None else day + timedelta(days=step.days)
                    command = build_grant(chain, Value(Asset.POINTS, step.amount, expiry))
                    (reason,) = reasons(await post_commands(database, command, now=now))
                    return reason
                case "hold":
                    request = build_hold(
                        chain,
                        step.amount,
                        hold_seconds=step.seconds,
                        business_date=to_proto_date(day),
                    )
                    await hold(database, request, now=now)
                    hold_ids.append(request.hold_id)
                case "void":
                    await void_held(database, target, seconds=model.seconds)
                case "post" | "spend":
                    posts = step.kind == "post"
                    sale = build_spending(
                        chain,
                        step.amount,
                        hold_id=target if posts else "",
                        keep_rest=step.keep_rest and posts,
                        business_date=day,
                    )
                    (reason,) = reasons(await spend(database, sale, now=now))
                    return reason
        except DomainError as refusal:
            return refusal.reason
        return ""
