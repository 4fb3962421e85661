"""Events at sites in the records: what is known once, when the site had to tell, and what a triage carries out."""

import asyncio
import itertools
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.entry import Entry, StartCase
from domain.core.forms import Process
from domain.core.people import Actor
from domain.core.refusals import Code
from domain.event.site_event import SiteEventReport
from records.batch.tables.batches import BatchUseRow
from records.batch.tables.decisions import HoldRow
from records.core.journal import answered
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.event.tables import SiteEventRow
from records.oversight.scorecards import capas_of
from records.views.cases import events_of, list_cases, one_case
from tests.domain.filling import filled
from tests.records.agreeing import agrees, another_scope
from tests.records.databases import on_one_database
from tests.records.known import known
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

_numbers = itertools.count(1)
OWNER: dict[str, Any] = {
    "new_owner": {"name": "Nordfels Chemie", "country": "DE"},
    "takes_over_on": "2025-03-01",
    "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}],
}
REPORTED = (("vito", "DEV-7"), ("ines", "DEV-7"), ("ines", "DEV-8"))
EVERYTHING: dict[str, Any] = {
    "outcomes": ["FOR_CAUSE", "SCAR", "SUSPEND_PROPOSAL", "REASSESS_RISK", "HOLD_BATCHES"],
    "for_cause": {"reason": "CRITICAL_DEVIATION", "summary": "The alarm was muted."},
    "scar": {"severity": "MAJOR", "finding": "The coupling ran too hot.", "owner": "Head of production"},
    "suspension": {"scope": "NEW_ORDERS_AND_RELEASE", "reason_code": "SITE_EVENT"},
}


def body(**given: Any) -> dict[str, Any]:
    return filled(SiteEventReport, **given).model_dump(mode="json")


async def reported(seeded: Seeded, by: str = "vito", **given: Any) -> Qualifying:
    """An event, by default reported by the site."""
    given = {"event_id": f"E-{next(_numbers)}"} | given
    return await a_case(seeded, Process.EVENT, body(**given), by=by)


async def row_of(event: Qualifying) -> SiteEventRow:
    return await event.seeded.row(SiteEventRow, event.case_id)


async def registers(seeded: Seeded, batch_id: str, number: str, state: str = "OPEN", **of: str) -> None:
    await known(seeded, batch_id, number, state=state, **of)


# ------------------------------------------------------------------------------ known once


async def test_of_two_at_once_one_is_written(seeded: Seeded) -> None:
    actors: list[Actor] = [await seeded.actor("vito"), await seeded.actor("uta")]
    line = StartCase(process=Process.EVENT, form=body())
    entries = [
        Entry(stream="", command_id=f"k{index}", at=START, actor=actor, lines=(line,))
        for index, actor in enumerate(actors)
    ]
    written = await asyncio.gather(*(seeded.journal.write(entry) for entry in entries))
    assert {each.started for each in written} == {("EVT-1",)}
    assert sorted(bool(each.effect.get("merged")) for each in written) == [False, True]
    assert [event.type for event in await seeded.events("EVT-1")] == ["event.request"]
    async with seeded.database.reading() as session:
        assert await answered(session, "k0", "") is not None
    refusal = await refused(reported(seeded, event_id="DEV-2026-0113", severity="CRITICAL"))
    assert (refusal.code, set(refusal.fields)) == (Code.CONFLICT, {"event_id"})
    assert len(await seeded.rows(SiteEventRow)) == 1


@on_one_database
async def test_who_may_not_report_is_refused(seeded: Seeded) -> None:
    for by, given, code in (
        ("olga", {}, Code.NOT_FOUND),
        ("wen", {}, Code.WRONG_ROLE),
        ("paul", {}, Code.WRONG_ROLE),
        ("vito", {"type": "WHISTLEBLOW"}, Code.RULE_BROKEN),
        ("vito", {"detected_at": "2025-01-13T09:00:00Z"}, Code.RULE_BROKEN),
        ("vito", {"scope_ids": ["SC-2"]}, Code.RULE_BROKEN),
    ):
        assert (await refused(reported(seeded, by, **given))).code is code, (by, given)
    assert await seeded.rows(SiteEventRow) == []


