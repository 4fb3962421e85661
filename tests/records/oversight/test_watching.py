"""What leads to an evaluation."""

from pydantic import JsonValue
from sqlmodel import col, select

from domain.core.forms import Process
from domain.processes import FORMS
from records.contexts import load
from records.core.tables.journal import OutboxRow
from records.core.tables.master_data import SiteRow
from records.oversight.watching import LEADS_TO_AN_EVALUATION
from tests.records.databases import on_one_database
from tests.records.scored import watched
from tests.records.seeded import Seeded


def test_every_type_that_leads_to_an_evaluation_is_one_that_is_written() -> None:
    of_forms = {form.action.event_type(process) for process in Process for form in FORMS.of(process)}
    requests = {f"{process.noun}.request" for process in Process}
    assert sorted(set(LEADS_TO_AN_EVALUATION) - of_forms - load().projectors.known - requests) == []


async def told(seeded: Seeded) -> list[str]:
    """The cases that were told since the last time."""
    async with seeded.database.writing() as session:
        rows = (await session.exec(select(OutboxRow).where(col(OutboxRow.kind) == "signal"))).all()
        for row in rows:
            await session.delete(row)
        return sorted(row.lane for row in rows)


@on_one_database
async def test_other_working_days_or_another_time_zone_lead_to_an_evaluation_at_every_site_that_they_are_for(
    seeded: Seeded,
) -> None:
    lines = [await watched(seeded), await watched(seeded, "SC-2", "OB-01")]
    sites = [await seeded.row(SiteRow, site_id) for site_id in ("VM-02", "OB-01")]
    await told(seeded)
    closed: dict[str, JsonValue] = {"set": {"closing_days": ["2025-12-24"]}, "reason": "Closed"}
    for calendar_id in sorted({site.calendar_id for site in sites}):
        await seeded.write("calendar.changed", calendar_id, closed, by=await seeded.actor("ines"))
        expected = [line.case_id for line, site in zip(lines, sites, strict=True) if site.calendar_id == calendar_id]
        assert await told(seeded) == expected
    renamed: dict[str, JsonValue] = {"set": {"name": "Works 2"}, "reason": "Renamed"}
    await seeded.write("site.changed", "VM-02", renamed, by=await seeded.actor("ines"))
    assert await told(seeded) == [lines[0].case_id]
