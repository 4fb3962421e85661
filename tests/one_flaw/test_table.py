"""The table of single flaws: in a world in which nothing stands against two packs, one thing is wrong at a time."""

from pathlib import Path

import pytest

from tests.one_flaw.flaws import nothing
from tests.one_flaw.judging import faults_of
from tests.one_flaw.rows import Released, Row
from tests.one_flaw.table import ROWS
from tests.one_flaw.world import World

SOUND = tuple(Row(f"nothing is wrong, {market}", market, nothing(), Released()) for market in ("EU", "US"))


@pytest.mark.parametrize("row", [*SOUND, *ROWS], ids=lambda row: row.name)
async def test_one_flaw_is_found_where_it_is(row: Row, world: World, tmp_path: Path) -> None:
    assert await faults_of(row, world, tmp_path) == []


def test_every_row_has_a_name_of_its_own() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
