"""Inspections in the records: what is opened with an outcome, when it had to be told, what the site sees."""

import itertools
from datetime import date
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.forms import Process
from domain.core.refusals import Code
from domain.inspection.inspection import InspectionNotice
from records.asl.tables.listing import AslRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.inspection.tables import InspectionRow
from records.oversight.standing import flags_of_cases
from records.qualification.risk_situation import situation_of
from records.views.cases import events_of, list_cases, one_case
from tests.domain.filling import filled
from tests.records.agreeing import agrees, another_scope
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

_numbers = itertools.count(1)
COPY: dict[str, Any] = {"report": {"document_id": "DOC-1", "sha256": "0" * 64}, "redacted": True}
FORM_483: dict[str, Any] = {"outcome": "FORM_483", "observations": {"major": 2}, **COPY}
OAI: dict[str, Any] = {"outcome": "OAI", "observations": {"critical": 1}, "batches": ["B-1"]}


async def noticed(seeded: Seeded, by: str = "vito", **given: Any) -> Qualifying:
    """An inspection that is known."""
    told = {"reference": f"FEI-{next(_numbers)}", "announced_on": "2025-01-13"} | given
    return await a_case(seeded, Process.INSPECTION, filled(InspectionNotice, **told).model_dump(mode="json"), by=by)


async def ended(seeded: Seeded, **outcome: Any) -> Qualifying:
    """An inspection whose outcome is known."""
    await seeded.upload(by=await seeded.actor("vito"), site_id="VM-02")
    inspection = await noticed(seeded)
    await inspection.does("vito", "begin")
    await inspection.does("vito", "report-outcome", **outcome)
    return inspection


async def row_of(inspection: Qualifying) -> InspectionRow:
    return await inspection.seeded.row(InspectionRow, inspection.case_id)


async def opened_by(seeded: Seeded, inspection: Qualifying) -> dict[str, CaseRow]:
    """The cases that the inspection owns."""
    return {row.case_id: row for row in await seeded.rows(CaseRow) if row.owner == inspection.case_id}


# ------------------------------------------------------------------------------ what an outcome demands


