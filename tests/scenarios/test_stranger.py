"""Somebody who was told nothing drives a whole audit: the API alone says what to do next, and how."""

import ast
from pathlib import Path

from tests import stranger
from tests.company import Company
from tests.stranger import Stranger

OWN_PACKAGES = {"activities", "api", "domain", "embedded", "records", "settings", "tests", "worker", "workflows"}
LAST_DAY = 200
"""Days after which the audit must be closed, the effectiveness windows included."""


def test_the_stranger_imports_nothing_of_the_program() -> None:
    tree = ast.parse(Path(stranger.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported
    assert not {name.split(".")[0] for name in imported} & OWN_PACKAGES


async def test_a_stranger_drives_a_for_cause_audit_and_its_capas_to_closure(company: Company) -> None:
    everybody = {person.user: company.settings.dev_password for person in company.seeded.people}
    someone = Stranger(company.http, everybody)
    await someone.reads_the_api()
    known = company.seeded.audit_request
    audit = (await someone.requests("ines", "/v1/audits", {**known}))["case_id"]

    for _ in range(LAST_DAY):
        while await someone.works_through_the_inboxes():
            await company.delivered()
        print(company.now, [(r.user, r.case_id, r.action, r.problem["code"], r.problem["fields"], r.problem["detail"]) for r in someone.refusals])
        if not [1 for _, case, _ in [(0, 0, 0)]]:
            break
        case = await company.ines.sees(audit)
        capas = case["capas"]
        if case["stage"] == "CLOSED" and all(capa["status"] == "EFFECTIVE" for capa in capas):
            break
        await company.passes(days=1)

    assert case["stage"] == "CLOSED"
    assert capas
