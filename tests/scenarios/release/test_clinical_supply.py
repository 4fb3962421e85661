"""Clinical supply is released in two steps: certified for its trial, then let go to each site by the sponsor."""

from typing import Any

from sqlmodel import delete

from domain.core.people import Role
from records.authorisation.tables import AuthorisationRow
from records.core.tables.master_data import ScopeRow
from tests.company import Company
from tests.records.appointing import LICENCE
from tests.records.clinical import CTA, SITE, TRIAL
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.delivery.test_delivery import ordered, orders
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, tries
from tests.scenarios.recording import authorisation, enters, is_authorised, is_named, refusal
from tests.scenarios.supplying import closed_gates

TO_GRAZ: dict[str, Any] = {"trial": CTA, "destination": SITE}
REGISTERED: dict[str, list[dict[str, Any]]] = {
    "steps": [{"part": part, "site_id": "VM-02"} for part in ("DOSAGE_FORM", "PACKAGING")],
    "release_sites": [{"site_id": "VM-02"}],
    "specifications": [{"spec_id": "SPEC-SC-1", "version": 1}],
    "processes": [{"set_id": "PS-900"}],
}


async def for_trials(company: Company) -> None:
    """What the seeded site makes is for trials."""
    await fit(company)
    async with company.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).stage = "CLINICAL"
    await is_named(company, "quentin", Role.QP, "APT-IMP", {**LICENCE, "kind": "MIA_IMP"})


async def test_certified_supply_waits_for_the_green_light_and_stays_when_it_is_withdrawn(company: Company) -> None:
    await for_trials(company)
    batch = await comes_to_certification(company, "B-001", markets=["EU"])
    refusal = (await tries(company.quentin, batch, "certify")).json()
    assert (refusal["code"], list(refusal["fields"])) == ("rule_broken", ["trial"])
    assert (await company.rosa.is_refused(batch, "green-light"))[1] == "not_open"
    await does(company.quentin, batch, "certify", trial=TRIAL)
    answer = await orders(company, batch, **TO_GRAZ)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_green_light")

    given = {"market": "EU", "trial": CTA, "trial_site": SITE}
    case = await does_unasked(company.rosa, batch, "green-light", **given)
    assert [each["destination"] for each in case["batch"]["green_lights"]] == [SITE["name"]]
    first, second = await ordered(company, batch, **TO_GRAZ), await ordered(company, batch, **TO_GRAZ)
    assert (await does(company.vito, first, "dispatch"))["stage"] == "IN_TRANSIT"

    await does_unasked(company.quentin, batch, "withdraw-green-light", green_light=1)
    assert "withdrawn" in (await company.sana.sees(second))["shipment"]["no_green_light"]
    refusal = (await tries(company.vito, second, "dispatch")).json()
    assert (refusal["code"], refusal["fields"]) == ("no_green_light", {"destination": "ask the sponsor"})
    await does(company.sana, first, "receive")
    assert (await company.sana.sees(first))["shipment"]["arrival"]["blocked"] == "10"

    await does_unasked(company.rosa, batch, "green-light", **given)
    assert (await does(company.vito, second, "dispatch"))["stage"] == "IN_TRANSIT"
    await are_rebuilt_identically(company.database, "green_lights", "shipments")


async def test_supply_is_certified_for_a_trial_that_is_on_record_and_goes_with_the_sponsors_green_light(
    company: Company,
) -> None:
    await for_trials(company)
    async with company.database.writing() as session:
        await session.exec(delete(AuthorisationRow))
    batch = await comes_to_certification(company, "B-002", markets=["EU"])
    assert await company.quentin.is_refused(batch, "certify", trial=TRIAL) == (409, "gate_closed")
    closed = await closed_gates(company.quentin, batch, "EU")
    assert closed.keys() == {"G10"}
    assert "no authorisation of trial in EU is on record" in closed["G10"]

    await a_trial_is_authorised(company)
    other = await company.quentin.attempts(batch, "certify", trial={**TRIAL, "number": "2027-509999-21-00"})
    assert (other.status_code, list(other.json()["fields"])) == (422, ["trial.number"])
    unfiled = await company.quentin.attempts(batch, "certify", trial={**TRIAL, "specification_file": None})
    assert (unfiled.status_code, list(unfiled.json()["fields"])) == (422, ["trial.specification_file"])
    assert await company.hana.is_refused(batch, "certify", trial=TRIAL) == (403, "wrong_role")
    await does(company.quentin, batch, "certify", trial=TRIAL)
    await its_certificate_is_that_of_a_trial(company)

    answer = await orders(company, batch, **TO_GRAZ)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_green_light")
    given = {"market": "EU", "trial": CTA, "trial_site": SITE}
    assert await company.quentin.is_refused(batch, "green-light", **given) == (403, "wrong_role")
    await does_unasked(company.rosa, batch, "green-light", **given)
    shipment = await ordered(company, batch, **TO_GRAZ)
    assert (await does(company.vito, shipment, "dispatch"))["stage"] == "IN_TRANSIT"


async def a_trial_is_authorised(company: Company) -> None:
    """By a CTA that names its number; one without is refused."""
    form = authorisation(company, "EU", "ARL-204", REGISTERED, type="CTA", trial=CTA, number=CTA)
    nameless = await enters(company.rosa, "/v1/authorisations/AUT-CTA", "propose", {**form, "trial": None})
    assert (nameless.status_code, nameless.json()["fields"]) == (422, {"trial": "is required of a CTA"})
    assert await refusal(await enters(company.sana, "/v1/authorisations/AUT-CTA", "propose", form)) == (
        403, "wrong_role",
    )  # fmt: skip
    await is_authorised(company, "AUT-CTA", form)


async def its_certificate_is_that_of_a_trial(company: Company) -> None:
    """It has a template of its own, with trial, phase and product specification file."""
    shown = await company.ines.get(f"/v1/certifications/EU-{company.today.year}-000001")
    said = shown["declaration"]
    assert (said["template"], said["trial"], said["phase"]) == ("CLINICAL_SUPPLY", CTA, "PHASE_2")
    assert (said["specification_file"], shown["trial"]) == (TRIAL["specification_file"], CTA)
    rows = (await company.hana.get("/v1/policy"))["markets"]
    words = next(each for each in rows if each["market"] == "EU")
    assert said["statement"] == words["clinical"]["statement"] != words["statement"]
    printed = [each["label"] for each in shown["printed"]]
    assert printed.index("Trial") < printed.index("Product specification file") < printed.index("Destination")
