"""What is no product for the market yet goes to a registered site that may use it, and to nobody else."""

from typing import Any

from domain.policy.market_rule import DecisionRule
from records.batch.tables.decisions import BatchMarketRow
from records.core.tables.master_data import ScopeRow, SiteRow
from tests.records.delivering import ordered, released
from tests.records.qualifying import Qualifying, refused
from tests.records.seeded import Seeded


async def to_the_site(seeded: Seeded) -> dict[str, Any]:
    site = await seeded.row(SiteRow, "VM-02")
    return {"to_site_id": "VM-02", "time_zone": None, "destination": {"name": site.name, "address": site.address}}


async def decided_under(seeded: Seeded, batch: Qualifying, rule: DecisionRule, sites: list[str] | None = None) -> None:
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (batch.case_id, "EU"))
        row.rule, row.for_sites = rule.value, sites


async def fault(seeded: Seeded, batch: Qualifying, **changes: Any) -> dict[str, str]:
    return (await refused(ordered(seeded, batch, **changes))).fields


async def test_what_is_released_for_processing_goes_to_the_sites_that_the_release_names(seeded: Seeded) -> None:
    batch = await released(seeded)
    await decided_under(seeded, batch, DecisionRule.PROCESSING, ["TB-01"])
    assert list(await fault(seeded, batch)) == ["to_site_id"]
    there = await to_the_site(seeded)
    assert (await refused(ordered(seeded, batch, **there))).fields == {"to_site_id": "may not use it: TB-01"}
    await decided_under(seeded, batch, DecisionRule.PROCESSING, ["TB-01", "VM-02"])
    await ordered(seeded, batch, **there)


async def test_what_is_released_for_a_purpose_goes_to_any_registered_site(seeded: Seeded) -> None:
    batch = await released(seeded)
    await decided_under(seeded, batch, DecisionRule.PROCESSING)
    assert list(await fault(seeded, batch)) == ["to_site_id"]
    await ordered(seeded, batch, **await to_the_site(seeded))


async def test_what_is_confirmed_goes_to_a_site_that_packs_the_product(seeded: Seeded) -> None:
    batch = await released(seeded)
    await decided_under(seeded, batch, DecisionRule.CONFIRMATION)
    there = await to_the_site(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).activity = "API_MFG"
    assert (await refused(ordered(seeded, batch, **there))).fields == {"to_site_id": "may not use it: no site does"}
    async with seeded.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).activity = "PACKAGING"
    assert list(await fault(seeded, batch)) == ["to_site_id"]
    await ordered(seeded, batch, **there)
