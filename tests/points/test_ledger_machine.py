"""Random lives of a chain against the reference: the whole ledger, on a real database.

Hypothesis makes the choices, so it also looks for the shortest life that goes wrong. `make test`
drives 5,000 commands, the same each time; `make test-nightly` 200,000 new ones.
"""

import asyncio
import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fixtures.audit import verify_all
from tests.fixtures.ledger_acts import Life
from tests.fixtures.servers import Servers, migrated_database

_COMMANDS_EACH_RUN = 5_000  # the same ones each time; a longer search draws new ones
COMMANDS = int(os.environ.get("YIKA_TEST_LEDGER_COMMANDS", _COMMANDS_EACH_RUN))
_LIFE = 60  # commands of one chain


async def live(machine: Life) -> int:
    """One life: random commands, each compared; then everything is given back. What was gained."""
    chance = machine.chance
    while machine.steps < _LIFE:
        await step(machine, chance)
        await machine.compare()
        machine.now += timedelta(seconds=chance.choice((1, 60, 3600, 86_400, 7 * 86_400)))
    gained = await machine.unwind()
    await machine.compare()
    return gained


async def step(machine: Life, chance: random.Random) -> None:
    """One command that somebody of the chain may send."""
    member, other = chance.sample(machine.members, 2)
    act = chance.choices(
        ("sell", "return", "top up", "reverse", "cash out", "points", "card", "merge", "expire"),
        (30, 25, 12, 3, 6, 8, 3, 4, 9),
    )[0]
    if act == "sell":
        nets = [chance.choice((0, 1, 99, 100, 333, 12_345)) for _ in range(chance.randint(1, 4))]
        await machine.sell(member, nets, *(chance.choice((0, 0, 7, 150)) for _ in range(2)))
    elif act == "return" and machine.reference.sales:
        sale_id = chance.choice(list(machine.reference.sales))
        left = machine.reference.sales[sale_id].left
        some = {n: chance.choice((0, milli, milli // 2, 1, 5000)) for n, milli in enumerate(left)}
        await machine.take_back(sale_id, some)
    elif act == "top up":
        await machine.top_up(member, chance.choice((1, 999, 1_000, 33_333)))
    elif act == "reverse" and machine.top_ups:
        await machine.reverse_top_up(chance.choice(machine.top_ups))
    elif act == "cash out":
        await machine.cash_out(member, chance.choice((1, 500, 33_333)))
    elif act == "points":
        await machine.transfer_points(member, other, chance.choice((1, 40, 500)))
    elif act == "card":
        await machine.transfer_card(member, other)
    elif act == "merge":
        if machine.merges and chance.random() < 0.7:
            await machine.undo_merge(chance.choice(list(machine.merges)))
        else:
            await machine.merge(member, other)
    elif act == "expire":
        await machine.expire(member)


class TestLedger:
    @pytest.mark.timeout(600 + COMMANDS // 20)
    def test_does_what_the_reference_does_and_nobody_gains(self, servers: Servers) -> None:
        kinds = Counter[str]()
        done = 0

        with asyncio.Runner() as runner:

            @settings(
                max_examples=COMMANDS // _LIFE,
                deadline=None,
                derandomize=COMMANDS == _COMMANDS_EACH_RUN,
                database=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            )
            @given(chance=st.randoms(use_true_random=False))
            def lead_a_life(chance: random.Random) -> None:
                nonlocal done
                machine = runner.run(Life.create(database, chance))
                try:
                    gained = runner.run(live(machine))
                    assert gained <= 0, f"the members gained {gained}"
                except Exception as error:
                    story = "\n".join(machine.story[-30:])
                    raise AssertionError(f"{error!r}\n{story}") from error
                done += machine.steps
                kinds.update(command.kind.name for command in machine.sent)

            context = migrated_database(servers, "points")
            database = runner.run(context.__aenter__())
            try:
                lead_a_life()
                run = runner.run(verify_all(database))
            finally:
                runner.run(context.__aexit__(None, None, None))
        assert run.break_count == 0
        assert done >= COMMANDS
        assert len(kinds) >= 9, kinds
