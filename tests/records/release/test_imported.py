"""No more of an import is released than has arrived, all markets of the area together."""

from decimal import Decimal

from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow
from records.installation.supplementing import shipped_policy
from records.release.imported import released_elsewhere
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.releasing import released
from tests.records.seeded import Seeded

pytestmark = on_one_database


async def test_markets_count_whose_areas_the_same_goods_have_come_into(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await released(seeded)
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchRow, batch.case_id)
        eu = await session.get_one(BatchMarketRow, (batch.case_id, "EU"))
        eu.quantity = "7"
        found = await released_elsewhere(session, shipped_policy(), row, "GB")
        assert found == {"EU": Decimal(7)}, "the States ask for no import"
        assert await released_elsewhere(session, shipped_policy(), row, "EU") == {}
        eu.withdrawn_at = batch.at
        assert await released_elsewhere(session, shipped_policy(), row, "GB") == {}
