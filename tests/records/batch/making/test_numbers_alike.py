"""A number that is only like one of ours is proposed to a person: never taken for it in silence, never dropped."""

from datetime import timedelta
from typing import Any

import pytest

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import GateResult, GateVerdict
from domain.release.gates import evaluate
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from records.core.policies import Policies
from records.core.tables.cases import TaskRow
from records.core.tables.master_data import ScopeRow
from records.event.tables import SiteEventRow
from records.release.gate_evidence import evidence_of
from tests.records.alerting import at_the_site_of, begun, held, supply, told, triaged
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.making import batch_of, ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
ALIKE = ["T-00-51", "T.51", "Lot T-0051", "\u0422-0051", "T-0050, T-0051"]


async def closed(event: Qualifying, *answers: tuple[str, bool], **given: Any) -> Any:
    said = [{"lot": lot, "same": same, "reason": "The label was read again."} for lot, same in answers]
    await event.asks("triage")
    return await event.answers("ines", "triage", {"outcomes": ["RECORD"], "rationale": "Seen.", "alike": said, **given})


@pytest.mark.parametrize("spelled", ALIKE)
async def test_an_own_batch_with_a_number_like_one_that_is_named_is_put_before_who_triages_and_who_certifies(
    seeded: Seeded, spelled: str
) -> None:
    await fit(seeded)
    batch = await begun(seeded, number="T-0051")
    event = await told(seeded, "FALSIFICATION", spelled, by="vito")
    assert await held(seeded) == []
    shut = await supply(batch)
    assert shut.verdict is GateVerdict.NEEDS_JUDGEMENT
    assert f"T-0051 may be a lot that {event.case_id} (Falsification at Plant 2) names" in shut.reason
    refusal = await refused(closed(event))
    assert refusal.fields == {"alike": f"say of each whether the event means it: T-0051 ({batch.case_id})"}
    assert (await the(event)).triaged_at is None


async def the(event: Qualifying) -> SiteEventRow:
    return await event.seeded.row(SiteEventRow, event.case_id)


async def test_what_is_meant_is_named_from_then_on(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await begun(seeded, number="T-0051")
    event = await told(seeded, "FALSIFICATION", "T-00-51", by="vito")
    await closed(event, ("t 0051", True))
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.batch_id, hold.placed_in) == (batch.case_id, event.case_id)
    row = await the(event)
    assert (row.lots, [each["same"] for each in row.told_apart]) == (["T-00-51", "t 0051"], [True])
    shut = await supply(batch, f"{event.case_id} is about another one.")
    assert shut.verdict is GateVerdict.FAIL
    assert f"T-0051 is falsified, as {event.case_id}" in shut.reason
    await are_rebuilt_identically(seeded.database, "site_events", "likenesses", "batches")


async def test_what_is_not_meant_is_left_alone(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await begun(seeded, number="T-0051")
    event = await told(seeded, "FALSIFICATION", "T-00-51", by="vito")
    await closed(event, ("T-0051", False))
    await event.does("hana", "confirm-clearing")
    assert (await held(seeded), (await supply(batch)).verdict) == ([], GateVerdict.PASS)
    assert (await the(event)).lots == ["T-00-51"]


async def test_a_lot_of_a_material_that_is_alike_is_proposed_too_where_it_is_used(seeded: Seeded) -> None:
    await fit(seeded)
    batch = await begun(seeded)
    event = await told(seeded, "RECALL", "C12-417", severity="MINOR")
    assert "Agent C12-0417 may be a lot that" in (await supply(batch)).reason
    assert set((await refused(closed(event, outcomes=["REASSESS_RISK"]))).fields) == {"alike"}
    await closed(event, ("C12-0417", True), outcomes=["REASSESS_RISK"])
    assert [row.placed_in for row in await seeded.rows(HoldRow)] == [event.case_id]


async def test_what_is_begun_later_with_a_number_that_is_alike_is_put_before_who_certifies(seeded: Seeded) -> None:
    await fit(seeded)
    event = await triaged(await told(seeded, "FALSIFICATION", "C12-417"))
    batch = await begun(seeded)
    assert await held(seeded) == []
    assert f"Agent C12-0417 may be a lot that {event.case_id}" in (await supply(batch)).reason


async def test_only_numbers_that_are_alike_are_told_apart_and_each_once(seeded: Seeded) -> None:
    await ready(seeded)
    await registered(seeded, number="T-0051")
    event = await told(seeded, "FALSIFICATION", "T-00-51", by="vito")
    for answers, fields in (
        ([("T-0052", True)], {"alike.0.lot", "alike"}),
        ([("T-00-51", True)], {"alike.0.lot", "alike"}),
        ([("T-0051", True), ("t 0051", False)], {"alike.1.lot"}),
    ):
        assert set((await refused(closed(event, *answers))).fields) == fields
    assert (await the(event)).told_apart == []


async def test_the_task_proposes_the_numbers_and_says_nothing_of_them(seeded: Seeded) -> None:
    await ready(seeded)
    await registered(seeded, number="T-0051", sponsor_number="AUR-25-001")
    event = await told(seeded, "FALSIFICATION", "T-00-51", "AUR 25 1", by="vito")
    assert await event.asks("triage") == {"alike": [{"lot": "AUR-25-001"}, {"lot": "T-0051"}]}
    task = await seeded.row(TaskRow, event.tasks["triage"])
    assert task.prefill == {"alike": [{"lot": "AUR-25-001"}, {"lot": "T-0051"}]}


async def test_a_batch_elsewhere_with_a_number_like_it_is_another_one(seeded: Seeded) -> None:
    await ready(seeded)
    elsewhere = await at_the_site_of(seeded, "Rheinchem AG")
    await registered(seeded, number="T-0051")
    event = await told(seeded, "FALSIFICATION", "T-00-51", site_id=elsewhere, scope_ids=[])
    await closed(event)


async def gate(batch: Qualifying, wanted: Gate) -> GateResult:
    row = await batch_of(batch)
    async with batch.seeded.database.reading() as session:
        evidence = await evidence_of(session, Policies(), row, "EU", batch.at)
    (found,) = [each for each in evaluate(evidence, {}, batch.at) if each.gate is wanted]
    return found


async def test_a_site_that_uses_a_batch_is_heard_as_the_one_that_makes_it(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await registered(seeded, number="A-1")
    await registered(
        seeded, number="C-1", parents=[{"batch_id": parent.case_id, "relation": "INTERMEDIATE", "quantity": "20"}]
    )
    user = await at_the_site_of(seeded, "Rheinchem AG")
    async with seeded.database.writing() as session:
        for row in [each for each in await seeded.rows(BatchRow) if each.number == "C-1"]:
            await moved(session, row, user)
    event = await told(seeded, "RECALL", "a 1", site_id=user, scope_ids=[], at=START - timedelta(minutes=1))
    (first, *_) = await seeded.rows(HoldRow)
    assert (first.batch_id, first.placed_in) == (parent.case_id, event.case_id)
    assert f"{event.case_id}" in (await gate(parent, Gate.G14)).reason
    assert f"A-1 is a lot that {event.case_id}" in (await gate(parent, Gate.G12)).reason


async def moved(session: Any, row: BatchRow, site_id: str) -> None:
    """The batch is one of a scope of that site."""
    scope = await session.get_one(ScopeRow, row.scope_id)
    session.add(ScopeRow(**{**scope.model_dump(), "scope_id": "SC-9", "site_id": site_id}))
    (await session.get_one(BatchRow, row.batch_id)).scope_id = "SC-9"
