from datetime import date
from typing import Any

import pytest
from pydantic import JsonValue

from domain.core.people import Role
from domain.core.refusals import Code
from records.audit.tables.audits import AuditRow, FindingRow
from records.core.tables.cases import RecordRow
from records.core.tables.master_data import ScopeRow
from records.qualification.queries.risk import risk_of_case, risk_of_scope
from records.qualification.tables.risk import RiskAssessmentRow
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

WORKED = (5, 3, 3, 3, 4, 5, 1)
"""Scores of the worked scenario, in the order of the factors: 74.00."""


async def requested(seeded: Seeded, **changes: Any) -> Qualifying:
    """A qualification, and the document that the forms name as evidence."""
    await seeded.upload()
    return await a_qualification(seeded, **changes)


async def assesses(case: Qualifying, *scores: int, **changes: Any) -> dict[str, Any]:
    """Ines assesses as suggested, with other scores."""
    prefill = await case.asks("assess-risk")
    for each, score in zip(prefill["factors"], scores, strict=False):
        each["score"] = score
    return (await case.answers("ines", "assess-risk", prefill, **changes)).effect


async def tier(case: Qualifying) -> tuple[str | None, int]:
    scope = await case.seeded.row(ScopeRow, "SC-1")
    return scope.risk_tier, scope.version


async def standing(case: Qualifying, version: int = 1) -> RiskAssessmentRow:
    return await case.seeded.row(RiskAssessmentRow, (case.case_id, version))


async def scope_without_a_tier(seeded: Seeded) -> Qualifying:
    """A qualification for a scope that has no tier yet."""
    record: dict[str, JsonValue] = {
        "activity": "API_MFG",
        "product": "ARL-555",
        "dosage_form": None,
        "markets": ["US"],
        "stage": "COMMERCIAL",
        "sole_source": False,
        "risk_tier": None,
    }
    await seeded.write("scope.registered", "VM-02", {"record": record, "site_id": "VM-02"})
    return await requested(seeded, product="ARL-555", markets=["US"], sole_source=False)


async def test_the_worked_scenario_scores_74_and_takes_effect_with_the_approval(seeded: Seeded) -> None:
    case = await requested(seeded)
    case.at = START.replace(month=2, day=24)
    assert await assesses(case, *WORKED, tier="CRITICAL", next_review="2026-02-24") == {
        "score": "74.00",
        "computed_tier": "CRITICAL",
        "tier": "CRITICAL",
        "current_tier": "CRITICAL",
        "lowers": False,
    }
    assert (await case.does("priya", "approve-risk")).effect == {"tier": "CRITICAL", "score": "74.00", "lowers": False}
    row = await standing(case)
    assert (row.status, row.author, row.approver) == (
        "APPROVED",
        seeded.result.person("ines"),
        seeded.result.person("priya"),
    )
    assert (row.approved_at, row.second_approver, row.next_review) == (case.at, None, date(2026, 2, 24))
    assert await tier(case) == ("CRITICAL", 1)
    await is_rebuilt_identically(seeded.database, "risk_assessments")


@on_one_database
async def test_a_first_tier_takes_effect_with_one_approval(seeded: Seeded) -> None:
    case = await scope_without_a_tier(seeded)
    effect = await assesses(case)
    assert (effect["tier"], effect["current_tier"], effect["lowers"]) == ("HIGH", None, False)
    await case.does("priya", "approve-risk")
    scope_id = (await case.row()).scope_ids[0]
    scope = await case.seeded.row(ScopeRow, scope_id)
    assert (scope.risk_tier, scope.version, (await case.row()).risk_tier) == ("HIGH", 2, "HIGH")
    await is_rebuilt_identically(seeded.database, "scopes")


