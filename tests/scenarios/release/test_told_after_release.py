"""After the whole release the site can still tell what it learns, and a market is stopped by hand alone."""

from typing import Any

from domain.core.people import CDMO_ROLES, Role
from domain.release.batch_forms import BATCH_FORMS
from tests.company import Company
from tests.scenarios.delivery.test_delivery import orders
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked

SITE = CDMO_ROLES - {Role.CDMO_QP}
DONE = {
    "cancel": "nothing is called off that was made",
    "disposition": "the site has decided; what it learns since is a deviation or a result",
    "finish": "what was told at the end of manufacture is corrected",
    "package": "the package was taken; what was missing comes with what is told",
    "start": "it was begun once",
}
"""Steps of the site that are over with the release, with the reason."""
ASKED = {"close-deviation", "oos-laboratory", "provide-record"}
"""Answers to what the site has reported or was asked."""


async def released_in_both(company: Company, number: str) -> str:
    await fit(company)
    batch = await comes_to_certification(company, number)
    await does(company.quentin, batch, "certify")
    assert (await does(company.hana, batch, "approve"))["stage"] == "RELEASED"
    return batch


async def on_offer(company: Company, batch: str) -> set[str]:
    found: set[str] = set()
    for who in (company.wen, company.vito, company.uta):
        found |= {each["action"] for each in (await who.sees(batch))["actions"]}
    return found


async def test_every_fact_of_the_site_can_be_told_after_the_whole_release(company: Company) -> None:
    batch = await released_in_both(company, "B-001")
    told = {form.action.name for form in BATCH_FORMS if not form.action.starts and form.action.by & SITE}
    assert told - await on_offer(company, batch) == {*DONE, *ASKED}

    # A value outside its normal range without a deviation: the release is reviewed, and nothing is ordered meanwhile.
    value = {"parameter": "Coupling temperature", "value": "47", "unit": "Cel", "measured_at": company.now.isoformat()}
    await does_unasked(company.wen, batch, "parameters", values=[value])
    review = await company.asked(batch, "review-release")
    assert "Coupling temperature" in review.about
    assert (await orders(company, batch)).json()["code"] == "gate_closed"


async def test_a_market_that_waits_is_stopped_alone_and_set_free_by_two(company: Company) -> None:
    batch = await released_in_both(company, "B-002")
    hold: dict[str, Any] = {"hold_type": "REG", "reason": "The letter of the authority is awaited.", "markets": ["US"]}
    await does_unasked(company.rosa, batch, "place-hold", **hold)
    await company.delivered()
    assert (await company.quentin.sees(batch))["stage"] == "RELEASED"  # nobody reviews the other market
    stopped = await orders(company, batch, market="US", quantity="1")
    assert (stopped.status_code, "on hold: REG" in str(stopped.json())) == (409, True)
    assert (await orders(company, batch, quantity="1")).status_code == 201
    task = await company.asked(batch, "review-hold")
    evidence = [await company.rosa.uploads(batch)]
    lift = {"hold_id": task.prefill["hold_id"], "evidence": evidence}
    await does_unasked(company.rosa, batch, "lift-hold", **lift)
    await does(company.hana, batch, "confirm-lift")
    assert (await orders(company, batch, market="US", quantity="1")).status_code == 201
