"""Random lives of a chain against the reference: the whole ledger, on a real database.

Hypothesis makes the choices, so it also looks for the shortest life that goes wrong. `make test`
drives 5,000 commands; `make test-nightly` 200,000 new ones.
"""

import asyncio
import os
import random
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.points.domain.assets import BillKind
from tests.fixtures.audit import prove_books
from tests.fixtures.coupons import lonely_desk
from tests.fixtures.ledger_lives import Life
from tests.fixtures.servers import Servers, migrated_database

_COMMANDS_EACH_RUN = 5_000  # the same choices each time; a longer search makes new ones
COMMANDS = int(os.environ.get("YIKA_TEST_LEDGER_COMMANDS", _COMMANDS_EACH_RUN))
_LIFE = 100  # commands of one chain, and some ten more that give everything back
_LIVES_MORE = 30  # at most, until each kind has been carried out
_REQUESTS = {
    *("HOLD", "VOID", "FROZEN", "UNFROZEN", "SHARE", "UNSHARE", "ADJUST", "PROPOSE", "REJECT"),
    *("ISSUE", "PRINT", "BIND", "RESERVE", "RELEASE", "REDEEM", "GIVE_BACK", "REVOKE"),
    "REVOKE_ORDER",
}
_KINDS = {kind.name for kind in BillKind} | _REQUESTS


async def live(life: Life) -> int:
    """One life: random commands, each compared; then everything is given back. What was gained."""
    while life.steps < _LIFE:
        await life.step()
    gained = await life.unwind()
    await life.prove_balance()
    return gained


class TestLedger:
    @pytest.mark.timeout(600 + COMMANDS // 20)
    def test_does_what_the_reference_does_and_nobody_gains(self, servers: Servers) -> None:
        kinds = Counter[str]()
        done = 0

        with asyncio.Runner() as runner:

            @settings(
                max_examples=-(-COMMANDS // (_LIFE + 5)),
                deadline=None,
                derandomize=COMMANDS == _COMMANDS_EACH_RUN,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            )
            @given(chance=st.randoms(use_true_random=False))
            def lead_lives(chance: random.Random) -> None:
                lead_a_life(chance)

            def lead_a_life(chance: random.Random) -> None:
                nonlocal done
                life = runner.run(Life.create(database, chance, desk))
                try:
                    gained = runner.run(live(life))
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
                    if not set(kinds) >= _KINDS:
                        lead_a_life(random.Random(seed))
                runner.run(prove_books(database))
            finally:
                runner.run(stack.aclose())
        assert done >= COMMANDS
        assert set(kinds) == _KINDS, kinds
