"""Events that name lots, told and triaged, and batches that are begun with these."""

from datetime import datetime, timedelta
from typing import Any

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult
from domain.core.forms import Process
from domain.event.site_event import SiteEventReport
from domain.release.gates import evaluate
from records.batch.tables.decisions import HoldRow
from records.core.policies import Policies
from records.core.tables.master_data import SiteRow, SupplierRow
from records.release.gate_evidence import evidence_of
from tests.domain.filling import filled
from tests.records.making import batch_of, registered
from tests.records.qualifying import Qualifying, a_case
from tests.records.seeded import START, Seeded

MAKER = "Rheinchem AG"
BEFORE = START - timedelta(days=3)


async def told(seeded: Seeded, type_: str, *lots: str, at: datetime = BEFORE, by: str = "ines", **given: Any) -> Any:
    about = {"type": type_, "lots": lots, "authority_outcome": None, "severity": "CRITICAL", "detected_at": at}
    about |= {"event_id": f"{type_}-{at:%d%H%M}-{'-'.join(lots)}", **given}
    return await a_case(seeded, Process.EVENT, filled(SiteEventReport, about).model_dump(mode="json"), by=by, at=at)


async def triaged(event: Qualifying, *cleared: str, of: str | None = None) -> Qualifying:
    document = await event.seeded.upload(by=await event.seeded.actor("ines", at=event.at))
    suggested = await event.asks("triage")
    said = [{"lot": each, "event": of, "reason": "Genuine.", "evidence": [document]} for each in cleared]
    answered = await event.answers("ines", "triage", {**suggested, "cleared": said})
    if "TO_CONFIRM" in answered.effect:
        await event.does("hana", "confirm-clearing")
    await event.closes("TRIAGED")
    return event


async def at_the_site_of(seeded: Seeded, supplier: str) -> str:
    async with seeded.database.writing() as session:
        site = await session.get_one(SiteRow, "VM-02")
        known = await session.get_one(SupplierRow, site.supplier_id)
        session.add(SupplierRow(**{**known.model_dump(), "supplier_id": "SUP-9", "name": supplier}))
        session.add(SiteRow(**{**site.model_dump(), "site_id": "RC-09", "name": "Mannheim", "supplier_id": "SUP-9"}))
    return "RC-09"


async def begun(
    seeded: Seeded, *, started_at: datetime = START, number: str | None = None, **material: Any
) -> Qualifying:
    changes: dict[str, Any] = {"number": number} if number is not None else {}
    batch = await registered(seeded, **changes)
    batch.passes(minutes=5)
    lot = {"name": "Agent", "lot": "C12-0417", "manufacturer": MAKER, **material}
    await batch.does("wen", "start", started_at=started_at.isoformat(), materials=[lot])
    return batch


async def supply(batch: Qualifying, rationale: str | None = None) -> GateResult:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, "EU", batch.at)
    judged = {Gate.G12: rationale} if rationale is not None else {}
    (found,) = [each for each in evaluate(evidence, judged, batch.at) if each.gate is Gate.G12]
    return found


async def held(seeded: Seeded) -> list[str]:
    return [row.reason for row in await seeded.rows(HoldRow)]
