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


async def audited(company: Company) -> str:
    """An audit of two auditors that waits for its report."""
    audit = await company.accepted()
    await company.planned(audit)
    team = [(company.tom, "LEAD"), (company.ruth, "CO")]
    members = [{"person_id": who.person, "role": role, "language": "en"} for who, role in team]
    await company.ines.does(audit, "team", members=members)
    for who, _ in team:
        await who.does(audit, "declare")
    await company.tom.does(audit, "notice")
    await company.vito.does(audit, "confirm")
    await company.tom.does(audit, "prepare")
    await company.comes_on(await company.first_day(audit))
    await company.conducted(audit, [])
    return audit


async def test_what_a_procedure_asks_of_one_person_is_open_to_nobody_else_by_itself(company: Company) -> None:
    audit = await audited(company)
    report = await company.asked(audit, "report")
    given = {"task_id": report.task_id, "to": company.ruth.person, "reason": "Tom is ill."}
    assert (await company.ines.sends(audit, "reassign", given)).status_code == 200
    await leaves(company, company.ruth)
    assert (await company.asked(audit, "report")).assignee == company.ruth.person
    assert await company.tom.is_refused(audit, "report") == (403, "not_assigned")
    kept = f"{audit}: Write the audit report, for LEAD_AUDITOR"
    for user in ("adam", "ines"):
        told = await company.mails(user, "Nobody can do")
        assert any(kept in each and "it stays assigned to Ruth" in each for each in told), told

    back = given | {"to": company.tom.person, "reason": "Tom is back."}
    assert (await company.ines.sends(audit, "reassign", back)).status_code == 200
    await company.tom.does(audit, "report")
    assert (await company.asked(audit, "review-report")).assignee == company.ruth.person
    assert await company.tom.is_refused(audit, "review-report") == (403, "not_assigned")
    told = await company.mails("ines", "Nobody can do")
    assert "it is assigned to Ruth" in told[-1]
    assert "who is disabled" in told[-1]


async def test_a_review_stays_with_a_reviewer_who_leaves_while_it_is_open(company: Company) -> None:
    audit = await audited(company)
    await company.tom.does(audit, "report")
    await company.asked(audit, "review-report")
    await leaves(company, company.ruth)
    assert (await company.asked(audit, "review-report")).assignee == company.ruth.person
    assert await company.tom.is_refused(audit, "review-report") == (403, "not_assigned")
