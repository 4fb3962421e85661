"""Reviewing a quarter: once, on the figures that were shown, by two people; what follows is proposed."""

from typing import Any

from domain.asl.asl import AslStatus
from domain.core.entry import Entry, StartCase
from domain.core.forms import Process
from domain.core.refusals import Code
from records.audit.tables.audits import FindingRow
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import PersonRow
from records.oversight.queries import ScorecardView
from records.oversight.tables import ScorecardRow
from tests.records.qualifying import Qualifying, a_case, refused, stands
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.scored import a_capa, an_event, makes_batches, noon, watched
from tests.records.seeded import Seeded

Q2 = {"site_id": "VM-02", "scope_id": "SC-1", "first_day": "2025-04-01"}


async def a_review(
    seeded: Seeded, first_day: str = "2025-04-01", on: str = "2025-07-03", by: str = "ines"
) -> Qualifying:
    return await a_case(seeded, Process.REVIEW, {**Q2, "first_day": first_day}, by=by, at=noon(on))


async def a_red_quarter(seeded: Seeded) -> None:
    """Three batches, an OOS result, three serious deviations, and the only CAPA was late, by more than 30 days."""
    await makes_batches(seeded, "2025-04-07", "2025-04-14", "2025-04-21")
    for number, type_ in enumerate(("OOS", "DEVIATION", "DEVIATION", "DEVIATION")):
        await an_event(seeded, number, type_, "MAJOR", "2025-05-02")
    await a_capa(seeded, due_on="2025-04-10", done_on="2025-06-20")


async def test_a_watched_scope_and_a_quarter_that_is_over_are_reviewed_once(seeded: Seeded) -> None:
    assert (await refused(a_review(seeded))).fields == {"scope_id": "is not watched"}
    await watched(seeded)
    assert set((await refused(a_review(seeded, on="2025-06-30"))).fields) == {"first_day"}
    assert set((await refused(a_review(seeded, "2025-05-01"))).fields) == {"first_day"}
    assert (await refused(a_review(seeded, by="priya"))).code is Code.WRONG_ROLE
    review = await a_review(seeded)
    assert (await review.row()).title == "Review of VM-02 (API_MFG) in 2025-Q2"
    assert (await a_review(seeded)).case_id == review.case_id
    await review.closes("JUDGED")
    assert (await refused(a_review(seeded))).code is Code.CONFLICT
    assert (await a_review(seeded, "2025-01-01")).case_id != review.case_id
    assert await _requested_by_the_program(seeded) == review.case_id


async def _requested_by_the_program(seeded: Seeded) -> str:
    """The oversight asks again for a quarter that was judged; it is told which case that was."""
    line = StartCase(process=Process.REVIEW, form={**Q2})
    entry = Entry(stream="SITE-1", command_id="again", at=noon("2025-07-05"), lines=(line,))
    (case_id,) = (await seeded.journal.write(entry)).started
    return case_id


