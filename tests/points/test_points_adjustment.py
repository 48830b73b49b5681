"""Adjustments and their approval: domain/rewards/points_adjustment.py and proposal.py."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Forbidden, Invalid, NotFound, PreconditionFailed
from chassis.ids import new_id
from pricing.earning import EarningProgramme, ExpiryKind, ExpiryPolicy
from services.points.domain.assets import POINTS_DEBT, POINTS_ISSUED, WALLET, Asset, BillKind
from services.points.domain.books import Books
from services.points.domain.limits import AMOUNT_FEN_MAX
from services.points.domain.programme import Programme
from services.points.domain.rewards.points_adjustment import (
    Adjustment,
    check_adjustment,
    decide_adjustment,
    decide_approval,
)
from services.points.domain.rewards.proposal import (
    OPEN_PROPOSALS_MAX,
    Proposal,
    ProposalState,
    check_open_count,
)
from tests.fixtures.builders_points import BUSINESS_DATE, SOLD_AT
from tests.fixtures.wallet_moves import NOW, STORE, Bench, refused

YEAR_END = Programme(
    version=7,
    earning=EarningProgramme(
        version=7, fen_per_point=100, expiry=ExpiryPolicy(ExpiryKind.END_OF_YEAR, 1)
    ),
)


def bench(**changes: object) -> Bench:
    """One member under rules that end points with the next year."""
    return Bench([new_id()], programme=YEAR_END)


def adjust(desk: Bench, adjustment: Adjustment) -> object:
    """Decides and books an adjustment of the bench's member; returns its receipt."""
    header = desk.header(desk.members[0])
    return desk.post(header, decide_adjustment(desk.books(), header, adjustment))


def reason_of(act: Callable[[], object]) -> str:
    error = refused(act)
    assert error is not None
    return error.reason


class TestCheckAdjustment:
    @pytest.mark.parametrize("points", [1, -1, AMOUNT_FEN_MAX, -AMOUNT_FEN_MAX])
    def test_takes_what_can_be_meant(self, points: int) -> None:
        check_adjustment(Adjustment(points))

    @pytest.mark.parametrize(
        ("adjustment", "reason"),
        [
            (Adjustment(0), "INVALID_AMOUNT"),
            (Adjustment(AMOUNT_FEN_MAX + 1), "INVALID_AMOUNT"),
            (Adjustment(-AMOUNT_FEN_MAX - 1), "INVALID_AMOUNT"),
            (Adjustment(-(2**63)), "INVALID_AMOUNT"),
            (Adjustment(5, allow_debt=True), "DEBT_NOT_EXPECTED"),
            (Adjustment(-5, expiry_date=BUSINESS_DATE), "EXPIRY_NOT_EXPECTED"),
        ],
    )
    def test_refuses_the_rest(self, adjustment: Adjustment, reason: str) -> None:
        with pytest.raises(Invalid) as error:
            check_adjustment(adjustment)
        assert error.value.reason == reason


class TestDecideAdjustment:
    def test_adds_a_lot_that_ends_as_the_programme_says(self) -> None:
        desk = bench()
        header = desk.header(desk.members[0])
        (draft,) = decide_adjustment(desk.books(), header, Adjustment(30))
        assert draft.posting.kind is BillKind.POINTS_ADJUSTMENT
        assert (draft.receipt.points, draft.receipt.points_earned, draft.points_earned) == (
            30,
            30,
            30,
        )
        (grant,) = draft.posting.grants
        assert (grant.rule_version, grant.expiry_date) == ("adjustment@7", date(2027, 12, 31))
        (transfer,) = draft.posting.transfers
        assert (transfer.debit_account, transfer.credit_account) == (POINTS_ISSUED, WALLET)

    def test_adds_a_lot_that_ends_when_it_is_told_to(self) -> None:
        desk = bench()
        for last_day in (BUSINESS_DATE, date(2040, 1, 1)):
            adjust(desk, Adjustment(5, expiry_date=last_day))
        lots = desk.wallets[desk.members[0]].lots.values()
        assert sorted(str(lot.expiry_date) for lot in lots) == ["2026-05-01", "2040-01-01"]

    def test_refuses_points_that_would_have_expired(self) -> None:
        gone = Adjustment(5, expiry_date=BUSINESS_DATE - timedelta(days=1))
        assert reason_of(lambda: adjust(bench(), gone)) == "EXPIRY_IN_PAST"

    def test_settles_a_debt_first(self) -> None:
        desk = bench()
        (member_id,) = desk.members
        desk.owe(member_id, 20)
        adjust(desk, Adjustment(30))
        wallet = desk.wallets[member_id]
        assert (wallet.debt_points, wallet.balance(Asset.POINTS)) == (0, 10)

    def test_takes_from_the_lots_in_spending_order(self) -> None:
        desk = bench()
        (member_id,) = desk.members
        desk.grant(member_id, Asset.POINTS, 10, date(2027, 1, 1))
        desk.grant(member_id, Asset.POINTS, 10, date(2026, 6, 1))
        adjust(desk, Adjustment(-12))
        left = {lot.expiry_date: lot.remaining for lot in desk.wallets[member_id].lots.values()}
        assert left == {date(2026, 6, 1): 0, date(2027, 1, 1): 8}

    def test_makes_no_debt_unasked(self) -> None:
        desk = bench()
        desk.grant(desk.members[0], Asset.POINTS, 10)
        assert reason_of(lambda: adjust(desk, Adjustment(-11))) == "INSUFFICIENT_POINTS"
        assert desk.wallets[desk.members[0]].balance(Asset.POINTS) == 10

    def test_makes_a_debt_of_what_is_lacking_when_it_may(self) -> None:
        desk = bench()
        (member_id,) = desk.members
        desk.grant(member_id, Asset.POINTS, 10)
        header = desk.header(member_id)
        (draft,) = decide_adjustment(desk.books(), header, Adjustment(-25, allow_debt=True))
        assert (draft.receipt.points, draft.receipt.debt_points) == (0, 15)
        assert draft.receipt.points_change == -10
        moves = [(t.debit_account, t.credit_account, t.amount) for t in draft.posting.transfers]
        assert moves == [(WALLET, POINTS_ISSUED, 10), (POINTS_DEBT, POINTS_ISSUED, 15)]

    def test_takes_nothing_of_a_frozen_wallet_and_adds_to_it(self) -> None:
        desk = bench()
        (member_id,) = desk.members
        desk.grant(member_id, Asset.POINTS, 10)
        desk.wallets[member_id].frozen_reason = "挂失"
        for allow_debt in (False, True):
            taken = Adjustment(-5, allow_debt=allow_debt)
            assert reason_of(lambda taken=taken: adjust(desk, taken)) == "WALLET_FROZEN"  # type: ignore[misc]
        adjust(desk, Adjustment(5))
        assert desk.wallets[member_id].balance(Asset.POINTS) == 15

    @given(
        st.lists(
            st.tuples(st.integers(-50, 50).filter(bool), st.booleans()), min_size=1, max_size=15
        )
    )
    def test_changes_what_a_member_has_by_what_was_asked_or_by_nothing(
        self, wanted: list[tuple[int, bool]]
    ) -> None:
        desk = bench()
        (member_id,) = desk.members
        worth = 0
        for points, allow_debt in wanted:
            adjustment = Adjustment(points, allow_debt=allow_debt and points < 0)
            before = desk.wallets[member_id].balance(Asset.POINTS)
            error = refused(lambda adjustment=adjustment: adjust(desk, adjustment))  # type: ignore[misc]
            if error is None:
                worth += points
            else:
                assert (error.reason, before < -points) == ("INSUFFICIENT_POINTS", True)
            assert desk.worth_points() == worth
            wallet = desk.wallets[member_id]
            assert wallet.balance(Asset.POINTS) == sum(
                lot.remaining for lot in wallet.lots.values()
            )


