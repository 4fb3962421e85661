"""Somebody who was told nothing drives a whole audit: the API alone says what to do next, and how."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tests import stranger
from tests.company import Company
from tests.stranger import Refusal, Stranger

OWN_PACKAGES = {"activities", "api", "cli", "domain", "embedded", "records", "settings", "tests", "worker", "workflows"}
ROUNDS = 60
STEPS = [
    "decide", "plan", "approve-plan", "team", "declare", "notice", "confirm", "prepare", "open", "close-meeting",
    "report", "approve-report", "acknowledge-report", "respond", "review-response", "accept-response", "close",
]  # fmt: skip


def test_the_stranger_imports_nothing_of_the_program() -> None:
    tree = ast.parse(Path(stranger.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported
    assert not {name.split(".")[0] for name in imported} & OWN_PACKAGES


def came_too_early(refusal: Refusal) -> bool:
    """Whether somebody was refused because a day has not come yet."""
    return refusal.status == 422 and refusal.problem["code"] == "rule_broken" and refusal.action == "open"


@pytest.mark.timeout(240)
async def test_a_stranger_drives_a_for_cause_audit_and_its_capas_to_closure(company: Company) -> None:
    passwords = {person.user: company.settings.dev_password for person in company.seeded.people}
    someone = Stranger(company.http, passwords)
    await someone.reads_the_api()
    audit = (await someone.requests("ines", "/v1/audits", company.seeded.audit_request))["case_id"]

    refused: list[Refusal] = []
    case: dict[str, Any] = {}
    for _ in range(ROUNDS):
        while await someone.works_through_the_inboxes():
            await company.delivered()
        refused += someone.refusals
        case = await company.ines.sees(audit)
        if case["stage"] == "CLOSED" and all(owned["stage"] == "EFFECTIVE" for owned in majors(case)):
            break
        await company.passes(days=1 if someone.refusals else 7)

    assert (case["stage"], case["outcome"]) == ("CLOSED", "ACCEPTABLE_WITH_CAPA")
    assert {capa["severity"]: capa["status"] for capa in case["capas"]} == {"MAJOR": "EFFECTIVE", "OTHER": "VERIFIED"}
    assert {finding["status"] for finding in case["findings"]} == {"CLOSED"}
    assert set(STEPS) <= {action for _, case_id, action in someone.answered if case_id == audit}
    assert [refusal for refusal in refused if not came_too_early(refusal)] == []


def majors(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The CAPAs that have an effectiveness window."""
    numbers = {capa["capa_id"] for capa in case["capas"] if capa["severity"] == "MAJOR"}
    return [owned for owned in case["cases"] if owned["case_id"] in numbers]