async def test_an_oai_puts_risk_and_suspension_of_each_active_scope_before_people_at_once(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    other = await another_scope(seeded)
    inspection = await ended(seeded, **OAI)
    cases = await opened_by(seeded, inspection)
    assert {case_id: (row.kind, row.scope_ids) for case_id, row in cases.items()} == {
        "RSK-1": ("INSPECTION", ["SC-1"]),
        "RSK-2": ("INSPECTION", [other]),
        "STA-1": ("SUSPENSION", ["SC-1"]),
    }
    request = cases["STA-1"].order["request"]
    assert (request["reason_code"], request["proposed_scope"], request["in_force"], request["source"]) == (
        "REGULATORY_ACTION",
        "NEW_ORDERS_AND_RELEASE",
        False,
        inspection.case_id,
    )
    assert {row.order["requested_by"]["person"] for row in cases.values()} == {"SYSTEM"}
    row = await row_of(inspection)
    assert row.opened == {"REASSESS_RISK": ["RSK-1", "RSK-2"], "SUSPEND_PROPOSAL": ["STA-1"]}
    assert row.answer_due == date(2025, 2, 4)  # 20 January is a holiday in the United States
    await is_rebuilt_identically(seeded.database, "inspections")


FOLLOWS: list[tuple[dict[str, Any], list[str], str | None]] = [
    ({"outcome": "NONE"}, [], None),
    ({"outcome": "NAI"}, [], None),
    ({"outcome": "COMPLIANT"}, [], None),
    ({"outcome": "VAI", **COPY}, ["RISK"], None),
    (FORM_483, ["RISK"], None),
    (OAI, ["RISK", "STATUS"], "REGULATORY_ACTION"),
    ({"outcome": "NON_COMPLIANT"}, ["RISK", "STATUS"], "NON_COMPLIANCE"),
]


@on_one_database
@pytest.mark.parametrize(("outcome", "processes", "reason"), FOLLOWS)
async def test_what_follows_depends_on_the_outcome(
    seeded: Seeded, outcome: dict[str, Any], processes: list[str], reason: str | None
) -> None:
    await stands(seeded, AslStatus.APPROVED)
    cases = (await opened_by(seeded, await ended(seeded, **outcome))).values()
    assert sorted(Process(row.process).name for row in cases) == processes
    reasons = [row.order["request"]["reason_code"] for row in cases if row.process == Process.STATUS.value]
    assert reasons == ([reason] if reason else [])


@on_one_database
@pytest.mark.parametrize(
    ("status", "reach", "proposed"),
    [
        (AslStatus.SUSPENDED, "NEW_ORDERS", True),
        (AslStatus.SUSPENDED, "FULL", False),
        (AslStatus.RETIRED, None, False),
        (AslStatus.DISQUALIFIED, None, False),
    ],
)
async def test_nothing_is_proposed_where_there_is_nothing_to_stop(
    seeded: Seeded, status: AslStatus, reach: str | None, *, proposed: bool
) -> None:
    await stands(seeded, status, suspension_scope=reach)
    assert ("STA-1" in await opened_by(seeded, await ended(seeded, **OAI))) is proposed


@on_one_database
async def test_the_sponsor_enters_what_a_silent_site_does_not_say_and_the_same_follows(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    await seeded.upload(by=await seeded.actor("vito"), site_id="VM-02")
    inspection = await noticed(seeded)
    refusal = await refused(inspection.answers("ines", "enter-beginning", started_on="2025-01-12"))
    assert set(refusal.fields) == {"started_on"}
    await inspection.answers("ines", "enter-beginning", started_on="2025-01-13")
    refusal = await refused(inspection.answers("ines", "enter-outcome", end="2025-01-12", received_on="2025-01-13"))
    assert set(refusal.fields) == {"end"}
    assert (await refused(inspection.answers("vito", "enter-outcome"))).code is Code.WRONG_ROLE
    effect = (await inspection.answers("ines", "enter-outcome", **OAI)).effect
    assert effect["answer"] is not None
    assert set(await opened_by(seeded, inspection)) == {"RSK-1", "STA-1"}
    row = await row_of(inspection)
    assert (row.start, row.outcome, row.answer_due) == (date(2025, 1, 13), "OAI", date(2025, 2, 4))
    await inspection.does("ines", "review-outcome", for_cause=True)
    assert "AUD-1" in await opened_by(seeded, inspection)
    await inspection.does("vito", "file-answer", document=COPY["report"])
    assert (await row_of(inspection)).answered_on is not None
    await is_rebuilt_identically(seeded.database, "inspections")


@on_one_database
async def test_a_good_outcome_lifts_nothing(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.SUSPENDED)
    inspection = await ended(seeded, outcome="NAI")
    await inspection.does("ines", "review-outcome")
    assert [row.status for row in await seeded.rows(AslRow)] == ["SUSPENDED"]
    assert await opened_by(seeded, inspection) == {}


@on_one_database
async def test_an_oai_and_a_warning_letter_count_when_the_risk_is_scored(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)

    async def facts() -> set[str]:
        async with seeded.database.reading() as session:
            scope = await session.get_one(ScopeRow, "SC-1")
            return set((await situation_of(session, await session.get_one(CaseRow, "RSK-1"), scope)).facts)

    inspection = await ended(seeded, **FORM_483)
    assert await facts() == set()
    await inspection.answers("ines", "report-warning-letter")
    assert await facts() == {"WARNING_LETTER"}
    await ended(seeded, **OAI)
    assert await facts() == {"WARNING_LETTER", "OAI"}


@on_one_database
@pytest.mark.parametrize(("outcome", "flagged"), [(OAI, True), ({"outcome": "NAI"}, False)])
async def test_what_an_authority_has_done_is_flagged_until_all_that_follows_is_over(
    seeded: Seeded, outcome: dict[str, Any], *, flagged: bool
) -> None:
    inspection = await ended(seeded, **outcome)
    for over in (False, True):
        async with seeded.database.reading() as session:
            flags = await flags_of_cases(session, await session.get_one(ScopeRow, "SC-1"))
        assert ("REG_ACTION" in flags) is (flagged or not over)
        if not over:
            await inspection.closes("CLOSED")


# ------------------------------------------------------------------------------ the answer to the authority


async def test_a_day_on_which_the_site_is_closed_does_not_move_what_is_due_at_the_authority(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    closed: dict[str, Any] = {"set": {"closing_days": ["2025-01-14", "2025-01-31"]}, "reason": "Holidays of the site"}
    await seeded.write("calendar.changed", "CAL-UTC", closed, by=await seeded.actor("ines"))
    inspection = await ended(seeded, **FORM_483)
    (told,) = await seeded.events(inspection.case_id, "inspection.report-outcome")
    effect: Any = told.payload["effect"]
    assert effect["answer"]["answer_due"] == "2025-02-04"
    assert effect["answer"]["draft_due"] == "2025-01-29"


async def test_observations_and_a_warning_letter_are_answered_each_in_its_time(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    inspection = await ended(seeded, **FORM_483)
    (told,) = await seeded.events(inspection.case_id, "inspection.report-outcome")
    assert told.payload["effect"] == {
        "answer": {
            "answers": "OBSERVATIONS",
            "since": "2025-01-13",
            "answer_due": "2025-02-04",
            "draft_due": "2025-01-30",
        },
        "notified_late": False,
    }
    letter: dict[str, Any] = {"answers": "WARNING_LETTER"}
    unread = letter | {"draft": {"version": 1, "sha256": "0" * 64}}
    for by, action, given in (("ines", "comment-draft", unread), ("vito", "file-answer", letter)):
        assert (await refused(inspection.answers(by, action, given))).code is Code.NOT_OPEN
    inspection.passes(days=16)  # Wednesday 29 January
    await inspection.answers("vito", "share-draft", {"answers": "OBSERVATIONS"})
    await inspection.asks("share-draft", answers="OBSERVATIONS")
    refusal = await refused(inspection.answers("vito", "share-draft", {"answers": "WARNING_LETTER"}))
    assert set(refusal.fields) == {"answers"}
    stale = {"answers": "OBSERVATIONS", "draft": {"version": 1, "sha256": "1" * 64}}
    assert (await refused(inspection.answers("ines", "comment-draft", stale))).code is Code.VERSION_STALE
    await inspection.answers("vito", "report-warning-letter", received_on="2025-01-29")
    inspection.passes(days=5)  # Monday 3 February
    assert set((await refused(inspection.answers("vito", "file-answer", filed_on="2025-02-04"))).fields) == {"filed_on"}
    filed = {"answers": "OBSERVATIONS", "filed_on": "2025-02-03", "commitments": ["A new audit trail review."]}
    written = await inspection.answers("vito", "file-answer", filed)
    assert written.effect == {"filed_late": False, "shared_in_time": True}
    inspection.passes(days=18)  # 21 February, a day after the answer to the letter was due
    written = await inspection.answers("vito", "file-answer", {"answers": "WARNING_LETTER"}, filed_on="2025-02-21")
    assert written.effect == {"filed_late": True, "shared_in_time": False}
    row = await row_of(inspection)
    assert (row.answered_on, row.letter_answer_due, row.letter_answered_on) == (
        date(2025, 2, 3),
        date(2025, 2, 20),  # 17 February is a holiday in the United States
        date(2025, 2, 21),
    )
    assert (row.warned_on, row.commitments) == (date(2025, 1, 29), ["A new audit trail review."])
    assert row.opened == {"REASSESS_RISK": ["RSK-1"], "SUSPEND_PROPOSAL": ["STA-1"]}
    await is_rebuilt_identically(seeded.database, "inspections")


# ------------------------------------------------------------------------------ what a person decides


@on_one_database
async def test_a_review_opens_the_audit_and_proposes_to_disqualify_a_closed_site(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    await another_scope(seeded)  # never on the list
    inspection = await ended(seeded, **OAI)
    effect = (
        await inspection.does("ines", "review-outcome", for_cause=True, site_closed=True, concerned="SITE")
    ).effect
    assert effect == {"FOR_CAUSE": ["AUD-1"], "DISQUALIFICATION": ["STA-2"]}
    again = (await inspection.does("ines", "review-outcome", for_cause=True)).effect
    assert again == {"FOR_CAUSE": ["AUD-1"]}  # a second one on the same inspection joins
    cases = await opened_by(seeded, inspection)
    assert (cases["AUD-1"].kind, cases["STA-2"].kind) == ("FOR_CAUSE", "DISQUALIFICATION")
    assert cases["STA-2"].order["request"]["reason_code"] == "SITE_CLOSED"
    row = await row_of(inspection)
    assert (row.for_cause, row.site_closed) == (True, True)
    assert (row.opened["FOR_CAUSE"], row.opened["DISQUALIFICATION"]) == (["AUD-1"], ["STA-2"])
    await is_rebuilt_identically(seeded.database)


# ------------------------------------------------------------------------------ known once, told in time


@on_one_database
async def test_an_inspection_has_one_open_case_whoever_tells_of_it(seeded: Seeded) -> None:
    theirs = await noticed(seeded, reference="FEI 300")
    assert (await noticed(seeded, "ines", reference="fei300", authority="fda")).case_id == theirs.case_id
    assert (await noticed(seeded, "olga", reference="FEI 300", site_id="OB-01")).case_id != theirs.case_id
    await theirs.closes("CLOSED")
    assert (await noticed(seeded, reference="FEI 300")).case_id != theirs.case_id


TOLD: list[tuple[str, dict[str, Any], str | None, bool]] = [
    ("vito", {"announced_on": "2025-01-10"}, "2025-01-13", False),
    ("vito", {"announced_on": "2025-01-09"}, "2025-01-10", True),
    ("uta", {"announced_on": None, "start": "2025-01-09"}, "2025-01-10", True),
    ("vito", {"announced_on": "2025-01-13", "start": "2025-03-03"}, "2025-01-14", False),
    ("ines", {"announced_on": "2025-01-01"}, None, False),
]


@on_one_database
async def test_the_time_to_tell_runs_from_the_announcement_or_the_start_by_policy_or_agreement(seeded: Seeded) -> None:
    for by, given, due, late in TOLD:
        row = await row_of(await noticed(seeded, by, **given))
        told = row.notify_due_at.isoformat() if row.notify_due_at else None
        assert (told, row.notified_late) == (f"{due}T23:59:59+00:00" if due else None, late), (by, given)
    await agrees(seeded, {"inspection_announced": "2bd", "inspection_outcome": "1bd"})
    inspection = await noticed(seeded, announced_on="2025-01-09")
    row = await row_of(inspection)
    assert (str(row.notify_due_at), row.notified_late) == ("2025-01-13 23:59:59+00:00", False)
    await inspection.does("vito", "begin", started_on="2025-01-09")
    await inspection.does("vito", "report-outcome", end="2025-01-09", received_on="2025-01-09")
    assert (await row_of(inspection)).outcome_late is True


@on_one_database
async def test_who_may_not_tell_and_what_cannot_be_is_refused(seeded: Seeded) -> None:
    for by, given, code in (
        ("olga", {}, Code.NOT_FOUND),
        ("wen", {}, Code.WRONG_ROLE),
        ("hana", {}, Code.WRONG_ROLE),
        ("vito", {"announced_on": "2025-01-14"}, Code.RULE_BROKEN),
        ("vito", {"scope_ids": ["SC-2"]}, Code.RULE_BROKEN),
    ):
        assert (await refused(noticed(seeded, by, **given))).code is code, (by, given)
    assert await seeded.rows(InspectionRow) == []
    inspection = await noticed(seeded, announced_on="2025-01-10")
    assert set((await refused(inspection.does("vito", "begin", started_on="2025-01-09"))).fields) == {"started_on"}
    await inspection.does("vito", "begin")
    assert set((await refused(inspection.does("vito", "report-outcome", outcome="VAI"))).fields) == {"report"}
    await inspection.does("vito", "report-outcome")
    letter = inspection.answers("vito", "report-warning-letter", received_on="2025-01-12")
    assert set((await refused(letter)).fields) == {"received_on"}


# ------------------------------------------------------------------------------ who sees it


@on_one_database
async def test_the_site_sees_its_inspection_and_nothing_of_what_the_sponsor_makes_of_it(seeded: Seeded) -> None:
    await stands(seeded, AslStatus.APPROVED)
    inspection = await ended(seeded, **OAI)
    await inspection.does("ines", "review-outcome")
    vito, olga, hana = [await seeded.actor(user) for user in ("vito", "olga", "hana")]
    async with seeded.database.reading() as session:
        seen = await one_case(session, vito, Process.INSPECTION, inspection.case_id, START)
        journal = await events_of(session, vito, Process.INSPECTION, inspection.case_id, limit=99)
        inside = await one_case(session, hana, Process.INSPECTION, inspection.case_id, START)
        listed = [await list_cases(session, vito, process, limit=9) for process in (Process.RISK, Process.STATUS)]
        hidden = one_case(session, olga, Process.INSPECTION, inspection.case_id, START)
        assert (await refused(hidden)).code is Code.NOT_FOUND
    assert seen.inspection is not None
    assert inside.inspection is not None
    assert (seen.inspection.outcome, seen.inspection.answer_due) == ("OAI", date(2025, 2, 4))
    assert (seen.inspection.for_cause, seen.inspection.site_closed, seen.inspection.opened) == (None, None, None)
    assert inside.inspection.opened == {"REASSESS_RISK": ("RSK-1",), "SUSPEND_PROPOSAL": ("STA-1",)}
    assert [record.action for record in seen.records] == ["request", "begin", "report-outcome"]
    assert ([*seen.cases], [[*page.items] for page in listed]) == ([], [[], []])
    assert [case.case_id for case in inside.cases] == ["RSK-1", "STA-1"]
    told = " ".join(event.model_dump_json() for event in journal.items)
    assert not any(word in told for word in ("RSK-", "STA-", "review-outcome", "followed"))