def proposal_of(desk: Bench, **changes: object) -> Proposal:
    """A proposal of somebody at the till to add 5,000 points."""
    proposal = Proposal(new_id(), desk.members[0], STORE, 5_000, "till", SOLD_AT, b"")
    return replace(proposal, **changes)  # type: ignore[arg-type]


class TestDecideApproval:
    def decide(self, desk: Bench, books: Books, approver: str) -> str:
        """Approves the only proposal of the books; the bill."""
        (proposal,) = books.proposals.values()
        header = desk.header(desk.members[0], reason="核实无误")
        drafts = decide_approval(
            books, header, Adjustment(proposal.points), proposal.proposal_id, approver
        )
        desk.post(header, drafts)
        books.note(drafts[0])
        return header.bill_id

    def books(self, desk: Bench, proposal: Proposal) -> Books:
        books = desk.books()
        books.proposals[proposal.proposal_id] = proposal
        return books

    def test_books_it_and_says_who_approved(self) -> None:
        desk = bench()
        proposal = proposal_of(desk)
        books = self.books(desk, proposal)
        bill_id = self.decide(desk, books, "finance")
        assert desk.wallets[desk.members[0]].balance(Asset.POINTS) == 5_000
        assert books.proposals[proposal.proposal_id] == replace(
            proposal,
            state=ProposalState.APPROVED,
            decided_by="finance",
            decided_at=NOW,
            decision_reason="核实无误",
            bill_id=bill_id,
        )

    def test_follows_a_merge_that_came_first_in_the_same_commit(self) -> None:
        desk = Bench([new_id(), new_id()], programme=YEAR_END)
        member, heir = desk.members
        desk.wallets[member].merged_into = heir
        self.decide(desk, self.books(desk, proposal_of(desk)), "finance")
        assert desk.wallets[heir].balance(Asset.POINTS) == 5_000

    def test_is_not_for_who_proposed_it(self) -> None:
        desk = bench()
        with pytest.raises(Forbidden) as error:
            self.decide(desk, self.books(desk, proposal_of(desk)), "till")
        assert error.value.reason == "SELF_APPROVAL"

    def test_happens_once(self) -> None:
        desk = bench()
        books = self.books(desk, proposal_of(desk))
        self.decide(desk, books, "finance")
        rejected = proposal_of(desk).rejected("finance", NOW, "不符")
        for again in (books, self.books(desk, rejected)):
            with pytest.raises(PreconditionFailed) as error:
                self.decide(desk, again, "auditor")
            assert error.value.reason == "ALREADY_DECIDED"

    def test_of_nothing_is_refused(self) -> None:
        desk = bench()
        header = desk.header(desk.members[0])
        with pytest.raises(NotFound) as error:
            decide_approval(desk.books(), header, Adjustment(1), new_id(), "finance")
        assert error.value.reason == "UNKNOWN_PROPOSAL"

    def test_leaves_it_open_when_it_cannot_be_booked(self) -> None:
        desk = bench()
        proposal = proposal_of(desk, points=-5_000)
        books = self.books(desk, proposal)
        with pytest.raises(PreconditionFailed) as error:
            self.decide(desk, books, "finance")
        assert error.value.reason == "INSUFFICIENT_POINTS"
        assert books.proposals == {proposal.proposal_id: proposal}


class TestCheckOpenCount:
    def test_keeps_the_number_of_those_that_wait_small(self) -> None:
        check_open_count(OPEN_PROPOSALS_MAX - 1)
        with pytest.raises(PreconditionFailed) as error:
            check_open_count(OPEN_PROPOSALS_MAX)
        assert error.value.reason == "TOO_MANY_PROPOSALS"
