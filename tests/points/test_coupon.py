"""The rules of one coupon: who may use it when, and what no order of events can bring about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import DomainError
from services.points.domain.coupons.coupon import (
    Coupon,
    CouponState,
    GiveBackPolicy,
    bind,
    give_back,
    redeem,
    release,
    reserve,
    revoke,
    state_on,
)
from tests.fixtures.builders_coupons import NOW, TODAY, build_coupon

DAY = timedelta(days=1)


def told(outcome: Coupon | DomainError) -> str:
    """The reason of a refusal, or the state that a change left."""
    return outcome.reason if isinstance(outcome, DomainError) else outcome.state.name


def use(coupon: Coupon, **changes: Any) -> Coupon | DomainError:
    """Redeems for a walk-in customer's bill today."""
    given_values: dict[str, Any] = {
        "bill_id": "bill",
        "member_id": None,
        "business_date": TODAY,
        "now": NOW,
        **changes,
    }
    return redeem(coupon, **given_values)


def hold(coupon: Coupon, sale_id: str = "bill", **changes: Any) -> Coupon | DomainError:
    """Reserves for 90 seconds, today."""
    given_values: dict[str, Any] = {
        "reservation_id": f"for {sale_id}",
        "member_id": None,
        "until": NOW + timedelta(seconds=90),
        "business_date": TODAY,
        "now": NOW,
        **changes,
    }
    return reserve(coupon, sale_id=sale_id, **given_values)


def changed(outcome: Coupon | DomainError) -> Coupon:
    assert isinstance(outcome, Coupon), outcome
    return outcome


class TestStateOn:
    @pytest.mark.parametrize(
        ("coupon", "expected"),
        [
            (build_coupon(), "ISSUED"),
            (build_coupon(valid_until=TODAY), "ISSUED"),
            (build_coupon(valid_until=TODAY - DAY), "EXPIRED"),
            (build_coupon(valid_from=TODAY + DAY), "ISSUED"),
            (build_coupon(order_revoked=True, valid_until=TODAY - DAY), "REVOKED"),
            (build_coupon(state=CouponState.REVOKED), "REVOKED"),
            (build_coupon(state=CouponState.REDEEMED, bill_id="b", order_revoked=True), "REDEEMED"),
            (build_coupon(state=CouponState.REDEEMED, valid_until=TODAY - DAY), "REDEEMED"),
            (changed(hold(build_coupon())), "RESERVED"),
            (changed(hold(build_coupon(), until=NOW)), "ISSUED"),
            (replace(changed(hold(build_coupon())), valid_until=TODAY - DAY), "EXPIRED"),
        ],
    )
    def test_is_judged_when_reading(self, coupon: Coupon, expected: str) -> None:
        assert state_on(coupon, TODAY, NOW).name == expected


class TestRedeem:
    @pytest.mark.parametrize(
        ("coupon", "changes", "expected"),
        [
            (build_coupon(), {}, "REDEEMED"),
            (build_coupon(), {"member_id": "m"}, "REDEEMED"),
            (build_coupon(member_id="m"), {"member_id": "m"}, "REDEEMED"),
            (build_coupon(member_id="m"), {}, "COUPON_OF_ANOTHER_MEMBER"),
            (build_coupon(member_id="m"), {"member_id": "n"}, "COUPON_OF_ANOTHER_MEMBER"),
            (build_coupon(valid_until=TODAY), {}, "REDEEMED"),
            (build_coupon(valid_until=TODAY), {"business_date": TODAY + DAY}, "COUPON_EXPIRED"),
            (build_coupon(valid_from=TODAY), {}, "REDEEMED"),
            (
                build_coupon(valid_from=TODAY),
                {"business_date": TODAY - DAY},
                "COUPON_NOT_YET_VALID",
            ),
            (build_coupon(order_revoked=True), {}, "COUPON_REVOKED"),
            (changed(hold(build_coupon())), {}, "REDEEMED"),
            (changed(hold(build_coupon(), "other")), {}, "COUPON_RESERVED"),
            (changed(hold(build_coupon(), "other", until=NOW)), {}, "REDEEMED"),
            (changed(use(build_coupon())), {}, "COUPON_REDEEMED"),
            (changed(revoke(build_coupon())), {}, "COUPON_REVOKED"),
            # Whose it is comes first: a stranger learns nothing of its state.
            (
                replace(changed(revoke(build_coupon())), member_id="m"),
                {},
                "COUPON_OF_ANOTHER_MEMBER",
            ),
        ],
    )
    def test_follows_the_rules(
        self, coupon: Coupon, changes: dict[str, Any], expected: str
    ) -> None:
        assert told(use(coupon, **changes)) == expected