# ------------------------------------------------------------------------------ when the site had to tell


TOLD: list[tuple[str, dict[str, Any], str | None, bool]] = [
    ("vito", {"severity": "CRITICAL", "detected_at": "2025-01-13T01:00:00Z"}, "2025-01-13", False),
    ("vito", {"severity": "CRITICAL", "detected_at": "2025-01-12T22:00:00Z"}, "2025-01-12", True),
    ("vito", {"severity": "MAJOR", "detected_at": "2025-01-09T22:00:00Z"}, "2025-01-13", False),
    ("vito", {"type": "OOS", "detected_at": "2025-01-09T22:00:00Z"}, "2025-01-10", True),
    ("vito", {"severity": "MINOR", "detected_at": "2024-01-09T22:00:00Z"}, None, False),
    ("ines", {"severity": "CRITICAL", "detected_at": "2024-01-09T22:00:00Z"}, None, False),
]


@on_one_database
async def test_the_time_to_tell_runs_from_the_detection_by_policy_or_agreement(seeded: Seeded) -> None:
    for by, given, due, late in TOLD:
        row = await row_of(await reported(seeded, by, **given))
        told = row.notify_due_at.isoformat() if row.notify_due_at else None
        assert (told, row.notified_late) == (f"{due}T23:59:59+00:00" if due else None, late), (by, given)
    await agrees(seeded, {"oos": "3bd"})
    row = await row_of(await reported(seeded, type="OOS", detected_at="2025-01-09T22:00:00Z"))
    assert (str(row.notify_due_at), row.notified_late) == ("2025-01-14 23:59:59+00:00", False)


# ------------------------------------------------------------------------------ who sees it


@on_one_database
async def test_the_site_sees_what_it_has_reported_and_nothing_of_the_triage(seeded: Seeded) -> None:
    theirs, ours = await reported(seeded), await reported(seeded, "ines", type="WHISTLEBLOW")
    await theirs.answers("uta", "supplement")
    for event in (theirs, ours):
        await event.does("ines", "triage", outcomes=["SCAR"], scar=EVERYTHING["scar"])
    vito, olga, hana = [await seeded.actor(user) for user in ("vito", "olga", "hana")]
    async with seeded.database.reading() as session:
        listed = await list_cases(session, vito, Process.EVENT, limit=9)
        seen = await one_case(session, vito, Process.EVENT, theirs.case_id, START)
        journal = await events_of(session, vito, Process.EVENT, theirs.case_id, limit=99)
        inside = await one_case(session, hana, Process.EVENT, theirs.case_id, START)
        hidden = await one_case(session, hana, Process.EVENT, ours.case_id, START)
        capas = await list_cases(session, vito, Process.CAPA, limit=9)
        assert (await refused(one_case(session, vito, Process.EVENT, ours.case_id, START))).code is Code.NOT_FOUND
        assert (await refused(one_case(session, olga, Process.EVENT, theirs.case_id, START))).code is Code.NOT_FOUND
    assert [case.case_id for case in listed.items] == [theirs.case_id]
    assert seen.event is not None
    assert (seen.event.triaged_at, seen.event.outcomes, seen.event.opened) == (None, None, None)
    assert [record.action for record in seen.records] == ["request", "supplement"]
    assert {event.type for event in journal.items} == {"event.request", "event.supplement"}
    assert inside.event is not None
    assert inside.event.opened == {"SCAR": ("CAPA-1",)}
    assert [case.case_id for case in inside.cases] == ["CAPA-1"]
    assert hidden.event is not None
    assert hidden.event.opened == {"SCAR": ("CAPA-2",)}
    assert [case.owner for case in capas.items] == [None, theirs.case_id]


