import gc
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.company import Company, company_at
from tests.patience import PATIENCE
from tests.records.databases import Databases, database, database_kind, database_url, databases

__all__ = ["company", "database", "database_kind", "database_url", "databases"]


def pytest_configure() -> None:
    """What is imported and collected stays as well: looking for garbage in it takes a quarter of the time."""
    gc.set_threshold(500_000, 50, 100)


def pytest_collection_finish() -> None:
    """What was imported stays: collecting it over and over takes a tenth of the tests' time."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """The password of the tests is no secret; at its real cost a third of their time went into signatures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("records.core.people.accounts._HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def patient_api() -> Iterator[None]:
    """On a loaded machine a case may take long to answer; a story is not about that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.core.commands.TIMEOUT", timedelta(seconds=PATIENCE))
        patch.setattr("api.core.commands.START_TIMEOUT", PATIENCE)
        yield


@pytest.fixture
async def company(tmp_path: Path, databases: Databases) -> AsyncIterator[Company]:
    async with company_at(tmp_path, await databases.seeded("sqlite")) as company:
        yield company
