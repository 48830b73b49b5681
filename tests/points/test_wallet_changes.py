"""Freezing wallets over a real database, and what the history keeps."""

import asyncio
from datetime import timedelta

from chassis.database import Database, outbox_table
from chassis.errors import DomainError, PreconditionFailed
from chassis.ids import new_id
from services.points.domain.assets import POINTS_TENDER
from services.points.usecases.wallets.change_wallets import change_wallets
from services.points.usecases.wallets.freeze_wallet import LEDGER
from services.points.usecases.wallets.read_wallet_changes import list_wallet_changes
from tests.fixtures.builders_points import Chain, build_chain, build_command, build_sale
from tests.fixtures.wallet_changes import (
    FROZEN,
    NOW,
    UNFROZEN,
    build_change,
    history,
    why_refused,
)
from tests.fixtures.wallet_commands import (
    done,
    freeze_by_ledger,
    give,
    merge_command,
    owned,
    reason_of,
    stored_wallet,
)
from yika.points.v1 import wallet_events_pb2


class TestFreeze:
    async def test_keeps_value_in_and_lets_it_in(self, database: Database, chain: Chain) -> None:
        member_id = chain.member_id
        await give(database, chain, member_id, points=500, principal=5000)
        assert not await change_wallets(database, build_change(FROZEN, member_id))
        for kind, points in (("stored_value", 0), (POINTS_TENDER, 100)):
            sale = build_sale(chain, total_fen=2400, tenders=[(kind, 100), ("cash", 2300)])
            sale.tenders[0].points = points
            assert await reason_of(database, build_command(sale)) == "WALLET_FROZEN"
        await done(database, build_command(build_sale(chain)))
        assert await owned(database, member_id) == {"POINTS": 524, "PRINCIPAL": 5000}
        assert not await change_wallets(database, build_change(UNFROZEN, member_id))
        sale = build_sale(chain, total_fen=2400, tenders=[("stored_value", 2400)])
        await done(database, build_command(sale))
        assert (await owned(database, member_id))["PRINCIPAL"] == 2600

    async def test_keeps_the_history(self, database: Database, chain: Chain) -> None:
        first = build_change(FROZEN, chain.member_id, reason="挂失")
        await change_wallets(database, first)
        assert (await stored_wallet(database, chain.member_id)).frozen_reason == "挂失"
        await change_wallets(database, build_change(UNFROZEN, chain.member_id, reason="已找回"))
        assert (await stored_wallet(database, chain.member_id)).frozen_reason is None
        assert await history(database, chain.member_id) == [
            (UNFROZEN, "已找回", "hq"),
            (FROZEN, "挂失", "hq"),
        ]
        page = await list_wallet_changes(database, chain.member_id, "", 1)
        assert [row.kind for row in page.rows] == [UNFROZEN]
        page = await list_wallet_changes(database, chain.member_id, page.next_page_token, 1)
        assert [row.change_id for row in page.rows] == [first.change_id]
        assert page.next_page_token == ""

    async def test_tells_the_newest_first_whatever_their_ids(
        self, database: Database, chain: Chain
    ) -> None:
        older, newer = new_id(), new_id()
        minute = timedelta(minutes=1)
        changes = [
            build_change(FROZEN, chain.member_id, change_id=newer),
            build_change(UNFROZEN, chain.member_id, change_id=older, happened_at=NOW + minute),
            build_change(FROZEN, chain.member_id, happened_at=NOW + 2 * minute),
        ]
        for change in changes:
            await change_wallets(database, change)
        found, token = [], ""
        while len(found) < len(changes):
            page = await list_wallet_changes(database, chain.member_id, token, 1)
            found += [row.change_id for row in page.rows]
            token = page.next_page_token
        assert found == [change.change_id for change in reversed(changes)]

    async def test_retry_is_answered_the_same_for_ever(
        self, database: Database, chain: Chain
    ) -> None:
        first = build_change(FROZEN, chain.member_id)
        assert not await change_wallets(database, first)
        assert await change_wallets(database, first)
        await change_wallets(database, build_change(UNFROZEN, chain.member_id))
        assert await change_wallets(database, first)
        assert (await stored_wallet(database, chain.member_id)).frozen_reason is None
        assert len(await history(database, chain.member_id)) == 2

    async def test_refuses_an_id_with_other_content(self, database: Database, chain: Chain) -> None:
        first = build_change(FROZEN, chain.member_id)
        await change_wallets(database, first)
        same = {"change_id": first.change_id, "store_id": first.store_id}
        for other in (
            build_change(UNFROZEN, chain.member_id, **same),
            build_change(FROZEN, chain.other_member_id, **same),
            build_change(FROZEN, chain.member_id, **same, reason="别的"),
            build_change(FROZEN, chain.member_id, **same, staff_id="8002"),
            build_change(FROZEN, chain.member_id, **{**same, "store_id": new_id()}),
        ):
            assert await why_refused(database, other) == "ID_REUSED"

    async def test_refuses_what_changes_nothing(self, database: Database, chain: Chain) -> None:
        assert await why_refused(database, build_change(UNFROZEN, chain.member_id)) == "NOT_FROZEN"
        await change_wallets(database, build_change(FROZEN, chain.member_id))
        assert (
            await why_refused(database, build_change(FROZEN, chain.member_id)) == "ALREADY_FROZEN"
        )
        assert len(await history(database, chain.member_id)) == 1

    async def test_refuses_a_merged_member(self, database: Database, chain: Chain) -> None:
        await done(database, merge_command(chain, chain.member_id, chain.other_member_id))
        assert await why_refused(database, build_change(FROZEN, chain.member_id)) == "MEMBER_MERGED"

    async def test_64_at_once_freeze_once(self, database: Database, chain: Chain) -> None:
        change = build_change(FROZEN, chain.member_id)
        answers = await asyncio.gather(*(change_wallets(database, change) for _ in range(64)))
        assert sorted(answers) == [False] + [True] * 63
        others = [build_change(FROZEN, chain.other_member_id) for _ in range(16)]
        outcomes = await asyncio.gather(
            *(change_wallets(database, each) for each in others), return_exceptions=True
        )
        assert outcomes.count(False) == 1
        assert sum(isinstance(outcome, PreconditionFailed) for outcome in outcomes) == 15

    async def test_one_id_for_two_members_at_once_freezes_one(self, database: Database) -> None:
        for _ in range(10):
            _, members = await build_chain(database, 2)
            change_id = new_id()
            answers = await asyncio.gather(
                *(
                    change_wallets(database, build_change(FROZEN, member_id, change_id=change_id))
                    for member_id in members
                ),
                return_exceptions=True,
            )
            told = [a.reason if isinstance(a, DomainError) else a for a in answers]
            assert sorted(told, key=str) == [False, "ID_REUSED"]
            frozen = [(await stored_wallet(database, m)).frozen_reason for m in members]
            assert sorted(map(str, frozen)) == ["None", "盗刷"]

    async def test_tells_others_without_the_reason(self, database: Database, chain: Chain) -> None:
        change = build_change(FROZEN, chain.member_id)
        await change_wallets(database, change)
        await change_wallets(database, change)
        async with database.read() as connection:
            found = (await connection.execute(outbox_table.select())).all()
        told = [
            wallet_events_pb2.WalletsFrozen.FromString(row.payload).wallets
            for row in found
            if row.event_type == "yika.points.v1.WalletsFrozen"
            and change.change_id.encode() in row.payload
        ]
        assert [[each.member_id for each in wallets] for wallets in told] == [[chain.member_id]]
        assert not any("盗刷".encode() in row.payload for row in found)


class TestFreezeBrokenWallet:
    async def test_freezes_once_in_the_ledgers_own_name(
        self, database: Database, chain: Chain
    ) -> None:
        member_id = chain.member_id
        await give(database, chain, member_id, points=5)
        assert await freeze_by_ledger(database, member_id)
        assert not await freeze_by_ledger(database, member_id)
        assert await history(database, member_id) == [(FROZEN, "LEDGER_BREAK", LEDGER)]
        await change_wallets(database, build_change(UNFROZEN, member_id))
        assert await freeze_by_ledger(database, member_id)
        assert len(await history(database, member_id)) == 3

    async def test_leaves_a_merged_one(self, database: Database, chain: Chain) -> None:
        await done(database, merge_command(chain, chain.member_id, chain.other_member_id))
        assert not await freeze_by_ledger(database, chain.member_id)
