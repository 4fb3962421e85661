"""Somebody who was told nothing drives an audit and a qualification: the API alone says what to do next, and how."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.core.forms import Process
from domain.processes import form_of
from tests import stranger
from tests.company import Company
from tests.domain.filling import moved
from tests.scenarios import qualifying as tell
from tests.stating import stated
from tests.stranger import Refusal, Stranger

OWN_PACKAGES = {"activities", "api", "cli", "domain", "embedded", "records", "settings", "tests", "worker", "workflows"}
ROUNDS = 60
STEPS = [
    "decide", "plan", "approve-plan", "team", "declare", "notice", "confirm", "prepare", "open", "close-meeting",
    "report", "approve-report", "acknowledge-report", "respond", "review-response", "accept-response", "close",
]  # fmt: skip
QUALIFICATION_STEPS = {
    "screen", "hand-in-questionnaire", "declare-questionnaire", "review-questionnaire", "submit-documents",
    "review-documents", "assess-risk", "approve-risk", "confirm-lower-tier", "draft-agreement", "answer-agreement",
    "consult-regulatory", "consult-qp", "sign-agreement", "sign-agreement-for-site", "agree-recommendation", "propose",
    "decide", "co-sign",
}  # fmt: skip


def test_the_stranger_imports_nothing_of_the_program() -> None:
    tree = ast.parse(Path(stranger.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported
    assert not {name.split(".")[0] for name in imported} & OWN_PACKAGES


def came_too_early(refusal: Refusal) -> bool:
    """Whether somebody was refused because a day has not come yet."""
    return refusal.status == 422 and refusal.problem["code"] == "rule_broken" and refusal.action == "open"


def wants_a_draft(refusal: Refusal) -> bool:
    """Whether somebody was told to draft answers, and where, before they are handed in."""
    return refusal.action == "hand-in-questionnaire" and "PATCH on the questionnaire" in refusal.problem["detail"]


async def stranger_in(company: Company) -> Stranger:
    """A stranger with the passwords of all people."""
    passwords = {person.user: company.settings.dev_password for person in company.seeded.people}

    def states(task: dict[str, Any]) -> dict[str, Any]:
        return stated(form_of(Process(task["process"]), task["action"]), task["prefill"], company.now)

    someone = Stranger(company.http, passwords, lambda example: moved(example, company.today), states)
    await someone.reads_the_api()
    return someone


async def works_until(
    company: Company, someone: Stranger, case_id: str, is_over: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Work off the inboxes until a case is over, and let time pass when nobody can go on. Returns the case.

    Nothing may be refused but what waits for its day, or for a questionnaire that is answered by another route.
    """
    case: dict[str, Any] = {}
    for _ in range(ROUNDS):
        while await someone.works_through_the_inboxes():
            await company.delivered()
        early = [refusal for refusal in someone.refusals if came_too_early(refusal)]
        empty = [refusal for refusal in someone.refusals if wants_a_draft(refusal)]
        assert [refusal for refusal in someone.refusals if refusal not in early + empty] == []
        case = await company.ines.sees(case_id)
        if is_over(case):
            break
        if empty:
            await tell.answers_everything(company.vito, case_id)
        elif early:
            await company.comes_on(await company.first_day(early[0].case_id))
        else:
            await company.passes(days=7)
    return case


async def test_a_stranger_drives_a_for_cause_audit_and_its_capas_to_closure(company: Company) -> None:
    someone = await stranger_in(company)
    audit = (await someone.requests("ines", "/v1/audits", company.seeded.audit_request))["case_id"]

    def is_over(case: dict[str, Any]) -> bool:
        return case["stage"] == "CLOSED" and all(owned["stage"] == "EFFECTIVE" for owned in majors(case))

    case = await works_until(company, someone, audit, is_over)
    assert (case["stage"], case["outcome"]) == ("CLOSED", "ACCEPTABLE_WITH_CAPA")
    assert {capa["severity"]: capa["status"] for capa in case["capas"]} == {"MAJOR": "EFFECTIVE", "OTHER": "VERIFIED"}
    assert {finding["status"] for finding in case["findings"]} == {"CLOSED"}
    assert set(STEPS) <= {action for _, case_id, action in someone.answered if case_id == audit}


async def test_a_stranger_drives_a_qualification_to_its_line_on_the_approved_supplier_list(company: Company) -> None:
    someone = await stranger_in(company)
    case_id = (await someone.requests("paul", "/v1/qualifications", tell.request(company)))["case_id"]
    case = await works_until(company, someone, case_id, lambda case: case["closed_at"] is not None)
    assert (case["stage"], case["outcome"]) == ("APPROVED", "APPROVED")
    steps = [action for _, of, action in someone.answered if of == case_id]
    assert (set(steps), len(steps)) == (QUALIFICATION_STEPS, len(QUALIFICATION_STEPS))
    line = await tell.line_of(company)
    assert line is not None
    assert (line["status"], line["decided_in"]) == ("APPROVED", case_id)


def majors(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The CAPAs that have an effectiveness window."""
    numbers = {capa["capa_id"] for capa in case["capas"] if capa["severity"] == "MAJOR"}
    return [owned for owned in case["cases"] if owned["case_id"] in numbers]
