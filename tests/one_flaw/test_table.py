"""The table of single flaws: in a world in which nothing stands against two packs, one thing is wrong at a time.

Beside it a sample of the proof that it bites; `python -m tests.one_flaw.mutate` tries every branch of every gate.
"""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from domain.batch.gate.gate import Gate
from tests.one_flaw.branches import Branches
from tests.one_flaw.flaws import nothing
from tests.one_flaw.mutate import Bite, state
from tests.one_flaw.rows import Judged, Refused, Released, Row
from tests.one_flaw.table import ROWS
from tests.one_flaw.telling import DECIDED_BY
from tests.one_flaw.world import World

SOUND = tuple(Row(f"nothing is wrong, {market}", market, nothing(), Released()) for market in DECIDED_BY)
SAMPLE = 12


@pytest.fixture(scope="module")
def bite(world: World) -> Iterator[Bite]:
    """Every row is tried once, whichever test asks for it first."""
    branches = Branches()
    with branches.watched():
        yield Bite(world, branches)


@pytest.mark.parametrize("row", [*SOUND, *ROWS], ids=lambda row: row.name)
async def test_one_flaw_is_found_where_it_is(row: Row, bite: Bite) -> None:
    assert await bite.hear(row) == []


async def test_every_branch_of_every_gate_speaks_in_a_row(bite: Bite) -> None:
    await bite.listen(ROWS)
    assert bite.silent == []


async def test_a_row_fails_if_a_branch_says_nothing(bite: Bite) -> None:
    """Of a sample of branches, which changes with the gates and with the table."""
    await bite.listen(ROWS)
    by_name = {row.name: row for row in ROWS}
    sample = random.Random(state()).sample(bite.left, SAMPLE)
    assert [name for name in sample if await bite.misses(name, by_name) is None] == []


def test_every_gate_has_branches_that_are_watched(bite: Bite) -> None:
    modules = {each.module for each in bite.branches.all}
    assert {"batch_gates", "chain_gates", "compliance_gates", "decision_gates", "site_gates"} <= modules


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row.name for row in [*SOUND, *ROWS]]
    assert len(names) == len(set(names))


def test_every_gate_refuses_alone_in_a_row() -> None:
    """But for gate G14, which names the hold that the flaw has caused."""
    alone = [
        row.expects.gate
        for row in ROWS
        if isinstance(row.expects, Judged) or (isinstance(row.expects, Refused) and row.expects.also <= {"G14"})
    ]
    assert set(Gate) <= set(alone)


def test_at_least_a_hundred_rows_refuse_and_25_are_exceptions_that_go_through() -> None:
    kinds = Counter(type(row.expects).__name__ for row in ROWS)
    assert kinds["Refused"] + kinds["Judged"] + kinds["Barred"] >= 100
    assert kinds["Judged"] + kinds["Released"] >= 25
