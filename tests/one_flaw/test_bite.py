"""A sample of the proof that the table bites; `python -m tests.one_flaw.mutate` tries every branch of every gate."""

import random
from pathlib import Path

import pytest

from tests.one_flaw.branches import Branches
from tests.one_flaw.judging import faults_of
from tests.one_flaw.mutate import state
from tests.one_flaw.rows import Refused, Row
from tests.one_flaw.table import ROWS
from tests.one_flaw.world import END, World

_SIZE = 5
LATER = [row for row in ROWS if isinstance(row.expects, Refused) and row.flaw.mark == END]


@pytest.mark.parametrize("row", random.Random(state()).sample(LATER, _SIZE), ids=lambda row: row.name)
async def test_a_row_misses_a_branch_that_says_nothing(row: Row, world: World, tmp_path: Path) -> None:
    """The sample changes with the gates and with the table."""
    branches = Branches()
    with branches.watched():
        assert await faults_of(row, world, tmp_path) == []
        said = sorted(branches.said)
        missed = []
        for branches.passed in said:
            missed.append(bool(await faults_of(row, world, tmp_path)))
    assert any(missed)


def test_every_gate_has_branches_that_are_watched() -> None:
    branches = Branches()
    with branches.watched():
        modules = {each.module for each in branches.all}
    assert {"batch_gates", "chain_gates", "decision_gates", "site_gates"} <= modules
