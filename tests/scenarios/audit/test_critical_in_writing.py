"""What is critical is so however it arises: graded in the report, raised by a dispute, and no more once withdrawn."""

from typing import Any

from tests.company import Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios import deciding
from tests.scenarios.qualifying import does, stands

MAJOR = {"severity": "MAJOR", "area": "Production", "summary": "Cleaning limits are not justified."}


async def with_findings(company: Company, audit: str, *severities: str) -> list[dict[str, Any]]:
    """The findings of the report that was told, with other severities."""
    task = await company.tom.task(audit, "report")
    assert task is not None
    findings = task["prefill"]["findings"]
    return [{**finding, "severity": severity} for finding, severity in zip(findings, severities, strict=True)]


async def follows_at_once(company: Company, audit: str) -> str:
    """People are told, the site contains it, and a suspension is decided on. Returns the case of that decision."""
    for user in ("hana", "quentin"):
        assert len(await company.mails(user, "critical finding at VM-02")) == 1
    contain = await company.asked(audit, "contain")
    assert contain.due_at is not None
    (status,) = (await company.hana.get("/v1/status-cases"))["items"]
    assert (await company.asked(status["case_id"], "suspend")).due_at is not None
    return str(status["case_id"])


async def amended(company: Company, audit: str, outcome: str) -> None:
    """The lead writes the amendment, with the outcome as it is now, and another person approves it."""
    task = await company.asked(audit, "amend-report")
    assert task.prefill["recommendation"] == outcome
    other = next(each for each in ("ACCEPTABLE", "CONDITIONAL") if each != outcome)
    wrong = await company.tom.attempts(audit, "amend-report", recommendation=other)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["recommendation"])
    await company.tom.does(audit, "amend-report")
    await company.priya.does(audit, "approve-amendment", approve=False)
    await company.tom.does(audit, "amend-report")
    case = await company.priya.does(audit, "approve-amendment")
    assert case["audit"]["recommendation"] == outcome


async def test_what_is_graded_critical_in_the_report_is_contained_and_decided_on(company: Company) -> None:
    await stands(company, "APPROVED")
    audit = await company.audit_under_way(findings=[MAJOR])
    findings = await with_findings(company, audit, "CRITICAL")
    await company.reported(audit, findings=findings, recommendation="UNACCEPTABLE")
    case_id = await follows_at_once(company, audit)
    await does(company.hana, case_id, "suspend")
    await company.vito.does(audit, "contain")
    assert await company.open_task(audit, "amend-report") is None


async def test_what_a_dispute_raises_is_critical_from_then_on_and_the_report_is_amended(company: Company) -> None:
    await stands(company, "APPROVED")
    audit = await company.audit_under_way(findings=[MAJOR])
    await company.reported(audit)
    assert await company.mails("hana", "critical finding at VM-02") == []
    await company.vito.does(audit, "dispute", finding_no=1, evidence=[await company.vito.uploads(audit)])
    raised = {"verdict": "RECLASSIFIED", "severity": "CRITICAL", "new_evidence": [await company.priya.uploads(audit)]}
    case = await company.priya.does(audit, "judge-dispute", **raised)
    assert case["audit"]["recommendation"] == "UNACCEPTABLE"
    await follows_at_once(company, audit)
    await amended(company, audit, "UNACCEPTABLE")
    await company.vito.does(audit, "contain")
    await company.answered(audit)
    for capa in await company.capas_of(audit):
        await company.implemented(capa)
    await company.asked(audit, "close")
    case = await company.priya.does(audit, "close")
    assert (case["stage"], case["outcome"]) == ("CLOSED", "UNACCEPTABLE")
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)


async def test_a_finding_that_is_raised_after_its_plan_was_accepted_is_planned_anew(company: Company) -> None:
    audit = await company.audit_under_way(findings=[MAJOR])
    await company.reported(audit)
    await company.vito.does(audit, "respond")
    await company.vito.does(audit, "dispute", finding_no=1, evidence=[await company.vito.uploads(audit)])
    await company.judged(audit)
    (before,) = await company.capas_of(audit)
    raised = {"verdict": "RECLASSIFIED", "severity": "CRITICAL", "new_evidence": [await company.priya.uploads(audit)]}
    await company.priya.does(audit, "judge-dispute", **raised)
    assert (await company.recorded(before, "case.closed")).payload["outcome"] == "CANCELLED"
    await company.answered(audit)
    (capa,) = {*await company.capas_of(audit)} - {before}
    (planned,) = [each for each in (await company.ines.sees(audit))["capas"] if each["capa_id"] == capa]
    assert planned["severity"] == "CRITICAL"


async def test_an_audit_whose_only_critical_finding_is_withdrawn_is_not_unacceptable(company: Company) -> None:
    audit = await company.audit_under_way(findings=[MAJOR])
    findings = await with_findings(company, audit, "CRITICAL")
    await company.reported(audit, findings=findings, recommendation="UNACCEPTABLE")
    await company.vito.does(audit, "contain")
    await company.vito.does(audit, "dispute", finding_no=1, evidence=[await company.vito.uploads(audit)])
    case = await company.priya.does(audit, "judge-dispute", verdict="WITHDRAWN")
    assert case["audit"]["recommendation"] == "ACCEPTABLE"
    await amended(company, audit, "ACCEPTABLE")
    await company.asked(audit, "close")
    case = await company.priya.does(audit, "close")
    assert (case["stage"], case["outcome"]) == ("CLOSED", "ACCEPTABLE")
    await deciding.at_rest(company)
    await is_rebuilt_identically(company.database)
