"""A suspension and a certification in the same second: the order of recording decides (section 10)."""

from tests.records.certifying import fit
from tests.records.racing import Ending, raced
from tests.records.seeded import Seeded

PAIRS = {"sqlite": 6, "postgresql": 10}
"""`python -m bench.race` runs 200."""


async def test_of_a_suspension_and_a_certification_exactly_one_is_first(seeded: Seeded, database_kind: str) -> None:
    endings = await raced(await fit(seeded), PAIRS[database_kind])
    assert set(endings) == {Ending.CERTIFIED_FIRST, Ending.SUSPENDED_FIRST}
    assert endings.total() >= PAIRS[database_kind]
