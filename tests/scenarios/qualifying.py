"""How a qualification is told: each step in business words, what is not said is filled in as the task suggests."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import JsonValue

from domain.asl.asl import stream_of
from domain.core.entry import Entry, PlainEvent
from domain.processes import form_of
from domain.qualification.questionnaire import load
from domain.site.site import Activity
from records import contexts
from records.core.journal import Journal
from tests.answering import good_answers
from tests.company import Colleague, Company
from tests.patience import PATIENCE
from tests.records.agreeing import COVERED

TEMPLATE = load((Path(__file__).parents[2] / "policy" / "questionnaire.yaml").read_text())
PLACEHOLDER = {"document_id": "DOC-1", "sha256": "0" * 64}
_REQUEST: dict[str, Any] = {
    "site_id": "VM-02",
    "activity": "API_MFG",
    "product": "ARL-204",
    "stage": "COMMERCIAL",
    "markets": ["EU", "US"],
    "sole_source": True,
    "justification": "The only manufacturer of the intermediate with free capacity.",
}
SEVENTY_FOUR = (5, 3, 3, 3, 4, 5, 1)
"""Scores of the risk factors that give 74.00, CRITICAL."""
MAJOR = {"severity": "MAJOR", "area": "QC laboratory", "summary": "Audit trail review is missing."}
OTHER = {"severity": "OTHER", "area": "Warehouse", "summary": "A label was hard to read."}


def request(company: Company) -> dict[str, Any]:
    """What procurement asks for: the site for three years from now on."""
    return _REQUEST | {"need_by": (company.today + timedelta(days=3 * 365)).isoformat()}


async def requested(company: Company, by: str = "paul", **changes: Any) -> str:
    """A request; returns the id of the case."""
    colleague: Colleague = getattr(company, by)
    answer = await colleague.post("/v1/qualifications", request(company) | changes, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def does(who: Colleague, case_id: str, action: str, **changes: Any) -> dict[str, Any]:
    """Do it, with a file wherever the form asks for one. Returns the case as it then is."""
    answer = await tries(who, case_id, action, **changes)
    assert answer.status_code == 200, f"{who.user} {action} on {case_id}: {answer.text}"
    return dict(answer.json())


async def tries(who: Colleague, case_id: str, action: str, **changes: Any) -> Any:
    """Try it, with a file wherever the form asks for one."""
    await who.company.asked(case_id, action)
    task = await who.task(case_id, action)
    form = who.company.fills(form_of(who.company.process(case_id), action), task["prefill"] if task else {}, **changes)
    body = await with_files(who, case_id, form.model_dump(mode="json"))
    return await who.sends(case_id, action, body, task["task_id"] if task else None)


async def with_files(who: Colleague, case_id: str, value: Any) -> Any:
    """The same with uploaded files in place of examples."""
    if isinstance(value, Mapping):
        if PLACEHOLDER.items() <= value.items():
            return await who.uploads(case_id)
        return {name: await with_files(who, case_id, part) for name, part in value.items()}
    if isinstance(value, list):
        return [await with_files(who, case_id, part) for part in value]
    return value


async def screened(company: Company, case_id: str, **changes: Any) -> None:
    await does(company.ines, case_id, "screen", **changes)


async def questioned(
    company: Company, case_id: str, activity: Activity = Activity.API_MFG, **review: Any
) -> dict[str, Any]:
    """Answered by two people of the site, declared and reviewed; by default accepted."""
    await answers_everything(company.vito, case_id, activity)
    await does(company.vito, case_id, "hand-in-questionnaire")
    await does(company.uta, case_id, "declare-questionnaire")
    return await does(company.ines, case_id, "review-questionnaire", **review)


async def documented(company: Company, case_id: str, **changes: Any) -> None:
    await does(company.vito, case_id, "submit-documents", **changes)
    await does(company.ines, case_id, "review-documents")


async def assessed(company: Company, case_id: str, scores: tuple[int, ...] = SEVENTY_FOUR, **changes: Any) -> None:
    """An assessment with these factor scores and the tier that they give."""
    task = await company.asked(case_id, "assess-risk")
    factors = [factor | {"score": score} for factor, score in zip(task.prefill["factors"], scores, strict=True)]
    review = (company.today + timedelta(days=360)).isoformat()
    form = {"tier": "CRITICAL", "next_review": review, **changes}
    await does(company.ines, case_id, "assess-risk", factors=factors, **form)


async def rated(company: Company, case_id: str) -> None:
    """74 of 100: CRITICAL, as the scope is registered."""
    await assessed(company, case_id)
    await does(company.priya, case_id, "approve-risk")


async def drafted(company: Company, case_id: str, **terms: Any) -> None:
    """A quality agreement in one round, effective today, that waits for its signatures."""
    task = await company.asked(case_id, "draft-agreement")
    known = {"effective_on": company.today.isoformat(), "confirmations": COVERED}
    agreement = {**task.prefill["terms"], **known, **terms}
    await does(company.ines, case_id, "draft-agreement", terms=agreement)
    await does(company.vito, case_id, "answer-agreement")
    await does(company.rosa, case_id, "consult-regulatory")
    await does(company.quentin, case_id, "consult-qp")


async def agreed(company: Company, case_id: str, **terms: Any) -> None:
    """A quality agreement, signed by both sides."""
    await drafted(company, case_id, **terms)
    await does(company.priya, case_id, "sign-agreement")
    await does(company.uta, case_id, "sign-agreement-for-site")


async def audit_of(company: Company, case_id: str, number: int = 1) -> str:
    """The audit that the qualification has opened: the first one, or a later one by its number."""
    async with asyncio.timeout(PATIENCE):
        while True:
            audits = [case["case_id"] for case in (await company.ines.sees(case_id))["cases"]]
            if len(audits) >= number:
                return str(audits[number - 1])
            await asyncio.sleep(0.02)


async def audited(company: Company, case_id: str, findings: list[dict[str, str]]) -> str:
    """Planned, held and reported, and its findings answered; the qualified person agrees. Returns the audit's id."""
    audit = await audit_of(company, case_id)
    await company.asked(audit, "plan")
    await company.announced(audit)
    await company.comes_on(await company.first_day(audit))
    await company.conducted(audit, findings)
    await company.reported(audit)
    await company.delivered()
    await does(company.quentin, case_id, "agree-recommendation")
    if any(finding["severity"] != "RECOMMENDATION" for finding in findings):
        await company.answered(audit)
        await company.delivered()
    return audit


