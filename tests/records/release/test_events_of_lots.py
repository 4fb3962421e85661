"""What an event says of a lot concerns the batch that it is, and every batch that was made with it, and no other."""

from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.core.forms import Process
from domain.event.site_event import EventType, SiteEventReport
from domain.release.gates import evaluate
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.policies import Policies
from records.core.tables.master_data import SiteRow, SupplierRow
from records.release.gate_evidence import evidence_of
from tests.domain.filling import filled
from tests.records.certifying import MATERIALS, fit, reviewed
from tests.records.databases import on_one_database
from tests.records.making import batch_of, ready
from tests.records.qualifying import Qualifying, a_case
from tests.records.releasing import released
from tests.records.seeded import Seeded

pytestmark = on_one_database
LOT = MATERIALS[0]["lot"]
SPELLINGS = (LOT, "c12 0417", "C12\u20110417")


async def told(seeded: Seeded, type_: EventType, *lots: str, **changes: Any) -> Qualifying:
    """An event at the seeded site, reported by the sponsor, that waits for its triage."""
    given = {"type": type_, "lots": lots, "authority_outcome": None, "severity": "CRITICAL", **changes}
    return await a_case(seeded, Process.EVENT, filled(SiteEventReport, given).model_dump(mode="json"), by="ines")


async def another_site(seeded: Seeded, named: str = "Somebody else") -> str:
    """The site of a supplier that has made nothing for the sponsor."""
    async with seeded.database.writing() as session:
        site = await session.get_one(SiteRow, "VM-02")
        supplier = await session.get_one(SupplierRow, site.supplier_id)
        session.add(SupplierRow(**{**supplier.model_dump(), "supplier_id": "SUP-9", "name": named}))
        session.add(SiteRow(**{**site.model_dump(), "site_id": "OB-09", "name": "Oberau", "supplier_id": "SUP-9"}))
    return "OB-09"


async def gates(batch: Qualifying) -> dict[Gate, GateResult]:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, "EU", batch.at)
    return {each.gate: each for each in evaluate(evidence, {}, batch.at)}


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("type_", [EventType.FALSIFICATION, EventType.RECALL])
async def test_an_alert_on_a_material_holds_what_was_made_with_it_and_closes_its_gate(
    seeded: Seeded, type_: EventType, spelled: str
) -> None:
    batch = await reviewed(await fit(seeded))
    event = await told(seeded, type_, spelled)
    assert [hold.type for hold in await seeded.rows(HoldRow)] == ["SUPPLY"]
    shut = (await gates(batch))[Gate.G14]
    assert shut.verdict is GateVerdict.FAIL
    assert f"{event.case_id} (" in shut.reason


async def test_a_result_outside_its_limits_of_a_material_is_listed_and_holds(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    event = await told(seeded, EventType.OOS, LOT, severity="MINOR")
    assert [hold.type for hold in await seeded.rows(HoldRow)] == ["SUPPLY"]
    listed = (await gates(batch))[Gate.G7]
    assert (listed.verdict, event.case_id in str(listed.looked_at)) == (GateVerdict.NEEDS_JUDGEMENT, True)


async def test_an_alert_on_other_lots_of_the_site_is_listed_and_needs_a_statement(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    event = await told(seeded, EventType.FALSIFICATION, "X-1")
    found = await gates(batch)
    assert [found[gate].verdict for gate in (Gate.G7, Gate.G14)] == [GateVerdict.NEEDS_JUDGEMENT, GateVerdict.PASS]
    assert event.case_id in str(found[Gate.G7].looked_at)
    assert await seeded.rows(HoldRow) == []


@pytest.mark.parametrize("type_", [EventType.FALSIFICATION, EventType.SERIALISATION_ALERT, EventType.COMPLAINT])
async def test_what_may_be_falsified_or_is_complained_of_is_reviewed_after_its_release(
    seeded: Seeded, type_: EventType
) -> None:
    batch = await released(await ready(seeded), number="B-77")
    event = await told(seeded, type_, "b 77")
    assert [each.cause for each in await seeded.rows(ReviewDemandRow)] == [event.case_id]
    assert (await batch_of(batch)).review_open


async def test_whatever_an_event_says_of_a_released_batch_is_reviewed(seeded: Seeded) -> None:
    batch = await released(await ready(seeded), number="B-77")
    for number, type_ in enumerate(EventType):
        if type_ in {EventType.INSPECTION_OUTCOME, EventType.OWNERSHIP_CHANGE}:
            continue  # they say nothing of lots
        event = await told(seeded, type_, "b 77", severity="MINOR", event_id=f"E-{number}")
        assert event.case_id in {each.cause for each in await seeded.rows(ReviewDemandRow)}, type_
    assert (await batch_of(batch)).review_open


async def test_a_lot_of_the_same_number_by_another_maker_is_put_before_the_certifier(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    elsewhere = await another_site(seeded)
    event = await told(seeded, EventType.RECALL, LOT, site_id=elsewhere, scope_ids=[])
    found = await gates(batch)
    assert [found[gate].verdict for gate in (Gate.G12, Gate.G14)] == [GateVerdict.NEEDS_JUDGEMENT, GateVerdict.PASS]
    assert f"may be a lot that {event.case_id} (Recall at Oberau) names" in found[Gate.G12].reason
    assert await seeded.rows(HoldRow) == []


async def test_a_lot_is_known_by_its_maker_wherever_it_is_used(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    maker = await another_site(seeded, named=MATERIALS[0]["manufacturer"])
    event = await told(seeded, EventType.RECALL, LOT, site_id=maker, scope_ids=[])
    assert [hold.type for hold in await seeded.rows(HoldRow)] == ["SUPPLY"]
    assert f"{event.case_id} (recall) is open" in (await gates(batch))[Gate.G14].reason


async def test_what_only_asks_for_a_look_at_a_release_closes_nothing_where_there_is_none(seeded: Seeded) -> None:
    batch = await reviewed(await fit(seeded))
    event = await told(seeded, EventType.COMPLAINT, LOT, severity="MINOR")
    assert (await seeded.rows(ReviewDemandRow), await seeded.rows(HoldRow)) == ([], [])
    found = await gates(batch)
    assert [found[gate].verdict for gate in (Gate.G7, Gate.G14)] == [GateVerdict.NEEDS_JUDGEMENT, GateVerdict.PASS]
    assert event.case_id in str(found[Gate.G7].looked_at)