async def test_a_lower_tier_waits_for_a_second_signature(seeded: Seeded) -> None:
    case = await requested(seeded)
    assert (await assesses(case))["lowers"] is True
    refusal = await refused(case.does("hana", "confirm-lower-tier"))
    assert (refusal.code, refusal.rule) == (Code.NOT_OPEN, "S8")
    assert (await case.does("priya", "approve-risk")).effect["lowers"] is True
    assert (await standing(case)).status == "PROPOSED"
    assert await tier(case) == ("CRITICAL", 1)
    assert (await refused(case.does("priya", "confirm-lower-tier"))).rule == "S8"
    assert (await case.does("hana", "confirm-lower-tier")).effect == {"tier": "HIGH", "score": "62.00", "lowers": True}
    row = await standing(case)
    assert (row.status, row.second_approver) == ("APPROVED", seeded.result.person("hana"))
    assert await tier(case) == ("HIGH", 2)
    await is_rebuilt_identically(seeded.database, "risk_assessments", "scopes")


@on_one_database
async def test_a_second_signature_that_is_refused_leaves_the_tier(seeded: Seeded) -> None:
    case = await requested(seeded)
    await assesses(case)
    await case.does("priya", "approve-risk")
    await case.does("hana", "confirm-lower-tier", confirm=False)
    assert (await standing(case)).status == "REJECTED"
    assert await tier(case) == ("CRITICAL", 1)


@on_one_database
async def test_the_author_approves_nothing_under_any_role(seeded: Seeded) -> None:
    """S1, S8: Ines holds the approver's role as well, and still does not approve what she wrote."""
    case = await requested(seeded)
    await assesses(case)
    roles: dict[str, JsonValue] = {"roles": ["SUPPLIER_QUALITY", "QA_APPROVER"]}
    ines = seeded.result.person("ines")
    await seeded.write("person.changed", ines, {"set": roles, "reason": "Stands in"})
    assert Role.QA_APPROVER in (await seeded.actor("ines")).roles
    for action in ("approve-risk", "confirm-lower-tier"):
        if action == "confirm-lower-tier":
            await case.does("priya", "approve-risk")
        refusal = await refused(case.does("ines", action))
        assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S8")


async def test_the_version_that_was_read_is_the_one_that_is_decided_on(seeded: Seeded) -> None:
    case = await requested(seeded)
    await assesses(case)
    first = await case.asks("approve-risk")
    await case.answers("priya", "approve-risk", first, approve=False)
    assert (await standing(case)).status == "REJECTED"
    await assesses(case, *WORKED, tier="CRITICAL", next_review="2026-01-13")
    assert (await refused(case.answers("priya", "approve-risk", first))).code is Code.VERSION_STALE
    await case.does("priya", "approve-risk")
    assert [(await standing(case, version)).status for version in (1, 2)] == ["REJECTED", "APPROVED"]
    assert [(await standing(case, version)).score for version in (1, 2)] == ["62.00", "74.00"]
    await is_rebuilt_identically(seeded.database, "risk_assessments")


@on_one_database
async def test_what_the_records_know_is_suggested(seeded: Seeded) -> None:
    case = await requested(seeded)
    prefill = await case.asks("assess-risk")
    evidence = {each["factor"]: each["evidence"] for each in prefill["factors"] if "evidence" in each}
    assert [*prefill] == ["factors"]
    assert {name for each in prefill["factors"] for name in each} == {"factor", "evidence"}
    assert evidence["past_performance"] == "Not known: no audit of the site was issued yet."
    assert "API_MFG of ARL-204, COMMERCIAL, for EU, US" in evidence["product_criticality"]
    assert evidence["supply_availability"] == "Nobody else can supply it."


@on_one_database
async def test_an_api_for_the_eu_is_reviewed_within_three_years(seeded: Seeded) -> None:
    case = await requested(seeded)
    case.at = START.replace(month=8, day=31)
    refusal = await refused(case.does("ines", "assess-risk", next_review="2027-09-01"))
    assert set(refusal.fields) == {"next_review"}
    await case.answers("ines", "assess-risk", await case.asks("assess-risk"), next_review="2027-08-31")


async def _keeps(seeded: Seeded, *rows: Any) -> None:
    async with seeded.database.writing() as session:
        session.add_all(rows)


