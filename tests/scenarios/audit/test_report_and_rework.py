"""A third-party audit whose report, answers and findings come back, and the follow-up audit after it."""

from datetime import timedelta

from tests.company import Company
from tests.scenarios.days import WEDNESDAY, the_next

BODY = {"auditing_body": "APIC Audit GmbH", "contract_giver": "Aurelia Pharma", "contract_id": "CTR-2026-04"}
REMOTE = {"mode": "REMOTE", "mode_justification": "Travel is not possible.", "not_verifiable": ["Flow of materials"]}
OTHERS = [{"severity": "OTHER", "area": f"Area {no}", "summary": "A record was late."} for no in range(1, 7)]


async def audited(company: Company) -> str:
    """A remote audit by an outside body on a Wednesday, with six findings that weigh little each."""
    day = the_next(WEDNESDAY, company.today, 45)
    audit = await company.ines.requests(type="SCHEDULED", trigger=None)
    await company.planned(audit, third_party=BODY, first_day=str(day), last_day=str(day), **REMOTE)
    team = [(company.tom, "LEAD"), (company.ruth, "CO")]
    members = [{"person_id": who.person, "role": role, "language": "en"} for who, role in team]
    await company.ines.does(audit, "team", members=members)
    for who, _ in team:
        await who.does(audit, "declare")
    await company.tom.does(audit, "notice")
    await company.vito.does(audit, "confirm")
    conflicted = {"person_id": company.ruth.person, "role": "LEAD", "language": "en"}
    assert await company.ines.is_refused(
        audit, "replace-auditor", outgoing=company.tom.person, incoming=conflicted
    ) == (422, "rule_broken")  # she is in the team already
    await company.tom.does(audit, "prepare")
    await company.comes_on(day)
    await company.conducted(audit, OTHERS)
    return audit


async def reported(company: Company, audit: str) -> None:
    """Sent back by the co-auditor, then by the approver; nobody can decide on a version that has been replaced."""
    task = await company.tom.task(audit, "report")
    assert task is not None
    grouping = {"no": 7, "severity": "MAJOR", "area": "Records", "groups": [1, 2, 3, 4, 5, 6]}
    report = {"findings": [*task["prefill"]["findings"], grouping], "recommendation": "ACCEPTABLE_WITH_CAPA"}
    unassessed = await company.tom.attempts(audit, "report", **report)
    assert list(unassessed.json()["fields"]) == ["final_assessment"]
    report["final_assessment"] = "Aurelia Pharma agrees with the auditing body."
    await company.tom.does(audit, "report", **report)
    first = (await company.asked(audit, "review-report")).prefill["report"]
    await company.ruth.does(audit, "review-report", agree=False, comments="Area 3 is missing.")
    await company.tom.does(audit, "report")
    assert await company.ruth.is_refused(audit, "review-report", report=first) == (412, "version_stale")
    await company.ruth.does(audit, "review-report")
    second = (await company.asked(audit, "approve-report")).prefill["report"]
    await company.priya.does(audit, "approve-report", approve=False, reason="Name the records.")
    await company.tom.does(audit, "report")
    await company.ruth.does(audit, "review-report")
    assert await company.priya.is_refused(audit, "approve-report", report=second) == (412, "version_stale")
    case = await company.priya.does(audit, "approve-report")
    assert (case["audit"]["report_version"], case["audit"]["full_scope"]) == (3, False)
    await company.vito.does(audit, "acknowledge-report")
    case = await company.hana.does(audit, "declare-full-scope")
    assert case["audit"]["full_scope"]


async def test_report_answers_and_findings_come_back_until_they_are_right(company: Company) -> None:
    audit = await audited(company)
    await reported(company, audit)

    await company.vito.does(audit, "respond")
    await company.vito.does(audit, "dispute", finding_no=1, evidence=[await company.vito.uploads(audit)])
    await company.judged(audit, rework=(7,))
    capas = await company.capas_of(audit)
    await company.delivered()
    await company.asked(capas[0], "implement")
    await company.priya.does(audit, "judge-dispute", verdict="WITHDRAWN")
    await company.tom.does(audit, "amend-report")
    await company.priya.does(audit, "approve-amendment")
    assert (await company.recorded(capas[0], "case.closed")).payload["outcome"] == "CANCELLED"
    assert await company.vito.task(capas[0], "implement") is None
    assert (await company.vito.sees(audit))["findings"][0]["status"] == "WITHDRAWN"
    for _ in range(2):
        await company.vito.does(audit, "respond")
        case = await company.judged(audit, rework=(7,))
        assert case["stage"] == "RESPONSE_DUE"
    await company.vito.does(audit, "respond")
    await company.judged(audit, rework=(7,))  # the third rework is not good enough either
    await company.asked(audit, "council-decision")
    assert await company.vito.task(audit, "respond") is None
    case = await company.hana.does(audit, "council-decision")
    assert case["stage"] == "CAPA_MONITORING"

    for capa in capas[1:5] + (await company.capas_of(audit))[-1:]:
        await company.implemented(capa)
    outliving = {"follow_ups": (await company.capas_of(audit))[-1:]}
    open_six = await company.priya.attempts(audit, "close", **outliving)
    assert open_six.json()["fields"] == {"commitments_verified": "finding 6 is not closed"}
    case = await company.priya.does(audit, "close", commitments_verified=[6], **outliving)
    assert (case["stage"], {finding["status"] for finding in case["findings"]}) == ("CLOSED", {"CLOSED", "WITHDRAWN"})

    follow_up = await company.ines.requests(type="FOLLOW_UP", trigger=None, follows=audit)
    forgotten = await company.ines.attempts(follow_up, "plan", prior_findings=[])
    assert list(forgotten.json()["fields"]) == ["prior_findings"]
    await company.ines.does(follow_up, "plan")
    plan = next(record for record in (await company.ines.sees(follow_up))["records"] if record["action"] == "plan")
    assert plan["form"]["prior_findings"] == [finding["finding_id"] for finding in case["findings"]]


async def test_a_new_lead_with_a_conflict_of_interest_does_not_take_over(company: Company) -> None:
    audit = await company.ines.requests(type="SCHEDULED", trigger=None)
    await company.announced(audit)
    await company.comes_on(await company.first_day(audit) - timedelta(days=3))
    incoming = {"person_id": company.ruth.person, "role": "LEAD", "language": "en"}
    await company.ines.does(audit, "replace-auditor", outgoing=company.tom.person, incoming=incoming)
    await company.ruth.does(audit, "declare", independent=False, conflict_of_interest="My brother works there.")
    assert len(await company.mails("ines", "auditor not independent")) == 1
    assert await company.mails("vito", "new auditor") == []
    assert (await company.ines.sees(audit))["audit"]["lead"] == company.tom.person
    assert await company.tom.task(audit, "open") is not None
    await company.ines.does(audit, "replace-auditor", outgoing=company.tom.person, incoming=incoming)
    await company.ruth.does(audit, "declare")
    await company.recorded(audit, "audit.auditor_replaced")
    assert len(await company.mails("vito", "new auditor")) == 1
    assert await company.ruth.task(audit, "open") is not None