@on_one_database
async def test_the_sponsor_alone_sees_that_both_sides_have_reported_the_same(seeded: Seeded) -> None:
    theirs, ours, other = [await reported(seeded, by, event_id=id_) for by, id_ in REPORTED]
    vito, hana = await seeded.actor("vito"), await seeded.actor("hana")
    seen: list[str | None] = []
    async with seeded.database.reading() as session:
        for actor, case in ((hana, theirs), (hana, ours), (hana, other), (vito, theirs)):
            event = (await one_case(session, actor, Process.EVENT, case.case_id, START)).event
            assert event is not None
            seen.append(event.also_reported_in)
    assert seen == [ours.case_id, theirs.case_id, None, None]


# ------------------------------------------------------------------------------ what a triage carries out


async def test_every_outcome_is_carried_out_with_the_signature(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    other = await another_scope(seeded)
    for batch, number, state in (("BAT-1", "B-1", "OPEN"), ("BAT-2", "B-2", "CERTIFIED"), ("BAT-3", "B-3", "CLOSED")):
        await registers(seeded, batch, number, state)
    await registers(seeded, "BAT-4", "B-4", site_id="OB-01", scope_id="SC-2")
    event = await reported(seeded, severity="CRITICAL", reference="DEV 9", lots=["B-1"])
    await event.answers("vito", "supplement", lots=["B-5", "B-1"])
    effect = (await event.does("ines", "triage", **EVERYTHING)).effect
    assert effect == {
        "FOR_CAUSE": ["AUD-1"],
        "SCAR": ["CAPA-1"],
        "SUSPEND_PROPOSAL": ["STA-1"],
        "REASSESS_RISK": ["RSK-1", "RSK-2"],
        "HOLD_BATCHES": ["BAT-1"],
    }
    cases = {row.case_id: row for row in await seeded.rows(CaseRow)}
    opened = [case_id for ids in effect.values() for case_id in ids if not case_id.startswith("BAT-")]  # type: ignore[union-attr]
    assert {(cases[str(case_id)].owner, cases[str(case_id)].requested_by) for case_id in opened} == {
        (event.case_id, seeded.result.person("ines"))
    }
    audit = cases["AUD-1"].order["request"]
    assert (audit["type"], audit["scope_ids"], audit["trigger"]["reference"]) == ("FOR_CAUSE", ["SC-1", other], "DEV 9")
    assert audit["trigger"]["affected_batches"] == ["B-1", "B-5"]
    proposal = cases["STA-1"].order["request"]
    assert (proposal["scope_id"], proposal["proposed_scope"]) == ("SC-1", "NEW_ORDERS_AND_RELEASE")
    assert [cases[risk].kind for risk in ("RSK-1", "RSK-2")] == ["SITE_EVENT"] * 2
    assert [(hold.batch_id, hold.type, hold.placed_in) for hold in await seeded.rows(HoldRow)] == [
        ("BAT-1", "DEVIATION", event.case_id),  # as the event was reported
        ("BAT-1", "EVENT", event.case_id),
    ]
    assert len(await seeded.events("BAT-2", "batch.review_demanded")) == 1
    row = await row_of(event)
    assert (row.outcomes, row.opened, row.triaged_at) == (EVERYTHING["outcomes"], effect, START)
    assert row.lots == ["B-1", "B-5"]
    await is_rebuilt_identically(seeded.database, "site_events", "holds")


@on_one_database
async def test_a_scar_is_about_the_scopes_of_its_event(seeded: Seeded) -> None:
    other = await another_scope(seeded)
    for scope_ids, expected in ((["SC-1"], ["SC-1"]), ([], ["SC-1", other])):
        event = await reported(seeded, scope_ids=scope_ids)
        effect = (await event.does("ines", "triage", outcomes=["SCAR"], scar=EVERYTHING["scar"])).effect
        (capa,) = [row.case_id for row in await seeded.rows(CaseRow) if [row.case_id] == effect["SCAR"]]
        assert (await seeded.row(CaseRow, capa)).scope_ids == expected
    async with seeded.database.reading() as session:
        counted = [case.case_id for _, case in await capas_of(session, await session.get_one(ScopeRow, other))]
    assert counted == ["CAPA-2"]


@on_one_database
@pytest.mark.parametrize("outcome", ["NO_ACTION", "RECORD"])
async def test_an_event_may_lead_to_nothing(seeded: Seeded, outcome: str) -> None:
    event = await reported(seeded)
    assert (await event.does("ines", "triage", outcomes=[outcome])).effect == {}
    assert [row.case_id for row in await seeded.rows(CaseRow)] == [event.case_id]


@on_one_database
async def test_what_fits_no_rule_opens_nothing(seeded: Seeded) -> None:
    await registers(seeded, "BAT-1", "B-1")
    await registers(seeded, "BAT-3", "B-3", "CLOSED")
    event = await reported(seeded, severity="CRITICAL")
    for given, fields in (
        ({"outcomes": ["RECORD"]}, {"outcomes"}),
        ({"outcomes": ["REASSESS_RISK", "FOR_CAUSE"]}, {"for_cause"}),
        ({"outcomes": ["REASSESS_RISK", "HOLD_BATCHES"], "batches": ["B-1", "B-3", "B-9"]}, {"batches.1", "batches.2"}),
    ):
        assert set((await refused(event.does("ines", "triage", **given))).fields) == fields
    assert (await refused(event.does("priya", "triage"))).code is Code.WRONG_ROLE
    assert [row.case_id for row in await seeded.rows(CaseRow)] == ["BAT-1", "BAT-3", event.case_id]
    assert await seeded.rows(HoldRow) == []
    held = await event.does("ines", "triage", outcomes=["REASSESS_RISK", "HOLD_BATCHES"], batches=["B-1"])
    assert held.effect["HOLD_BATCHES"] == ["BAT-1"]


@on_one_database
async def test_a_batch_is_held_however_its_number_is_spelled(seeded: Seeded) -> None:
    for batch_id, number in (("BAT-1", "B-001"), ("BAT-2", "b-2"), ("BAT-3", "B-3")):
        await registers(seeded, batch_id, number)
    event = await reported(seeded, severity="CRITICAL")
    given = {"outcomes": ["REASSESS_RISK", "HOLD_BATCHES"], "batches": ["b 001", "B\u20132"]}
    assert (await event.does("ines", "triage", **given)).effect["HOLD_BATCHES"] == ["BAT-1", "BAT-2"]


@on_one_database
async def test_a_batch_that_the_scope_makes_a_part_of_is_held_by_its_number(seeded: Seeded) -> None:
    await registers(seeded, "BAT-1", "B-1", site_id="OB-01", scope_id="SC-2")
    async with seeded.database.writing() as session:
        session.add(BatchUseRow(batch_id="BAT-1", kind="SCOPE", reference="SC-1", key="sc 1"))
    event = await reported(seeded, severity="CRITICAL")
    given = {"outcomes": ["REASSESS_RISK", "HOLD_BATCHES"], "batches": ["B-1"]}
    assert (await event.does("ines", "triage", **given)).effect["HOLD_BATCHES"] == ["BAT-1"]


@on_one_database
async def test_the_same_number_is_one_audit_and_one_scope_one_review(seeded: Seeded) -> None:
    first, second = [await reported(seeded, severity="CRITICAL", reference="DEV 9") for _ in range(2)]
    given = {"outcomes": ["REASSESS_RISK", "FOR_CAUSE"], "for_cause": EVERYTHING["for_cause"]}
    effects = [(await event.does("ines", "triage", **given)).effect for event in (first, second)]
    assert effects == [{"FOR_CAUSE": ["AUD-1"], "REASSESS_RISK": ["RSK-1"]}] * 2
    assert [
        len(await seeded.events(case, type_)) for case, type_ in (("AUD-1", "audit.merged"), ("RSK-1", "risk.merged"))
    ] == [1, 1]


PROPOSED: list[tuple[AslStatus | None, str | None, str, int]] = [
    (None, None, "FULL", 0),
    (AslStatus.APPROVED, None, "FULL", 1),
    (AslStatus.PROBATION, None, "NEW_ORDERS", 1),
    (AslStatus.SUSPENDED, "NEW_ORDERS", "NEW_ORDERS", 0),
    (AslStatus.SUSPENDED, "NEW_ORDERS", "FULL", 1),
    (AslStatus.SUSPENDED, "FULL", "FULL", 0),
    (AslStatus.RETIRED, None, "FULL", 0),
]


@on_one_database
async def test_a_suspension_is_proposed_where_it_would_stop_something(seeded: Seeded) -> None:
    for status, reach, proposed, opened in PROPOSED:
        if status is not None:
            await stands(seeded, status, suspension_scope=reach)
        event = await reported(seeded, "rosa", type="IMPORT_ALERT")
        task = await event.asks("triage")
        assert task == {}
        suspension = {"scope": proposed, "reason_code": "REGULATORY_ACTION"}
        effect = (await event.answers("ines", "triage", task | {"suspension": suspension})).effect
        assert len([*effect["SUSPEND_PROPOSAL"]]) == opened, (status, reach, proposed)  # type: ignore[misc]


async def test_a_new_owner_is_a_qualification_for_every_scope_in_use_and_freezes_the_site(seeded: Seeded) -> None:
    await seeded.upload()
    sold, unused = await another_scope(seeded), await another_scope_of(seeded, "ARL-999")
    await stands(seeded, AslStatus.APPROVED)
    await stands(seeded, AslStatus.SUSPENDED, scope_id=sold)
    event = await reported(seeded, type="OWNERSHIP_CHANGE", scope_ids=["SC-1"])
    effect = (await event.does("ines", "triage", succession=OWNER)).effect
    assert effect == {"OWNERSHIP_CHANGE": ["QC-1", "QC-2"], "REASSESS_RISK": ["RSK-1"]}
    cases = {row.case_id: row for row in await seeded.rows(CaseRow)}
    assert [(cases[case].scope_ids, cases[case].kind) for case in ("QC-1", "QC-2")] == [
        (["SC-1"], "OWNERSHIP_CHANGE"),
        ([sold], "OWNERSHIP_CHANGE"),
    ]
    assert cases["RSK-1"].kind == "OWNERSHIP_CHANGE"
    assert unused not in {
        scope for case in cases.values() if case.process == "qualifications" for scope in case.scope_ids
    }
    assert (await refused(another_scope_of(seeded, "ARL-1"))).code is Code.CONFLICT
    assert (await row_of(event)).notify_key == "ownership.notify"


@on_one_database
async def test_a_scope_that_is_being_qualified_is_decided_before_it_changes_hands(seeded: Seeded) -> None:
    await seeded.upload()
    await stands(seeded, AslStatus.APPROVED)
    await a_qualification(seeded, "ines")
    event = await reported(seeded, type="OWNERSHIP_CHANGE")
    refusal = await refused(event.does("ines", "triage", succession=OWNER))
    assert refusal.code is Code.CONFLICT
    given = {"outcomes": ["RECORD", "REASSESS_RISK"], "succession": None}
    assert (await event.does("ines", "triage", **given)).effect == {"REASSESS_RISK": ["RSK-1"]}


async def another_scope_of(seeded: Seeded, product: str) -> str:
    """A scope of VM-02 for another product, of which nothing was ever decided."""
    scope = (await seeded.row(ScopeRow, "SC-1")).model_dump(include={"activity", "dosage_form", "markets", "stage"})
    record = {**scope, "product": product, "sole_source": False, "risk_tier": None}
    return str((await seeded.write("scope.registered", "VM-02", {"record": record, "site_id": "VM-02"})).effect["id"])