async def test_a_red_quarter_is_judged_by_two_and_leads_to_a_proposal(seeded: Seeded) -> None:
    await watched(seeded)
    await a_red_quarter(seeded)
    open_capa = await a_capa(seeded, due_on="2025-07-30")
    review = await a_review(seeded)
    suggested = await review.asks("review")
    assert set(suggested) == {"period", "figures", "trend"}
    assert suggested["figures"]["rating"] == "RED"
    assert (suggested["trend"], suggested["figures"]["score"]) == ("UNKNOWN", "18.18")
    assert suggested["figures"]["open_capas"] == ["CAPA-1", open_capa]
    assert suggested["figures"]["late_capas"] == ["CAPA-1"]
    assert suggested["figures"]["events"][0] == "EVT-1: OOS result, MAJOR"
    told = await refused(review.answers("ines", "review", suggested, attendees=[seeded.result.person("vito")]))
    assert set(told.fields) == {"attendees.0"}
    better = {**suggested["figures"], "score": "99.00"}
    assert set((await refused(review.answers("ines", "review", suggested, figures=better))).fields) == {"figures"}
    await review.answers("ines", "review", suggested)
    read = await review.asks("approve")
    stale = {"version": 1, "sha256": "1" * 64}
    assert (await refused(review.answers("priya", "approve", read, review=stale))).code is Code.VERSION_STALE
    assert (await refused(review.answers("carla", "approve", read))).code is Code.WRONG_ROLE
    await _holds(seeded, "ines", "SUPPLIER_QUALITY", "QA_APPROVER")
    own = await refused(review.answers("ines", "approve", read))  # nobody approves what they wrote in another role
    assert (own.code, own.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")
    await _holds(seeded, "ines", "SUPPLIER_QUALITY")
    approved = await review.answers("priya", "approve", read)
    proposal = await seeded.row(CaseRow, approved.effect["proposed"])
    assert (proposal.process, proposal.scope_ids, proposal.requested_by) == ("status-cases", ["SC-1"], "SYSTEM")
    request = proposal.order["request"]
    assert (request["kind"], request["reason_code"], request["source"]) == ("PROBATION", "SCORE_RED", review.case_id)
    (row,) = await seeded.rows(ScorecardRow)
    shown = ScorecardView.model_validate(row, from_attributes=True)
    assert (shown.kind, shown.rating, shown.computed_rating, str(shown.last_day)) == (
        "QUARTER", "RED", "RED", "2025-06-30"
    )  # fmt: skip
    await are_rebuilt_identically(seeded.database, "scorecards")


async def _holds(seeded: Seeded, user: str, *roles: str) -> None:
    async with seeded.database.writing() as session:
        (await session.get_one(PersonRow, seeded.result.person(user))).roles = [*roles]


async def test_a_review_that_is_sent_back_judges_nothing_and_is_shown_fresh_figures(seeded: Seeded) -> None:
    await watched(seeded)
    await stands(seeded, AslStatus.SUSPENDED)
    await a_red_quarter(seeded)
    review = await a_review(seeded)
    await review.does("ines", "review")
    assert (await review.does("priya", "approve", approve=False)).effect == {"proposed": None}
    assert await seeded.rows(ScorecardRow) == []
    await makes_batches(seeded, "2025-06-07")
    suggested = await review.asks("review")
    assert suggested["figures"]["batches"] == 4
    await review.answers("ines", "review", suggested)
    assert (await review.does("hana", "approve")).effect == {"proposed": None}  # a suspended site is past probation


async def test_the_second_amber_quarter_in_a_row_leads_to_a_proposal_and_has_a_trend(seeded: Seeded) -> None:
    await watched(seeded)
    await makes_batches(seeded, "2025-01-20", "2025-02-14", "2025-03-21", "2025-04-07", "2025-04-14", "2025-04-21")
    amber = {"rating": "AMBER", "override_reason": "The laboratory answers late.", "consequences": []}
    first = await a_review(seeded, "2025-01-01")
    await first.does("ines", "review", **amber)
    await first.does("priya", "approve")
    second = await a_review(seeded)
    refusal = await refused(second.does("ines", "review", **amber))
    assert set(refusal.fields) == {"consequences"}
    given = {**await second.asks("review"), **amber, "consequences": ["SCORE_AMBER"]}
    await second.answers("ines", "review", given)
    assert (await second.does("hana", "approve")).effect["proposed"] is not None


async def test_findings_of_the_quarter_are_named_and_a_repeated_major_one_counts(seeded: Seeded) -> None:
    await watched(seeded)
    request = {**seeded.result.audit_request, "scope_ids": ["SC-1"]}
    audit = (await a_case(seeded, Process.AUDIT, request, by="ines")).case_id
    for number, severity, repeats, status in (
        (1, "MAJOR", True, "ISSUED"),
        (2, "OTHER", True, "ISSUED"),
        (3, "MAJOR", False, "ISSUED"),
        (4, "MAJOR", True, "WITHDRAWN"),
    ):
        await _finding(seeded, audit, number, severity=severity, is_repeat=repeats, status=status)
    assert (await (await a_review(seeded)).asks("review"))["figures"]["findings"] == []  # not issued yet
    await _issued(seeded, audit, "2025-06-30")
    figures = (await (await a_review(seeded)).asks("review"))["figures"]
    assert figures["findings"] == [f"FND-1-{number}" for number in (1, 2, 3)]
    assert figures["repeat_majors"] == ["FND-1-1"]
    earlier = await a_review(seeded, "2025-01-01")
    assert (await earlier.asks("review"))["figures"]["findings"] == []


async def _finding(seeded: Seeded, audit: str, number: int, **told: Any) -> None:
    finding = FindingRow(
        case_id=audit, number=number, finding_id=f"FND-1-{number}", area="QC", body={}, site_id="VM-02", **told
    )
    async with seeded.database.writing() as session:
        session.add(finding)


async def _issued(seeded: Seeded, audit: str, day: str) -> None:
    """The report of the audit is approved on a day."""
    record = RecordRow(
        case_id=audit,
        action="approve-report",
        version=1,
        number=90,
        audience="SPONSOR",
        form={},
        effect={},
        sha256="0" * 64,
        by_person="PER-3",
        by_name="Priya Raman",
        at=noon(day),
        recorded_at=noon(day),
    )
    async with seeded.database.writing() as session:
        session.add(record)
