"""Selling a pass: services/points/domain/passes/pass_sale.py."""

from datetime import timedelta

import pytest

from chassis.errors import DomainError
from chassis.ids import new_id
from services.points.domain.assets import Asset
from services.points.domain.lot import LotKey
from services.points.domain.passes.passes import PassValidity
from services.points.messages.documents import read_allocation
from tests.fixtures.passes import DAY, VERSION, PassBooks, build_definition
from tests.fixtures.wallet_value import give_stored_value


class TestDecidePassSale:
    def test_books_what_was_paid_as_owed(self) -> None:
        books = PassBooks([build_definition()])
        sold = books.sell(tenders=[("cash", 9_000), ("wechat_pay", 990)])
        assert books.balance("pass_liability") == 9_990
        assert books.balance("tender:cash") == -9_000
        assert books.balance("tender:wechat_pay") == -990
        assert books.balance("revenue") == 0
        assert books.bills[sold].total_fen == 9_990

    def test_grants_the_units_with_their_rule(self) -> None:
        definition = build_definition(validity_days=30)
        books = PassBooks([definition])
        sold = books.sell()
        lot = books.wallet().lots[LotKey(sold, 0)]
        assert (lot.asset, lot.pass_id, lot.remaining) == (Asset.PASS, definition.pass_id, 10)
        assert lot.rule_version == f"{definition.pass_id}@{VERSION}"
        assert lot.expiry_date == DAY + timedelta(days=30)
        assert books.balance("wallet", Asset.PASS) == 10

    def test_of_a_pass_that_starts_with_its_use_sets_no_last_day(self) -> None:
        books = PassBooks(
            [build_definition(validity=PassValidity.FROM_FIRST_USE, validity_days=30)]
        )
        assert books.last_day(books.sell()) is None

    def test_a_free_pass_moves_no_money(self) -> None:
        books = PassBooks([build_definition(price_fen=0)])
        sold = books.sell()
        assert {each.asset for each in books.transfers[sold]} == {Asset.PASS}

    def test_stored_value_pays_and_stays_owed(self) -> None:
        books = PassBooks([build_definition(price_fen=1_000)])
        give_stored_value(books, principal_fen=900, bonus_fen=300)
        sold = books.sell(tenders=[("stored_value", 800), ("cash", 200)])
        assert books.balance("pass_liability") == 1_000
        assert books.balance("revenue") == 0
        sources = read_allocation(books.bills[sold].allocation).sources
        assert [(each.tender_kind, each.amount_fen, each.asset) for each in sources] == [
            ("stored_value", 600, Asset.PRINCIPAL),
            ("stored_value", 200, Asset.BONUS),
            ("cash", 200, Asset.MONEY),
        ]

    def test_counts_all_units_of_the_pass(self) -> None:
        books = PassBooks([build_definition(), build_definition()])
        books.sell()
        books.sell(books.definitions[1])
        books.sell()
        assert books.use(1)[1].pass_units_left == 19

    @pytest.mark.parametrize(
        ("tenders", "reason"),
        [
            ([], "TENDERS_DO_NOT_ADD_UP"),
            ([("cash", 9_989)], "TENDERS_DO_NOT_ADD_UP"),
            ([("cash", 9_991)], "TENDERS_DO_NOT_ADD_UP"),
            ([("cash", 9_990), ("wechat_pay", 0)], "INVALID_AMOUNT"),
            ([("cash", 9_991), ("wechat_pay", -1)], "INVALID_AMOUNT"),
            ([("cash", 2**63 - 1)], "TENDERS_DO_NOT_ADD_UP"),
            ([("seashells", 9_990)], "UNKNOWN_TENDER"),
            ([("points", 9_990, 9_990)], "WRONG_ASSET"),
            ([("cash", 9_990, 100)], "WRONG_ASSET"),
            ([("cash", 9_990, 0, new_id())], "WRONG_ASSET"),
            ([("stored_value", 9_990, 10)], "WRONG_ASSET"),
            ([("cash", 9_990, 0, "", True)], "WRONG_ASSET"),
            ([("stored_value", 9_990, 0, "", True)], "HOLD_REQUIRED"),
            ([("stored_value", 9_990)], "INSUFFICIENT_STORED_VALUE"),
            ([("stored_value", 9_990, 0, new_id())], "UNKNOWN_HOLD"),
        ],
    )
    def test_refuses_with_a_reason(self, tenders: list[tuple[str, int]], reason: str) -> None:
        books = PassBooks([build_definition()])
        with pytest.raises(DomainError) as refused:
            books.sell(tenders=tenders)
        assert refused.value.reason == reason
        assert not books.bills
        assert not books.wallet().lots

    def test_refuses_a_pass_that_the_programme_does_not_have(self) -> None:
        books = PassBooks([build_definition()])
        with pytest.raises(DomainError) as refused:
            books.sell(build_definition())
        assert refused.value.reason == "UNKNOWN_PASS"

    def test_refuses_a_pass_of_a_programme_not_yet_in_force(self) -> None:
        books = PassBooks([build_definition()])
        with pytest.raises(DomainError) as refused:
            books.sell(day=DAY - timedelta(days=1_000))
        assert refused.value.reason == "UNKNOWN_PASS"

    def test_refuses_a_frozen_wallet_whoever_pays(self) -> None:
        books = PassBooks([build_definition()])
        books.sell()
        books.wallet().frozen_reason = "挂失"
        with pytest.raises(DomainError) as refused:
            books.sell()
        assert refused.value.reason == "WALLET_FROZEN"
