"""What an event has said of a lot stands when it is closed: what is begun with it is refused, or held and judged."""

from datetime import timedelta

import pytest

from domain.batch.gate.results import GateVerdict
from domain.core.refusals import Code
from records.batch.tables.batches import BatchRow, BatchUseRow
from records.batch.tables.decisions import HoldRow
from records.core.tables.facts import FactRow
from records.core.tables.likenesses import Likened, LikenessRow
from records.core.tables.master_data import ScopeRow
from records.event.tables import SiteEventRow
from tests.records.alerting import MAKER, at_the_site_of, begun, held, supply, told, triaged
from tests.records.certifying import fit
from tests.records.databases import on_one_database
from tests.records.making import ready, registered
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database


@pytest.mark.parametrize("spelled", ["C12-0417", "c12 0417"])
@pytest.mark.parametrize("is_closed", [False, True])
async def test_a_falsified_lot_is_not_used_whether_or_not_the_alert_is_closed(
    *, seeded: Seeded, spelled: str, is_closed: bool
) -> None:
    await ready(seeded)
    event = await told(seeded, "FALSIFICATION", spelled, by="vito")
    if is_closed:
        await triaged(event)
    refusal = await refused(begun(seeded))
    assert refusal.rule == "section 17, lots in doubt"
    assert refusal.fields == {"materials.0.lot": f"is falsified, as {event.case_id} (Falsification at Plant 2) says"}
    assert (await seeded.rows(BatchUseRow), await held(seeded)) == ([], [])


async def test_a_site_does_not_hear_what_the_sponsor_was_told(seeded: Seeded) -> None:
    await ready(seeded)
    await triaged(await told(seeded, "FALSIFICATION", "C12-0417"))
    assert (await refused(begun(seeded))).fields == {"materials.0.lot": "must not be used: ask the sponsor"}


async def test_what_was_begun_before_it_was_known_is_reported_held_and_closes_the_gate(seeded: Seeded) -> None:
    await fit(seeded)
    event = await triaged(await told(seeded, "FALSIFICATION", "C12-0417", at=START + timedelta(minutes=2)))
    batch = await begun(seeded)
    assert await held(seeded) == [
        f"It was begun with Agent C12-0417, which Falsification {(await the(event)).reference} had named before"
    ]
    shut = await supply(batch, f"{event.case_id} does not concern it.")
    assert shut.verdict is GateVerdict.FAIL
    assert f"Agent C12-0417 is falsified, as {event.case_id} (Falsification at Plant 2) says" in shut.reason


async def the(event: Qualifying) -> SiteEventRow:
    return await event.seeded.row(SiteEventRow, event.case_id)


@pytest.mark.parametrize(
    ("type_", "severity"), [("RECALL", "MINOR"), ("OOS", "MINOR"), ("COMPLAINT", "MAJOR"), ("IMPORT_ALERT", "MINOR")]
)
async def test_what_is_begun_with_a_lot_in_doubt_is_held_and_the_judgement_names_the_event(
    seeded: Seeded, type_: str, severity: str
) -> None:
    await fit(seeded)
    event = await triaged(await told(seeded, type_, "C12-0417", severity=severity))
    batch = await begun(seeded)
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.type, hold.placed_in, hold.batch_id) == ("SUPPLY", event.case_id, batch.case_id)
    assert [fact for fact in await seeded.rows(FactRow) if fact.kind == "MaterialInDoubt"] == []
    assert (await supply(batch)).verdict is GateVerdict.NEEDS_JUDGEMENT
    unnamed = await supply(batch, "The lot was not concerned.")
    assert unnamed.reason.startswith(f"the judgement does not name {event.case_id}; ")
    assert (await supply(batch, f"{event.case_id} was about another drum.")).verdict is GateVerdict.JUDGED


async def test_an_event_that_is_not_triaged_holds_until_it_is_as_one_that_comes_later(seeded: Seeded) -> None:
    await fit(seeded)
    event = await told(seeded, "RECALL", "C12-0417")
    batch = await begun(seeded)
    assert [fact.kind for fact in await seeded.rows(FactRow)] == ["MaterialInDoubt"]
    await triaged(event)
    assert [fact.revoked_at is None for fact in await seeded.rows(FactRow)] == [False]
    assert (await supply(batch)).verdict is GateVerdict.NEEDS_JUDGEMENT