def _record(case: Qualifying, action: str, form: dict[str, Any], effect: dict[str, Any]) -> RecordRow:
    return RecordRow(
        case_id=case.case_id,
        action=action,
        version=1,
        number=2,
        audience="SPONSOR",
        form=form,
        effect=effect,
        sha256="0" * 64,
        by_person="PER-1",
        by_name="Somebody",
        at=START,
        recorded_at=START,
    )


@on_one_database
@pytest.mark.parametrize("fact", ["OAI", "WARNING_LETTER", "NON_COMPLIANCE"])
async def test_what_the_screening_found_makes_the_scope_critical(seeded: Seeded, fact: str) -> None:
    case = await scope_without_a_tier(seeded)
    await _keeps(seeded, _record(case, "screen", {}, {"facts": [fact]}))
    assert set((await refused(case.does("ines", "assess-risk", tier="HIGH"))).fields) == {"tier"}


@on_one_database
@pytest.mark.parametrize(
    ("status", "tier"), [("ISSUED", "CRITICAL"), ("VERIFIED", "CRITICAL"), ("CLOSED", "HIGH"), ("WITHDRAWN", "HIGH")]
)
async def test_an_open_critical_finding_makes_the_scope_critical(seeded: Seeded, status: str, tier: str) -> None:
    case = await scope_without_a_tier(seeded)
    await _keeps(
        seeded,
        AuditRow(case_id="AUD-1", type="SCHEDULED", site_id="VM-02", report_version=1),
        FindingRow(
            case_id="AUD-1",
            number=1,
            finding_id="FND-1-1",
            severity="CRITICAL",
            area="QC",
            body={},
            status=status,
            issued=True,
            site_id="VM-02",
        ),
    )
    prefill = await case.asks("assess-risk")
    assert {each["factor"] for each in prefill["factors"] if "evidence" not in each} >= {"past_performance"}
    graver = {"tier": "CRITICAL", "raised_because": "Caution."}
    assert (await case.answers("ines", "assess-risk", prefill, **graver)).effect["computed_tier"] == tier


@on_one_database
async def test_a_questionnaire_without_an_answer_counts_against_the_site(seeded: Seeded) -> None:
    case = await requested(seeded)
    await _keeps(seeded, _record(case, "decide-without", {"verdict": "GO_ON", "reason": "Needed."}, {}))
    (maturity,) = (
        each for each in (await case.asks("assess-risk"))["factors"] if each["factor"] == "quality_system_maturity"
    )
    assert maturity["evidence"] == "No answer to the questionnaire"
    assert set((await refused(assesses(case, 3, 3, 3, 3))).fields) == {"factors.3.score"}


async def test_risk_is_read_newest_first_and_by_the_sponsor_alone(seeded: Seeded) -> None:
    case = await requested(seeded)
    for _ in range(3):
        await assesses(case)
        await case.does("priya", "approve-risk", approve=False)
    tom, vito, olga = [await seeded.actor(user) for user in ("tom", "vito", "olga")]
    seen: list[int] = []
    cursor = None
    async with seeded.database.reading() as session:
        while True:
            page = await risk_of_scope(session, tom, "VM-02", "SC-1", cursor=cursor, limit=2)
            seen += [view.version for view in page.items]
            if (cursor := page.next) is None:
                break
        newest = await risk_of_case(session, tom, case.case_id)
        assert newest is not None
        assert (seen, newest.version, await risk_of_case(session, vito, case.case_id)) == ([3, 2, 1], 3, None)
        for actor, code in ((vito, Code.WRONG_ORGANISATION), (olga, Code.NOT_FOUND)):
            refusal = await refused(risk_of_scope(session, actor, "VM-02", "SC-1", cursor=None, limit=2))
            assert refusal.code is code
        for wrong in ("none", "WyJ4Il0", "WyJ4IiwgMSwgMl0"):
            refusal = await refused(risk_of_scope(session, tom, "VM-02", "SC-1", cursor=wrong, limit=2))
            assert refusal.code is Code.FORM_INVALID
