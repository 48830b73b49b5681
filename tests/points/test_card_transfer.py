"""Moving what is on a card: services/points/usecases/wallets/transfer_card.py."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chassis.database import Database
from pricing.earning import Carry
from services.points.domain.assets import Asset
from services.points.domain.stored_value.prepaid_law import ChainLimits
from services.points.domain.stored_value.stored_value import (
    CardType,
    SpendingOrder,
    StoredValueProgramme,
)
from services.points.usecases.post_bills import Posted
from tests.fixtures.builders_points import (
    BUSINESS_DATE,
    Chain,
    build_command,
    build_sale,
)
from tests.fixtures.wallet_commands import (
    build_household,
    card_command,
    done,
    give,
    owned,
    post,
    reason_of,
    stored_wallet,
    value_command,
)
from tests.fixtures.wallet_moves import GIVING, HOUSEHOLD, Bench, refused

KINDS = (
    CardType("member", True, SpendingOrder.BONUS_FIRST, None),
    CardType("gift", False, SpendingOrder.PRINCIPAL_FIRST, 36),
)
GIVER, TAKER = (f"01920000-0000-7000-8000-00000000000{number}" for number in range(2))


@pytest.fixture
async def chain(database: Database) -> Chain:
    """A chain whose two members have a wallet each and are a household."""
    return await build_household(database)


@pytest.fixture
def bench() -> Bench:
    """Two members of a household in memory."""
    return Bench([GIVER, TAKER])


def reason(act: Any) -> str:
    """Why an act is refused; empty when it was done."""
    error = refused(act)
    return error.reason if error else ""


class TestTransferCard:
    async def test_moves_stored_value_and_nothing_else(
        self, database: Database, chain: Chain
    ) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=10, principal=900, bonus=90, **{"pass": 3})
        (posted,) = await done(database, card_command(chain, giver, taker))
        assert await owned(database, giver) == {"POINTS": 10, "PASS": 3}
        assert await owned(database, taker) == {"PRINCIPAL": 900, "BONUS": 92}
        assert posted.receipt.moved is not None
        assert posted.receipt.moved[:-1] == (0, 900, 91, 0, 0, 0, 0)
        assert (await stored_wallet(database, giver)).merged_into is None
        await done(database, build_command(build_sale(chain, member_id=giver)))
        assert await owned(database, giver) == {"POINTS": 34, "PASS": 3}

    async def test_moves_points_with_their_debt_and_passes_when_asked(
        self, database: Database, chain: Chain
    ) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, points=10, **{"pass": 3})
        await done(database, value_command(chain, giver, lambda posting: posting.owe_points(4)))
        await done(database, card_command(chain, giver, taker, passes_too=True))
        assert await owned(database, giver) == {"POINTS": 10}
        await done(database, card_command(chain, giver, taker, points_too=True))
        assert await owned(database, giver) == {}
        assert await owned(database, taker) == {"POINTS": 10, "BONUS": 2, "PASS": 3}
        debts = [(await stored_wallet(database, m)).debt_points for m in (giver, taker)]
        assert debts == [0, 4]

    async def test_refuses_an_empty_card(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await done(database, card_command(chain, giver, taker))
        assert await reason_of(database, card_command(chain, giver, taker)) == "NOTHING_TO_TRANSFER"

    async def test_64_at_once_move_a_card_once(self, database: Database, chain: Chain) -> None:
        giver, taker = chain.member_id, chain.other_member_id
        await give(database, chain, giver, principal=900)
        outcomes = await asyncio.gather(
            *(post(database, card_command(chain, giver, taker)) for _ in range(64))
        )
        told = [
            "posted" if isinstance(outcome, Posted) else outcome.reason for (outcome,) in outcomes
        ]
        assert sorted(told) == ["NOTHING_TO_TRANSFER"] * 63 + ["posted"]
        assert await owned(database, taker) == {"PRINCIPAL": 900, "BONUS": 2}

    @pytest.mark.parametrize(
        ("named", "limits", "most_fen"),
        [
            (True, ChainLimits(), 500_000),
            (False, ChainLimits(), 100_000),
            (True, ChainLimits(named_balance_fen_max=200_000), 200_000),
        ],
    )
    def test_keeps_to_what_a_card_may_hold(
        self, named: bool, limits: ChainLimits, most_fen: int
    ) -> None:
        kinds = (CardType("any", named, SpendingOrder.BONUS_FIRST, None if named else 36),)
        rules = replace(GIVING, stored_value=StoredValueProgramme(kinds, limits=limits))
        bench = Bench([GIVER, TAKER], rules)
        bench.grant(GIVER, Asset.PRINCIPAL, most_fen - 1000)
        bench.grant(TAKER, Asset.PRINCIPAL, 1)
        bench.grant(TAKER, Asset.BONUS, 1000)
        error = refused(lambda: bench.card(GIVER, TAKER))
        assert error is not None
        assert (error.reason, error.metadata["limit_fen"]) == (
            "BALANCE_LIMIT_EXCEEDED",
            str(most_fen),
        )
        bench.spend(TAKER, Asset.PRINCIPAL, 1)
        bench.card(GIVER, TAKER)
        assert bench.wallets[TAKER].balance(Asset.PRINCIPAL) == most_fen - 1000

    def test_counts_no_bonus_that_has_expired(self, bench: Bench) -> None:
        bench.grant(GIVER, Asset.PRINCIPAL, 450_000)
        bench.grant(GIVER, Asset.BONUS, 100_000, BUSINESS_DATE - timedelta(days=1))
        bench.grant(TAKER, Asset.BONUS, 100_000, BUSINESS_DATE - timedelta(days=1))
        bench.card(GIVER, TAKER)
        assert bench.wallets[TAKER].balance(Asset.PRINCIPAL) == 450_000

    def test_leaves_what_belongs_to_the_member(self, bench: Bench) -> None:
        bench.carry(GIVER, Carry(1, 2))
        bench.grant(GIVER, Asset.PRINCIPAL, 5)
        bench.card(GIVER, TAKER, points=True, passes=True)
        wallet = bench.wallets[GIVER]
        assert (wallet.carry, wallet.sale_count, wallet.merged_into) == (Carry(1, 2), 1, None)
        assert wallet.household_id == HOUSEHOLD


class TestKindOfCard:
    @pytest.fixture
    def bench(self) -> Bench:
        """Two members, and what was paid in for the first one's card was for a gift card."""
        rules = replace(GIVING, stored_value=StoredValueProgramme(KINDS))
        bench = Bench([GIVER, TAKER], rules)
        bench.grant(GIVER, Asset.PRINCIPAL, 50_000)
        bench.wallets[GIVER].card_type = "gift"
        return bench

    def test_goes_along_with_the_value(self, bench: Bench) -> None:
        bench.wallets[TAKER].card_type = "member"  # of value that is gone
        bench.card(GIVER, TAKER)
        assert bench.wallets[TAKER].card_type == "gift"

    def test_binds_the_other_card_with_its_limit(self, bench: Bench) -> None:
        bench.grant(GIVER, Asset.PRINCIPAL, 50_001)
        error = refused(lambda: bench.card(GIVER, TAKER))
        assert error is not None
        assert (error.reason, error.metadata["limit_fen"]) == ("BALANCE_LIMIT_EXCEEDED", "100000")

    def test_stays_with_the_member_who_takes_points_alone(self, bench: Bench) -> None:
        bench.spend(GIVER, Asset.PRINCIPAL, 50_000)
        bench.grant(GIVER, Asset.POINTS, 5)
        bench.card(GIVER, TAKER, points=True)
        assert bench.wallets[TAKER].card_type == ""

    def test_is_none_of_bonus_that_has_expired(self, bench: Bench) -> None:
        bench.spend(GIVER, Asset.PRINCIPAL, 50_000)
        bench.grant(GIVER, Asset.BONUS, 100, BUSINESS_DATE - timedelta(days=1))
        bench.grant(GIVER, Asset.POINTS, 5)
        bench.grant(TAKER, Asset.PRINCIPAL, 1)
        bench.wallets[TAKER].card_type = "member"
        bench.card(GIVER, TAKER, points=True)
        assert bench.wallets[TAKER].card_type == "member"
        assert bench.wallets[TAKER].balance(Asset.POINTS) == 5

    @pytest.mark.parametrize("theirs", ["", "member"])
    def test_is_never_mixed_with_another(self, bench: Bench, theirs: str) -> None:
        bench.grant(TAKER, Asset.BONUS, 1)
        bench.wallets[TAKER].card_type = theirs
        error = refused(lambda: bench.card(GIVER, TAKER))
        assert error is not None
        assert (error.reason, error.metadata["card_type"]) == ("CARD_TYPE_DIFFERS", "member")
        bench.wallets[GIVER].card_type = "member"
        bench.card(GIVER, TAKER)
        assert bench.wallets[TAKER].card_type == theirs

    def test_goes_along_with_a_merge_into_an_empty_wallet(self, bench: Bench) -> None:
        bench.merge(GIVER, TAKER)
        assert bench.wallets[TAKER].card_type == "gift"

    def test_of_value_that_a_merge_adds_to_is_what_it_was(self, bench: Bench) -> None:
        bench.grant(TAKER, Asset.BONUS, 1)
        bench.merge(GIVER, TAKER)
        assert bench.wallets[TAKER].card_type == ""
