"""A task of somebody who leaves is open to the role again; one that nobody can do is told to those who assign."""

from tests.company import Colleague, Company
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does


async def leaves(company: Company, who: Colleague) -> None:
    person = f"/v1/people/{who.person}"
    headers = company.adam.headers
    version = (await company.http.get(person, headers=headers)).headers["ETag"]
    change = {"disabled": True, "reason": "Left the company"}
    answer = await company.http.patch(person, json=change, headers=headers | {"If-Match": version})
    assert answer.status_code == 200, answer.text


async def test_an_assignment_bars_no_rejection_and_ends_with_the_account(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001")
    for action, who in (("certify", company.quentin), ("approve", company.hana)):
        task = await company.asked(batch, action)
        given = {"task_id": task.task_id, "to": who.person, "reason": "Holds the file."}
        assert (await company.ines.sends(batch, "reassign", given)).status_code == 200
    await leaves(company, company.hana)
    await leaves(company, company.quentin)
    assert {(await company.asked(batch, each)).assignee for each in ("certify", "approve")} == {None}
    told = await company.mails("adam", "Nobody can do")
    assert any(f"{batch}: Certify the batch, for QP (VM-02)" in each for each in told)
    # Of the approval priya is barred by her review, not by the assignment; her no protects.
    assert await company.priya.is_refused(batch, "approve") == (403, "segregation_of_duties")
    rejects = {"decision": "REJECT", "quantity": None, "reason": "Contaminated.", "grounds": ["CONTAMINATION"]}
    none = {"authorisation": None, "location": None}
    await does(company.priya, batch, "certify", market="EU", **rejects, **none)


async def test_an_assignment_to_another_bars_no_rejection(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-002")
    task = await company.asked(batch, "approve")
    given = {"task_id": task.task_id, "to": company.hana.person, "reason": "Holds the file."}
    assert (await company.ines.sends(batch, "reassign", given)).status_code == 200
    assert await company.priya.is_refused(batch, "approve") == (403, "not_assigned")
    rejects = {"decision": "REJECT", "quantity": None, "reason": "Contaminated.", "grounds": ["CONTAMINATION"]}
    await does(company.priya, batch, "approve", market="US", **rejects)