@pytest.mark.parametrize("type_", ["FALSIFICATION", "RECALL"])
async def test_a_lot_that_the_triage_has_cleared_is_used_and_the_gate_shows_who_has_said_so(
    seeded: Seeded, type_: str
) -> None:
    await fit(seeded)
    event = await triaged(await told(seeded, type_, "C12-0417", "C12-0418"), "c12 0417")
    batch = await begun(seeded)
    assert await held(seeded) == []
    found = await supply(batch)
    assert found.verdict is GateVerdict.PASS
    (line,) = [each for each in found.looked_at if event.case_id in each]
    assert "not concerned by Ines" in line
    assert "confirmed by Hana" in line
    assert ": Genuine. (DOC-" in line
    (row,) = await seeded.rows(SiteEventRow)
    assert [(each["lot"], each["said_in"]) for each in row.cleared] == [("c12 0417", event.case_id)]
    kept = {each.likeness for each in await seeded.rows(LikenessRow) if each.kind == Likened.EVENT.value}
    assert {"c120417", "c120418"} <= kept
    await are_rebuilt_identically(seeded.database, "site_events", "likenesses", "batch_uses")


@pytest.mark.parametrize(("type_", "takes_two"), [("FALSIFICATION", True), ("RECALL", True), ("OOS", False)])
async def test_a_lot_of_an_alert_stays_in_doubt_until_a_second_person_says_so_too(
    *, seeded: Seeded, type_: str, takes_two: bool
) -> None:
    await fit(seeded)
    event = await told(seeded, type_, "C12-0417")
    document = await seeded.upload(by=await seeded.actor("ines", at=event.at))
    said = {"lot": "C12-0417", "event": None, "reason": "Genuine.", "evidence": [document]}
    await event.asks("triage")
    outcomes = ["REASSESS_RISK"] if type_ == "RECALL" else ["RECORD"]
    answered = await event.answers("ines", "triage", {"outcomes": outcomes, "rationale": "Seen.", "cleared": [said]})
    assert (answered.effect.get("TO_CONFIRM"), bool((await the(event)).cleared)) == (
        (["C12-0417"], False) if takes_two else (None, True)
    )
    if takes_two:
        suggested = await event.asks("confirm-clearing")
        yes = {**suggested, "confirm": True, "reason": "The seal was looked at."}
        stale = {**yes, "triage": {"version": 1, "sha256": "0" * 64}}
        assert (await refused(event.answers("hana", "confirm-clearing", stale))).code is Code.VERSION_STALE
        await event.answers("hana", "confirm-clearing", {**yes, "confirm": False})
        assert (await the(event)).cleared == []


async def test_a_later_event_at_the_site_clears_a_lot_of_one_that_is_closed(seeded: Seeded) -> None:
    await ready(seeded)
    first = await triaged(await told(seeded, "FALSIFICATION", "C12-0417"))
    await refused(begun(seeded))
    later = await told(seeded, "CERT_UPDATED", event_id="L-1")
    await triaged(later, "C12-0417", of=first.case_id)
    await begun(seeded)
    assert await held(seeded) == []
    assert [each["said_in"] for each in (await the(first)).cleared] == [later.case_id]


async def test_a_lot_is_cleared_where_a_closed_event_of_the_site_names_it(seeded: Seeded) -> None:
    await ready(seeded)
    maker = await at_the_site_of(seeded, MAKER)
    elsewhere = await triaged(await told(seeded, "FALSIFICATION", "C12-0417", site_id=maker, scope_ids=[]))
    still_open = await told(seeded, "FALSIFICATION", "C12-0417", event_id="O-1")
    closed = await triaged(await told(seeded, "OOS", "C12-0417", event_id="O-2"))
    event = await told(seeded, "CERT_UPDATED", "C12-0417", event_id="O-3")
    for cleared, of, fields in (
        ("C12-0418", None, {"cleared.0.lot"}),
        ("C12-0417", "EVT-99", {"cleared.0.event"}),
        ("C12-0417", event.case_id, {"cleared.0.event"}),
        ("C12-0417", elsewhere.case_id, {"cleared.0.event"}),
        ("C12-0417", still_open.case_id, {"cleared.0.event"}),
        ("C12-0418", closed.case_id, {"cleared.0.lot"}),
    ):
        assert set((await refused(triaged(event, cleared, of=of))).fields) == fields
    assert set((await refused(triaged(event, "C12-0417", "c12 0417"))).fields) == {"cleared.1.lot"}
    assert [row.cleared for row in await seeded.rows(SiteEventRow)] == [[], [], [], []]


