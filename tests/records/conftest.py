import pytest

from tests.records.qualifying import Qualifying
from tests.records.seeded import Seeded, seeded

__all__ = ["seeded"]


@pytest.fixture
def qualifying(seeded: Seeded) -> Qualifying:
    return Qualifying(seeded)
