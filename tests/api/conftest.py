import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from activities.visibility import KEYS
from records.core.database import PATIENCE
from records.installation.seed import SeedResult
from tests.api.calling import api
from tests.api.house import TEMPORAL, House, house_with
from tests.api.house import seeded as seeded_house
from tests.records.databases import Databases
from tests.records.seeded import seeded

__all__ = ["api", "seeded"]

Opens = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[Client]:
    """A real workflow server that knows our search attributes."""
    async with await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter,
        dev_server_existing_path=str(TEMPORAL),
        dev_server_log_level="never",
        search_attributes=KEYS,
    ) as environment:
        yield environment.client


@pytest.fixture(scope="session")
async def furnished(databases: Databases) -> tuple[SeedResult, Path]:
    """The seeded company, and the file it is kept in: copied for every test."""
    url = databases.migrated("sqlite")
    return await seeded_house(url), Path(url.removeprefix("sqlite+aiosqlite:///"))


@pytest.fixture
def opens(tmp_path: Path, furnished: tuple[SeedResult, Path], temporal: Client) -> Opens:
    """Opens a house, for tests that want one with something missing."""
    result, template = furnished
    copy = shutil.copyfile(template, tmp_path / "vetted.db")

    def open_house(
        *, works: bool = True, server: Client = temporal, queue: str = "", patience: timedelta = PATIENCE
    ) -> AbstractAsyncContextManager[House]:
        url = f"sqlite+aiosqlite:///{copy}"
        return house_with(tmp_path, url, result, server, works=works, queue=queue, patience=patience)

    return open_house


@pytest.fixture
async def house(opens: Opens) -> AsyncIterator[House]:
    async with opens() as house:
        yield house
