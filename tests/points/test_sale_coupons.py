"""Coupons used up with a sale: services/points/domain/sales/sale_coupons.py, and in batches."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event

from chassis.database import Database
from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.commands import Command
from services.points.coupon_desk import CouponDesk
from services.points.domain.books import Books
from services.points.domain.coupons.coupon import Coupon, CouponState
from services.points.domain.programme import Programmes
from services.points.domain.sales.sale import Sale, SaleLine, SaleTender
from services.points.domain.sales.sale_coupons import redeem_coupons
from services.points.domain.sales.sale_posting import decide_sale
from services.points.domain.wallet import Wallet
from services.points.storage.coupons.coupons import CouponRepository
from services.points.usecases.coupons.issue_coupon_batch import issue_coupon_batch
from services.points.usecases.post_bills import Outcome
from tests.fixtures.builders_coupons import NOW, TODAY, build_coupon, build_order
from tests.fixtures.builders_points import (
    build_chain,
    build_command,
    build_sale,
    post_commands,
)
from tests.fixtures.coupon_orders import coupons_of, take
from tests.fixtures.returning import build_return, command_of, posted, sell

SALE = Sale(
    sale_id=new_id(),
    member_id=None,
    store_id=new_id(),
    business_date=TODAY,
    sold_at=NOW,
    lines=(SaleLine("p", 1000, 100, 0),),
    tenders=(SaleTender("cash", 100),),
    total_fen=100,
)

# When sales and returns are posted: after the day of the return.
RETURNED_AT = datetime(2026, 5, 2, 12, tzinfo=UTC)


async def issued(desk: CouponDesk, count: int) -> list[str]:
    """Coupons that nobody has touched."""
    order = await take(desk, build_order(count))
    await issue_coupon_batch(desk, batch_max=count, now=NOW)
    return list((await coupons_of(desk.database, order.order_id)).values())


async def locked(database: Database, coupon_ids: Sequence[str]) -> list[Coupon]:
    """The coupons as they are, in the order of their ids given."""
    async with database.transaction() as tx:
        found = await CouponRepository(tx.connection).lock(coupon_ids)
    return [found[coupon_id] for coupon_id in coupon_ids]


async def coupon_statements(database: Database, commands: Sequence[Command]) -> list[str]:
    """Posts commands as one batch; the statements about coupons that took."""
    statements: list[str] = []

    def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        # Of whatever engine, as the door has connections of its own, but of this database alone:
        # a service that another test has left running looks for coupons to make now and then.
        if connection.engine.url.database == database.engine.url.database:
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for outcome in await post_commands(database, *commands, now=RETURNED_AT):
            posted(outcome)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return [each for each in statements if "coupon" in each]


def said(outcome: Outcome) -> str:
    """Why a command was refused, or nothing."""
    return outcome.reason if isinstance(outcome, DomainError) else ""


class TestRedeemCoupons:
    def test_a_sale_that_names_none_changes_none(self) -> None:
        assert redeem_coupons(Books(Programmes(), NOW), SALE) == ()

    @pytest.mark.parametrize(
        ("sold_on", "posted_at"),
        [
            (date(2026, 5, 1), NOW),
            (date(2026, 5, 1), NOW + timedelta(days=200)),
            (date(2026, 4, 30), NOW + timedelta(days=200)),
        ],
    )
    def test_validity_is_judged_by_the_day_of_the_sale(
        self, sold_on: date, posted_at: datetime
    ) -> None:
        coupon = build_coupon(valid_from=date(2026, 5, 1), valid_until=date(2026, 5, 1))
        books = Books(Programmes(), posted_at, coupons={coupon.coupon_id: coupon})
        sale = replace(SALE, business_date=sold_on, coupon_ids=(coupon.coupon_id,))
        if sold_on == date(2026, 5, 1):
            (change,) = redeem_coupons(books, sale)
            assert (change.coupon.state, change.coupon.bill_id) == (
                CouponState.REDEEMED,
                sale.sale_id,
            )
        else:
            with pytest.raises(DomainError) as refused:
                redeem_coupons(books, sale)
            assert refused.value.reason == "COUPON_NOT_YET_VALID"

    @pytest.mark.parametrize("seconds_left", [1, 0])
    def test_another_sale_s_reservation_is_judged_now(self, seconds_left: int) -> None:
        coupon = build_coupon(
            state=CouponState.RESERVED,
            reservation_id=new_id(),
            sale_id=new_id(),
            reserved_until=NOW + timedelta(seconds=seconds_left),
        )
        books = Books(Programmes(), NOW, coupons={coupon.coupon_id: coupon})
        # The till's clock is ahead: it cannot make the reservation end sooner.
        sale = replace(SALE, sold_at=NOW + timedelta(minutes=4), coupon_ids=(coupon.coupon_id,))
        if seconds_left:
            with pytest.raises(DomainError) as refused:
                redeem_coupons(books, sale)
            assert refused.value.reason == "COUPON_RESERVED"
        else:
            assert len(redeem_coupons(books, sale)) == 1

    @given(
        st.lists(
            st.tuples(
                st.sampled_from([None, "m", "other"]),
                st.lists(st.integers(0, 7), max_size=4, unique=True),
            ),
            max_size=12,
        )
    )
    def test_a_sale_stands_exactly_when_all_its_coupons_are_free_and_its_own(
        self, sales: list[tuple[str | None, list[int]]]
    ) -> None:
        owners = [None, None, None, "m", "m", "other", None, "other"]
        coupons = [build_coupon(member_id=owner) for owner in owners]
        books = Books(
            Programmes(),
            NOW,
            wallets={name: Wallet(name) for name in ("m", "other")},
            coupons={coupon.coupon_id: coupon for coupon in coupons},
        )
        used: dict[int, str] = {}
        for buyer, numbers in sales:
            sale = replace(
                SALE,
                sale_id=new_id(),
                member_id=buyer,
                coupon_ids=tuple(coupons[number].coupon_id for number in numbers),
            )
            may = all(number not in used and owners[number] in (None, buyer) for number in numbers)
            if not may:
                with pytest.raises(DomainError, match=r"COUPON_(REDEEMED|OF_ANOTHER_MEMBER)"):
                    decide_sale(books, sale)
                continue
            (draft,) = decide_sale(books, sale)
            assert [change.coupon.coupon_id for change in draft.coupons] == list(sale.coupon_ids)
            books.note_coupons(draft.coupons)
            used |= dict.fromkeys(numbers, sale.sale_id)
        assert {
            number: books.coupons[coupon.coupon_id].bill_id
            for number, coupon in enumerate(coupons)
            if books.coupons[coupon.coupon_id].state is CouponState.REDEEMED
        } == used


class TestBatch:
    async def test_takes_one_lock_one_look_and_one_write_of_coupons_or_none(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        chain, _ = await build_chain(coupon_tables)
        coupon_ids = await issued(coupon_desk, 30)
        plain = [build_command(build_sale(chain)) for _ in range(5)]
        assert await coupon_statements(coupon_tables, plain) == []
        named = [
            build_command(build_sale(chain, coupon_ids=coupon_ids[n : n + 3]))
            for n in range(0, 30, 3)
        ]
        assert len(await coupon_statements(coupon_tables, named)) == 3
        after = await locked(coupon_tables, coupon_ids)
        assert {coupon.state for coupon in after} == {CouponState.REDEEMED}

    async def test_a_refused_sale_leaves_its_other_coupons_to_the_next(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        chain, _ = await build_chain(coupon_tables)
        first, second = await issued(coupon_desk, 2)
        sales = [
            build_sale(chain, coupon_ids=names)
            for names in ([first], [second, first], [second], [second])
        ]
        outcomes = await post_commands(
            coupon_tables, *(build_command(sale) for sale in sales), now=RETURNED_AT
        )
        assert [said(each) for each in outcomes] == [
            "",
            "COUPON_REDEEMED",
            "",
            "COUPON_REDEEMED",
        ]
        after = await locked(coupon_tables, [first, second])
        assert [(coupon.bill_id, coupon.version) for coupon in after] == [
            (sales[0].sale_id, 1),
            (sales[2].sale_id, 1),
        ]

    async def test_sales_and_returns_over_the_same_coupons_do_not_wait_in_a_circle(
        self, coupon_desk: CouponDesk, coupon_tables: Database
    ) -> None:
        chain, members = await build_chain(coupon_tables, 4)
        for _ in range(10):
            here, there = sorted(await issued(coupon_desk, 2))
            sold = [
                await sell(
                    coupon_tables, build_sale(chain, member_id=member, coupon_ids=[coupon_id])
                )
                for member, coupon_id in zip(members[:2], (here, there), strict=True)
            ]
            backs = [
                await command_of(coupon_tables, build_return(chain, sale_id)) for sale_id in sold
            ]
            wanted = [
                build_command(build_sale(chain, member_id=member, coupon_ids=[coupon_id]))
                for member, coupon_id in zip(members[2:], (there, here), strict=True)
            ]
            batches = await asyncio.gather(
                *(
                    post_commands(coupon_tables, sale, back, now=RETURNED_AT)
                    for sale, back in zip(wanted, backs, strict=True)
                )
            )
            for outcome, returned in batches:
                posted(returned)
                assert said(outcome) in {"", "COUPON_REDEEMED"}