async def test_a_lot_is_that_of_its_maker_wherever_it_is_used_and_no_other(seeded: Seeded) -> None:
    await fit(seeded)
    maker = await at_the_site_of(seeded, MAKER)
    event = await triaged(await told(seeded, "RECALL", "C12-0417", site_id=maker, scope_ids=[]))
    other = await begun(seeded, manufacturer="Somebody else")
    assert (await held(seeded), (await supply(other)).verdict) == ([], GateVerdict.PASS)
    unknown = await begun(seeded, manufacturer="-")
    assert await held(seeded) == []
    assert f"may be a lot that {event.case_id} (Recall at Mannheim) names" in (await supply(unknown)).reason
    await begun(seeded)
    assert len(await held(seeded)) == 1


async def test_a_lot_that_the_site_of_the_event_uses_is_the_same_wherever_else_it_is_used(seeded: Seeded) -> None:
    await fit(seeded)
    elsewhere = await at_the_site_of(seeded, "Crown Oy")
    here, there, of_another = (
        await begun(seeded),
        await begun(seeded),
        await begun(seeded, manufacturer="Somebody else"),
    )
    async with seeded.database.writing() as session:
        scope = await session.get_one(ScopeRow, "SC-1")
        session.add(ScopeRow(**{**scope.model_dump(), "scope_id": "SC-99", "site_id": elsewhere}))
        for batch in (there, of_another):
            row = await session.get_one(BatchRow, batch.case_id)
            row.site_id, row.scope_id = elsewhere, "SC-99"
    await told(seeded, "RECALL", "c12 0417", scope_ids=[], at=START + timedelta(hours=1))
    assert [row.batch_id for row in await seeded.rows(HoldRow)] == [here.case_id, there.case_id]
    there.passes(minutes=120)
    assert "is a lot that" in (await supply(there)).reason


async def test_nothing_is_registered_from_a_falsified_batch_nor_begun_with_one(seeded: Seeded) -> None:
    await ready(seeded)
    parent = await registered(seeded, number="A-1")
    link = {"batch_id": parent.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    child = await registered(seeded, parents=[link])
    event = await triaged(await told(seeded, "FALSIFICATION", "a 1", at=START, by="vito"))
    says = f"is falsified, as {event.case_id} (Falsification at Plant 2) says"
    child.passes(minutes=5)
    refusal = await refused(child.does("wen", "start", started_at=child.at.isoformat(), materials=[]))
    assert refusal.fields == {"started_at": f"A-1, which it comes from, {says}"}
    before = len(await seeded.rows(BatchRow))
    refusal = await refused(registered(seeded, parents=[link]))
    assert refusal.fields == {"parents.0.batch_id": says}
    assert len(await seeded.rows(BatchRow)) == before


async def test_one_lot_number_of_two_makers_is_two_lots_and_either_may_be_recalled(seeded: Seeded) -> None:
    await fit(seeded)
    maker = await at_the_site_of(seeded, MAKER)
    batch = await registered(seeded)
    batch.passes(minutes=5)
    lots = [{"name": "Agent", "lot": "C12-0417", "manufacturer": each} for each in ("Nordchem AG", MAKER)]
    await batch.does("wen", "start", started_at=START.isoformat(), materials=lots, equipment=["R-201", "r 201"])
    used = [(use.kind, use.detail) for use in await seeded.rows(BatchUseRow)]
    assert sorted(used) == [("EQUIPMENT", ""), ("MATERIAL", "Nordchem AG"), ("MATERIAL", MAKER)]
    event = await told(seeded, "RECALL", "C12-0417", site_id=maker, scope_ids=[], at=batch.at)
    (hold,) = await seeded.rows(HoldRow)
    assert hold.placed_in == event.case_id
    await are_rebuilt_identically(seeded.database, "batch_uses")