async def decided(company: Company, case_id: str, **proposal: Any) -> dict[str, Any]:
    """Proposed, signed and, where it must be, co-signed."""
    await does(company.priya, case_id, "propose", **proposal)
    case = await does(company.hana, case_id, "decide")
    if case["stage"] == "DECISION":
        case = await does(company.quentin, case_id, "co-sign")
    return case


async def line_of(company: Company, scope: str = "SC-1", **query: Any) -> dict[str, JsonValue] | None:
    """The entry of a scope on the approved supplier list."""
    items = (await company.hana.get("/v1/asl", **query))["items"]
    return next((dict(item) for item in items if item["scope_id"] == scope), None)


def day(text: JsonValue) -> date:
    return date.fromisoformat(str(text)[:10])


async def answers_everything(who: Colleague, case_id: str, activity: Activity = Activity.API_MFG) -> None:
    """Answer every question as a good site would; hand nothing in yet."""
    await who.company.asked(case_id, "hand-in-questionnaire")
    document = await who.uploads(case_id, b"Organisation chart")
    answers = good_answers(TEMPLATE, activity, on=who.company.today, document=document)
    await drafts(who, case_id, answers)


async def drafts(who: Colleague, case_id: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Save answers in the questionnaire that the site's people share."""
    answer = await who.company.http.patch(
        f"/v1/qualifications/{case_id}/questionnaire", json={"answers": answers}, headers=who.headers
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def checks_with(company: Company, case_id: str, **hits: dict[str, Any]) -> list[dict[str, Any]]:
    """The checks that a screening needs, with hits in some registers."""
    task = await company.asked(case_id, "screen")
    return [
        check | {"evidence": PLACEHOLDER, "result": "HIT", "hit": hits[name]}
        if (name := check["register_name"]) in hits
        else check
        for check in task.prefill["checks"]
    ]


async def acknowledges(company: Company, user: str, case_id: str, action: str) -> None:
    """Take up whatever was escalated to somebody, if anything was."""
    who: Colleague = getattr(company, user)
    task = await company.asked(case_id, action)
    await who.sends(case_id, "acknowledge", {"task_id": task.task_id, "note": "I see to it."})


async def does_unasked(who: Colleague, case_id: str, action: str, **changes: Any) -> dict[str, Any]:
    """Take an action that the case offers at any time."""
    form = who.company.fills(form_of(who.company.process(case_id), action), {}, **changes)
    body = await with_files(who, case_id, form.model_dump(mode="json"))
    answer = await who.sends(case_id, action, body)
    assert answer.status_code == 200, f"{who.user} {action} on {case_id}: {answer.text}"
    return dict(answer.json())


async def nothing_is_due(company: Company, case_id: str, reports: int) -> None:
    """Regulatory affairs say of so many reports to authorities that they are not due."""
    for _ in range(reports):
        await does(company.rosa, case_id, "assess-field-alert")


async def stands(company: Company, status: str, scope_id: str = "SC-1") -> None:
    """A statement as a decision of long ago has left it in the journal."""
    payload: dict[str, JsonValue] = {
        "scope_id": scope_id,
        "site_id": "VM-02",
        "supplier_id": "SUP-1",
        "status": status,
        "suspension_scope": None,
        "effective_from": (company.now - timedelta(days=400)).isoformat(),
        "reason_code": "DECISION",
        "reason": "Falsified records",
        "decided_in": "QC-0",
        "decided_by": [company.hana.person],
        "valid_to": None,
        "next_requal_due": None,
        "next_audit_due": None,
        "oversight_model": None,
    }
    fact = PlainEvent(type="asl.changed", payload=payload)
    entry = Entry(stream=stream_of(scope_id), command_id=f"told:{scope_id}", at=company.now, lines=(fact,))
    await Journal(company.database, contexts.load()).write(entry)
