"""Random lives of a chain against the reference: the whole ledger, on a real database.

Two bytes are the seed of a step, which chooses from what there is: so the others stay as they are
whichever of two callers came first, and Hypothesis finds the shortest life that goes wrong by
making bytes 0, which takes steps out. `make test` drives 5,000 commands, `make test-nightly`
200,000 new ones.
"""

import asyncio
import os
import random
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from google.protobuf import symbol_database, unknown_fields
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import Database
from services.points.domain.assets import BillKind
from services.points.domain.wallets.member_move import counterpart_id
from services.points.messages.stored_documents import packed_document
from tests.fixtures.audit import prove_books
from tests.fixtures.coupons import lonely_desk
from tests.fixtures.ledger_lives import Life
from tests.fixtures.servers import Servers, migrated_database

_COMMANDS_EACH_RUN = 5_000  # the same choices each time; a longer search makes new ones
COMMANDS = int(os.environ.get("YIKA_TEST_LEDGER_COMMANDS", _COMMANDS_EACH_RUN))
_STEPS = 100  # of one life; giving everything back takes some ten commands more
# One string of bytes: of a list of numbers Hypothesis makes others that differ in one place, so
# that of fifty lives ten were new.
_LIVES = st.binary(min_size=2 * _STEPS, max_size=2 * _STEPS)
_LIVES_MORE = 30  # at most, until each kind has been carried out
_REQUESTS = {
    *("HOLD", "VOID", "FROZEN", "UNFROZEN", "SHARE", "UNSHARE", "ADJUST", "PROPOSE", "REJECT"),
    *("ISSUE", "PRINT", "BIND", "RESERVE", "RELEASE", "REDEEM", "GIVE_BACK", "REVOKE"),
    *("CANCEL_ORDER", "REVOKE_ORDER"),
}
_KINDS = {kind.name for kind in BillKind} | _REQUESTS


async def live(life: Life, choices: bytes) -> int:
    """One life: random commands, each compared; then everything is given back. What was gained."""
    for number, seed in enumerate(zip(choices[::2], choices[1::2], strict=True)):
        if seed[0]:
            life.chance = random.Random(f"{number} {seed}")
            await life.step()
    gained = await life.unwind()
    await life.prove_balance()
    return gained


async def prove_documents(database: Database) -> None:
    """What bills keep of their requests is of the type that is told, and names the bill."""
    async with database.read() as connection:
        rows = (await connection.execute(text("SELECT bill_id, kind, document FROM bills"))).all()
    pool = symbol_database.Default()
    for row in rows:
        packed = packed_document(BillKind(row.kind), row.document)
        message = pool.GetSymbol(packed.TypeName())()
        assert packed.Unpack(message)
        assert not unknown_fields.UnknownFieldSet(message), packed.TypeName()
        named = message.sale_id if row.kind == BillKind.SALE else message.header.bill_id
        assert str(row.bill_id) in (named, counterpart_id(named)), packed.TypeName()


class TestLedger:
    @pytest.mark.timeout(600 + COMMANDS // 20)
    def test_does_what_the_reference_does_and_nobody_gains(self, servers: Servers) -> None:
        kinds = Counter[str]()
        done = 0

        with asyncio.Runner() as runner:

            @settings(
                max_examples=1 + COMMANDS // (_STEPS + 8),  # the first is a life without steps
                derandomize=COMMANDS == _COMMANDS_EACH_RUN,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            )
            @given(choices=_LIVES)
            def lead_lives(choices: bytes) -> None:
                lead_a_life(choices)

            def lead_a_life(choices: bytes) -> None:
                nonlocal done
                rules = random.Random(choices[:2])
                life = runner.run(Life.create(database, rules, desk))
                try:
                    gained = runner.run(live(life, choices))
                    assert gained <= 0, f"the members gained {gained}"
                except Exception as error:
                    story = "\n".join(life.story[-40:])
                    raise AssertionError(f"{error!r}\n{story}") from error
                done += life.steps
                kinds.update(life.done)

            stack = AsyncExitStack()
            database = runner.run(stack.enter_async_context(migrated_database(servers, "points")))
            try:
                desk = runner.run(stack.enter_async_context(lonely_desk(database)))
                lead_lives()
                # Ids are new in each run and decide some orders, so a rare kind can be missing.
                for seed in range(_LIVES_MORE):
                    if done < COMMANDS or not set(kinds) >= _KINDS:
                        lead_a_life(random.Random(seed).randbytes(2 * _STEPS))
                runner.run(prove_books(database))
                runner.run(prove_documents(database))
            finally:
                runner.run(stack.aclose())
        assert done >= COMMANDS
        assert set(kinds) == _KINDS, kinds
