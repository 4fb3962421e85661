"""Clinical supply is released in two steps: certified for its trial, then let go to each site by the sponsor."""

from typing import Any

from records.core.tables.master_data import ScopeRow
from tests.company import Company
from tests.records.clinical import CTA, SITE, TRIAL
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.delivery.test_delivery import ordered, orders
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, tries

TO_GRAZ: dict[str, Any] = {"trial": CTA, "destination": SITE}


async def for_trials(company: Company) -> None:
    """What the seeded site makes is for trials."""
    await fit(company)
    async with company.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).stage = "CLINICAL"


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
