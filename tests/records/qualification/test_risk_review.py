"""A risk review in the records: the steps of a qualification, with the facts that the scope has had since its last."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.forms import Process
from domain.core.refusals import Code
from domain.event.site_event import SiteEventReport
from records.core.tables.cases import CaseRow, RecordRow
from records.core.tables.master_data import ScopeRow
from records.qualification.tables.risk import RiskAssessmentRow
from records.views.cases import list_cases, one_case
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

REVIEW = {"cause": "OTHER", "site_id": "OB-01", "scope_id": "SC-2", "reason": "Two deviations of one kind."}
GRAVE = (5, 3, 3, 3, 4, 5, 1)
"""74.00, CRITICAL."""


async def requested(seeded: Seeded, by: str = "ines", **changes: Any) -> Qualifying:
    """A review; by default of a scope that is HIGH."""
    return await a_case(seeded, Process.RISK, REVIEW | changes, by=by)


async def assesses(case: Qualifying, scores: tuple[int, ...] = (), **changes: Any) -> dict[str, Any]:
    prefill = await case.asks("assess-risk")
    for each, score in zip(prefill["factors"], scores, strict=False):
        each["score"] = score
    return (await case.answers("ines", "assess-risk", prefill, **changes)).effect


async def tier(case: Qualifying) -> str | None:
    return (await case.seeded.row(ScopeRow, (await case.row()).scope_ids[0])).risk_tier


async def screened(seeded: Seeded, *facts: str, days_ago: int = 0) -> CaseRow:
    """A qualification of VM-02 whose screening found these facts, so long ago."""
    case = await a_qualification(seeded, "carla")
    at = START - timedelta(days=days_ago)
    row = RecordRow(
        case_id=case.case_id,
        action="screen",
        version=1,
        number=2,
        audience="SPONSOR",
        form={},
        effect={"facts": [*facts]},
        sha256="0" * 64,
        by_person="PER-1",
        by_name="Somebody",
        at=at,
        recorded_at=at,
    )
    async with seeded.database.writing() as session:
        session.add(row)
    return await case.row()


async def lowered(seeded: Seeded) -> None:
    """The scope of VM-02 is HIGH, with an assessment that says so."""
    review = await requested(seeded, site_id="VM-02", scope_id="SC-1")
    await assesses(review, tier="HIGH", method="Our own method")
    await review.does("priya", "approve-risk")
    await review.does("hana", "confirm-lower-tier")
    await review.closes("HIGH")


async def test_a_tier_that_rises_takes_effect_with_one_approval(seeded: Seeded) -> None:
    review = await requested(seeded)
    effect = await assesses(review, GRAVE, tier="CRITICAL", next_review="2026-01-13")
    assert (effect["score"], effect["current_tier"], effect["lowers"]) == ("74.00", "HIGH", False)
    assert (await refused(review.does("ines", "approve-risk"))).code is Code.WRONG_ROLE
    assert await tier(review) == "HIGH"
    await review.does("priya", "approve-risk")
    assert (await tier(review), (await review.row()).risk_tier) == ("CRITICAL", "CRITICAL")
    row = await seeded.row(RiskAssessmentRow, (review.case_id, 1))
    assert (row.scope_id, row.status, row.approver) == ("SC-2", "APPROVED", seeded.result.person("priya"))
    hana = await seeded.actor("hana")
    async with seeded.database.reading() as session:
        shown = (await one_case(session, hana, Process.RISK, review.case_id, START)).risk
    assert shown is not None
    assert (shown.score, shown.tier) == ("74.00", "CRITICAL")
    await is_rebuilt_identically(seeded.database, "risk_assessments", "scopes")


@on_one_database
async def test_a_tier_that_falls_needs_two_approvals(seeded: Seeded) -> None:
    """S8."""
    review = await requested(seeded, site_id="VM-02", scope_id="SC-1")
    assert (await assesses(review, tier="HIGH"))["lowers"] is True
    await review.does("priya", "approve-risk")
    assert await tier(review) == "CRITICAL"
    assert (await refused(review.does("priya", "confirm-lower-tier"))).rule == "S8"
    await review.does("hana", "confirm-lower-tier")
    assert await tier(review) == "HIGH"


@on_one_database
async def test_a_review_starts_from_the_assessment_in_force(seeded: Seeded) -> None:
    await lowered(seeded)
    review = await requested(seeded, site_id="VM-02", scope_id="SC-1")
    prefill = await review.asks("assess-risk")
    assert (prefill["method"], "tier" in prefill) == ("Our own method", False)


@on_one_database
@pytest.mark.parametrize(
    ("facts", "days_ago", "event", "expected"),
    [
        ((), 0, {}, "HIGH"),
        (("OAI",), 0, {}, "CRITICAL"),
        ((), 1, {"type": "WARNING_LETTER"}, "CRITICAL"),
        ((), 1, {"type": "INSPECTION_OUTCOME", "authority_outcome": "OAI"}, "CRITICAL"),
        ((), 1, {"type": "INSPECTION_OUTCOME", "authority_outcome": "VAI"}, "HIGH"),
        ((), 1, {"type": "RECALL"}, "HIGH"),
        ((), -1, {"type": "WARNING_LETTER"}, "HIGH"),
        (None, 0, {"type": "IMPORT_ALERT"}, "CRITICAL"),
        (None, 0, {"type": "IMPORT_ALERT", "site_id": "OB-01"}, "HIGH"),
    ],
)
async def test_the_floor_is_that_of_the_last_screening_and_of_what_authorities_did_since(
    seeded: Seeded, facts: tuple[str, ...] | None, days_ago: int, event: dict[str, Any], expected: str
) -> None:
    if facts is not None:
        await screened(seeded, *facts, days_ago=days_ago)
    if event:
        await a_case(seeded, Process.EVENT, filled(SiteEventReport, **event).model_dump(mode="json"), by="rosa")
    review = await requested(seeded, site_id="VM-02", scope_id="SC-1")
    assert (await assesses(review, tier="CRITICAL", raised_because="Caution."))["computed_tier"] == expected


@on_one_database
async def test_one_review_of_a_scope_is_open_at_a_time_and_the_site_knows_of_none(seeded: Seeded) -> None:
    first = await requested(seeded)
    assert (await requested(seeded, "priya")).case_id == first.case_id
    assert len(await seeded.events(first.case_id, "risk.merged")) == 1
    await first.closes("HIGH")
    assert (await requested(seeded, "hana", cause="REVIEW_DUE")).case_id != first.case_id
    olga = await seeded.actor("olga")
    async with seeded.database.reading() as session:
        assert (await list_cases(session, olga, Process.RISK, limit=9)).items == ()
    for by, code in (("tom", Code.WRONG_ROLE), ("paul", Code.WRONG_ROLE), ("olga", Code.WRONG_ROLE)):
        assert (await refused(requested(seeded, by))).code is code
    assert (await refused(requested(seeded, scope_id="SC-1"))).code is Code.RULE_BROKEN
