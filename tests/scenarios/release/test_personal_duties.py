"""A qualified person decides on a batch in person where a market needs one."""

from datetime import timedelta
from typing import Any

from domain.core.people import Role
from domain.release.certification import QpCertification
from records.core.tables.master_data import DelegationRow
from tests.company import Company
from tests.scenarios.duties import Capacity
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does
from tests.scenarios.unchanged import refused

NO: dict[str, Any] = {"decision": "REJECT", "quantity": None, "reason": "Not needed.", "grounds": ["COMMERCIAL"]}


async def delegated_before(company: Company, giver: str, taker: str, role: Role) -> Capacity:
    """A delegation that was accepted before the program asked who is qualified for the role."""
    today = company.today
    row = DelegationRow(
        delegation_id="DEL-9",
        delegator=company.seeded.person(giver),
        delegate=company.seeded.person(taker),
        roles=[role.value],
        valid_from=today,
        valid_to=today + timedelta(days=14),
        accepted=True,
    )
    async with company.database.writing() as session:
        session.add(row)
    return Capacity(company, taker, for_user=giver)


async def test_nobody_certifies_for_the_qualified_person_and_anybody_of_the_quality_unit_rejects(
    company: Company,
) -> None:
    offer = {
        "delegate": company.tom.person,
        "roles": ["QP"],
        "valid_from": company.today.isoformat(),
        "valid_to": company.today.isoformat(),
        "reason": "Annual leave",
    }
    url = f"/v1/people/{company.quentin.person}/delegations"
    told = await refused(company, company.quentin.post(url, offer))
    assert (told.status, told.rule, told.problem["fields"]) == (422, "law 4", {"roles": "QP needs QP"})

    await fit(company)
    batch = await comes_to_certification(company, "B-003")
    await company.asked(batch, "certify")
    tom = await delegated_before(company, "quentin", "tom", Role.QP)
    told = await refused(company, tom.attempts(batch, "certify"), instance="/v1/signatures")
    assert (told.status, told.code, told.rule) == (403, "personal_duty", "S11")
    assert told.event is not None
    assert (told.event.actor.person, told.event.actor.on_behalf_of) == (company.tom.person, company.quentin.person)
    told = await refused(company, unsigned(company, tom, batch))
    assert (told.status, told.code) == (403, "personal_duty")

    assert await company.hana.is_refused(batch, "certify") == (403, "wrong_role")
    await does(company.hana, batch, "certify", **NO, market="EU", authorisation=None, location=None)
    decision = (await company.ines.get(f"/v1/batches/{batch}/gates", market="EU"))["decision"]
    assert (decision["decision"], decision["decided_by"], decision["capacity"]) == ("REJECT", "Hana Sato", None)


async def unsigned(company: Company, who: Capacity, batch: str) -> Any:
    """Sent without a signature: the answer says what a signature would not help against."""
    task = await who.task(batch, "certify")
    assert task is not None
    form = company.fills(QpCertification, task["prefill"]).model_dump(mode="json")
    path = f"/v1/batches/{batch}/certify"
    return await company.http.post(path, json=form, headers={**who.headers, "Idempotency-Key": "unsigned"})