class TestGiveBack:
    @pytest.mark.parametrize(
        ("facts", "policy", "expected"),
        [
            ({}, "if_valid", "ISSUED"),
            ({}, "never", "REDEEMED"),
            ({"valid_until": TODAY}, "if_valid", "ISSUED"),
            ({"valid_until": TODAY - DAY}, "if_valid", "REDEEMED"),
            ({"order_revoked": True}, "if_valid", "REDEEMED"),
        ],
    )
    def test_follows_the_policy(self, facts: dict[str, Any], policy: str, expected: str) -> None:
        used = replace(changed(use(build_coupon())), **facts)
        after = changed(
            give_back(used, bill_id="bill", business_date=TODAY, policy=GiveBackPolicy(policy))
        )
        assert after.state.name == expected
        assert after.bill_id == ("bill" if expected == "REDEEMED" else None)
        assert after.version == used.version + 1

    def test_only_from_the_bill_that_used_it(self) -> None:
        for coupon in (build_coupon(), changed(use(build_coupon())), changed(hold(build_coupon()))):
            outcome = give_back(
                coupon, bill_id="other", business_date=TODAY, policy=GiveBackPolicy.IF_VALID
            )
            assert told(outcome) == "COUPON_NOT_REDEEMED"


class TestRelease:
    def test_ends_its_own_reservation_alone(self) -> None:
        held = changed(hold(build_coupon()))
        assert told(release(held, reservation_id="for bill", sale_id="bill")) == "ISSUED"
        assert told(release(held, reservation_id="x", sale_id="bill")) == "RESERVATION_OVER"
        late = changed(hold(build_coupon(), until=NOW))
        assert told(release(late, reservation_id="for bill", sale_id="bill")) == "ISSUED"
        used = changed(use(held))
        assert told(release(used, reservation_id="for bill", sale_id="bill")) == "COUPON_REDEEMED"

    def test_renewing_ends_the_reservation_before(self) -> None:
        held = changed(hold(build_coupon()))
        renewed = changed(hold(held, reservation_id="again"))
        assert told(release(renewed, reservation_id="for bill", sale_id="bill")) == (
            "RESERVATION_OVER"
        )


# A long life: what may happen next, to which bill or sale, how many days later.
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["reserve", "release", "redeem", "give back", "revoke", "bind", "revoke order"]
        ),
        st.sampled_from(["a", "b"]),  # sale or bill
        st.sampled_from([None, "m", "n"]),  # buyer
        st.integers(0, 2),
    ),
    max_size=25,
)


class TestAnyOrderOfEvents:
    @given(
        life=steps,
        valid_days=st.none() | st.integers(0, 6),
        first_day=st.integers(0, 3),
    )
    def test_never_uses_a_coupon_twice_nor_out_of_its_time(
        self,
        life: Sequence[tuple[str, str, str | None, int]],
        valid_days: int | None,
        first_day: int,
    ) -> None:
        coupon = build_coupon(
            valid_from=TODAY + first_day * DAY,
            valid_until=None if valid_days is None else TODAY + (first_day + valid_days) * DAY,
        )
        day, now = TODAY, NOW
        used_by: str | None = None
        for what, document, buyer, days in life:
            day, now = day + days * DAY, now + days * DAY + timedelta(seconds=40)
            before = coupon
            outcome = happen(coupon, what, document, buyer, day, now)
            if not isinstance(outcome, Coupon):
                continue
            coupon = outcome
            assert_consistent(coupon)
            if what == "redeem":
                assert used_by is None
                assert coupon.valid_from is None or coupon.valid_from <= day
                assert coupon.valid_until is None or day <= coupon.valid_until
                assert before.member_id in (None, buyer)
                assert not before.order_revoked
                assert before.state is not CouponState.REVOKED
                held = before.state is CouponState.RESERVED and before.reserved_until > now  # type: ignore[operator]
                assert not held or before.sale_id == document
                used_by = document
            elif what == "give back":
                assert used_by == document
                used_by = document if coupon.state is CouponState.REDEEMED else None
            assert (coupon.state is CouponState.REDEEMED) == (used_by is not None)
            assert before.member_id is None or coupon.member_id == before.member_id


def happen(
    coupon: Coupon, what: str, document: str, buyer: str | None, day: date, now: Any
) -> Coupon | DomainError:
    """One step of a life."""
    if what == "reserve":
        until = now + timedelta(seconds=90)
        return hold(coupon, document, member_id=buyer, business_date=day, now=now, until=until)
    if what == "release":
        return release(coupon, reservation_id=f"for {document}", sale_id=document)
    if what == "redeem":
        return use(coupon, bill_id=document, member_id=buyer, business_date=day, now=now)
    if what == "give back":
        return give_back(
            coupon, bill_id=document, business_date=day, policy=GiveBackPolicy.IF_VALID
        )
    if what == "revoke":
        return revoke(coupon)
    if what == "bind":
        return bind(coupon, member_id=buyer or "m", business_date=day, now=now)
    return replace(coupon, order_revoked=True)


def assert_consistent(coupon: Coupon) -> None:
    """What the table's constraints ask for as well."""
    reserved = (coupon.reservation_id, coupon.sale_id, coupon.reserved_until)
    assert all(reserved) == (coupon.state is CouponState.RESERVED)
    assert any(reserved) == (coupon.state is CouponState.RESERVED)
    assert (coupon.bill_id is not None) == (coupon.state is CouponState.REDEEMED)
    assert coupon.state is not CouponState.EXPIRED
