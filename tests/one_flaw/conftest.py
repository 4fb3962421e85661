import asyncio
import os
from pathlib import Path

import pytest

from tests.one_flaw.abroad import everything_told
from tests.one_flaw.world import World, kept
from tests.patience import PATIENCE
from tests.records.databases import Databases
from tests.records.seeded import seeded

__all__ = ["seeded"]


@pytest.fixture(scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> World:
    """The world, told once in a session of tests, on however many processes they run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "one_flaw"
    try:
        folder.mkdir()
    except FileExistsError:
        return await _told_elsewhere(folder)
    return await everything_told(folder, databases)


async def _told_elsewhere(folder: Path) -> World:
    for _ in range(int(PATIENCE * 10)):
        if (folder / "world.json").exists():
            return kept(folder)
        await asyncio.sleep(0.1)
    raise AssertionError("the world was not told")
