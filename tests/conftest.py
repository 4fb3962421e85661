from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.company import Company, company_at
from tests.records.databases import Databases, database, database_kind, database_url, databases

__all__ = ["company", "database", "database_kind", "database_url", "databases"]


@pytest.fixture
async def company(tmp_path: Path, databases: Databases) -> AsyncIterator[Company]:
    async with company_at(tmp_path, await databases.seeded("sqlite")) as company:
        yield company
