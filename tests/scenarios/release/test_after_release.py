"""After the release: exceptions that were signed before, what is learned, a recall, and a rejection that was wrong."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2

from domain.core.people import Role
from domain.delivery.shipment import ShipmentOrder
from records.core.tables.cases import TaskRow
from records.release.gate_exceptions import exceptions_of
from tests.company import Company
from tests.patience import PATIENCE
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.days import MONDAY, evening, the_next
from tests.scenarios.making import (
    certified,
    comes_to_certification,
    fit,
    known_to_the_fda,
    limits_known,
    makes,
    ready,
    registers,
)
from tests.scenarios.qualifying import does, does_unasked, nothing_is_due
from tests.scenarios.recording import is_hired

RECALLED = [
    {"market": "EU", "outcome": "RECALL", "grounds": ["SPECIFICATION"]},
    {"market": "US", "outcome": "WITHDRAW", "grounds": ["SPECIFICATION"]},
]

CLINIC = {"name": "County hospital, pharmacy", "address": "1 Main Street, Albany, NY 12207, USA"}


async def is_supplied_under_exception(company: Company, batch: str) -> None:
    """The States: by the authority's permission a part goes to one clinic, uncertified, until it is stopped."""
    report = await company.hana.get(f"/v1/batches/{batch}/gates", market="US")
    shut = [each["gate"] for each in report["gates"] if each["verdict"] in {"FAIL", "NEEDS_JUDGEMENT"}]
    named = [{"gate": gate, "why": "Patients would go without."} for gate in shut if gate != "G14"]
    given = {
        "market": "US",
        "gates": named,
        "basis": "SHORTAGE",
        "permitted_on": company.today.isoformat(),
        "until": (company.today + timedelta(days=60)).isoformat(),
        "consignees": [{"code": "HOSP-07", "destination": CLINIC}],
    }
    await does_unasked(company.sana, batch, "propose-supply-exception", **given)
    await is_hired(company, "petra", Role.QA_APPROVER)  # who has reviewed the record signs nothing
    await does(company.hana, batch, "sign-supply-exception-quality")
    barred = await company.hana.is_refused(batch, "sign-supply-exception")
    assert barred == (403, "segregation_of_duties")
    assert (await company.priya.is_refused(batch, "sign-supply-exception"))[1] == "segregation_of_duties"
    await does(company.colleagues["petra"], batch, "sign-supply-exception")
    await does(company.rosa, batch, "sign-supply-exception-regulatory")
    number = f"SUE-US-{company.today.year}-000001"
    (us,) = (each for each in (await company.quentin.sees(batch))["batch"]["markets"] if each["market"] == "US")
    assert (us["decision"], us["certificate_number"], us["supplied_under"]) == (None, None, [number])
    page = await company.hana.get(f"/v1/batches/{batch}/gates", market="US")
    assert [each["number"] for each in page["supplied"]] == [number]
    assert (await company.quentin.get("/v1/certifications"))["items"] == []

    order = {"batch_id": batch, "market": "US", "quantity": "10", "destination": CLINIC, "supply_exception": number}
    order |= {"deliver_by": (company.today + timedelta(days=3)).isoformat(), "time_zone": "America/New_York"}
    elsewhere = await orders(company, **{**order, "destination": {**CLINIC, "name": "Another clinic"}})
    assert (elsewhere.status_code, list(elsewhere.json()["fields"])) == (409, ["destination"])
    shipment = (await orders(company, **order)).json()["case_id"]
    await does_unasked(company.rosa, batch, "withdraw-supply-exception", supply=number)
    assert (await does(company.sana, shipment, "cancel"))["stage"] == "CANCELLED"


async def orders(company: Company, **given: Any) -> httpx2.Response:
    body = company.fills(ShipmentOrder, given).model_dump(mode="json")
    return await company.sana.post("/v1/shipments", body, **{"Idempotency-Key": str(uuid4())})


async def test_a_released_batch_is_reviewed_again_and_at_last_recalled(company: Company) -> None:
    await company.comes_on(the_next(MONDAY, company.today, 1))
    await ready(company)
    await limits_known(company)
    await known_to_the_fda(company)
    batch = await comes_to_certification(company, "B-001")
    # The site has no certificate yet. An exception is signed by three, who have read for what.
    await does_unasked(company.hana, batch, "request-exception")
    await does(company.quentin, batch, "sign-exception")
    await does(company.rosa, batch, "sign-exception-regulatory")
    async with company.database.reading() as session:
        (exception,) = await exceptions_of(session, batch)
    assert (exception.gate, "no valid certificate" in (exception.reasons or ())[0].words) == ("G3", True)
    await is_supplied_under_exception(company, batch)
    await certified(company)

    # One market is released, the other is still open: what is learned is reviewed all the same.
    await does(company.quentin, batch, "certify")
    monday = company.today
    await does_unasked(company.nora, batch, "report-later-finding")
    review = await company.asked(batch, "review-release")
    assert (review.due_at, review.prefill["outcomes"]) == (evening(monday, 3), [{"market": "EU"}])
    await does_unasked(company.rosa, batch, "report-later-finding", description="A complaint from a hospital.")
    await company.delivered()
    review = await joined(company, batch)
    assert review.due_at == evening(monday, 3)  # the clock of the first one
    assert (await company.quentin.is_refused(batch, "review-release"))[1] == "rule_broken"
    await nothing_is_due(company, batch, 2)  # to the Union, of each of the two
    await does(company.quentin, batch, "review-release")
    assert (await company.asked(batch, "approve")).state == "OPEN"

    # Everything is decided: it is watched, and the next review takes it back.
    assert (await does(company.hana, batch, "approve"))["stage"] == "RELEASED"
    await does_unasked(company.nora, batch, "report-later-finding", description="Glass particles.")
    await company.asked(batch, "review-release")
    assert (await company.quentin.sees(batch))["stage"] == "POST_RELEASE_REVIEW"
    evidence = [await company.quentin.uploads(batch)]
    alert: dict[str, Any] = {"consider_field_alert": True, "not_applicable_because": None}
    await does(company.quentin, batch, "review-release", outcomes=RECALLED, evidence=evidence, **alert)
    await does(company.quentin, batch, "plan-recall", authority_notified_on=monday.isoformat())
    assert (await company.quentin.sees(batch))["stage"] == "POST_RELEASE_REVIEW"  # until the recall is over
    await company.comes_on(monday + timedelta(days=1))
    await nothing_is_due(company, batch, 2)  # what the review considers, and what was due for the finding itself
    await does(company.hana, batch, "close-recall")  # nothing had left, as the records say
    await company.recorded(batch, "case.closed")
    seen = await company.quentin.sees(batch)
    assert (seen["stage"], seen["outcome"]) == ("RECALLED", "RECALLED")


async def test_a_rejection_that_was_wrong_is_corrected_by_two_under_a_new_record(company: Company) -> None:
    await fit(company)
    wrong = await registers(company, "B-002")
    await makes(company, wrong, value="412")  # 41.2 was meant
    now = company.now.isoformat()
    await does_unasked(company.vito, wrong, "deviation", deviation_id="DEV-1", parameter=None, detected_at=now)
    await does_unasked(company.vito, wrong, "oos", oos_id="OOS-1", detected_at=now)
    await does(company.uta, wrong, "oos-laboratory", retests=[])
    await does(company.priya, wrong, "oos-investigation", outcome="INCONCLUSIVE")
    await company.asked(wrong, "oos-investigation")  # it counts until quality writes why not
    await does_unasked(company.priya, wrong, "arrange-quarantine")
    await company.asked(wrong, "confirm-quarantine")
    await does(company.uta, wrong, "disposition", verdict="REJECTED")
    await does(company.priya, wrong, "answer-rejection")
    await does(company.vito, wrong, "close-deviation")
    await company.recorded(wrong, "case.closed")  # what is moot keeps it open no longer
    again = await registers(company, "B-002", parents=[{"batch_id": wrong, "relation": "CORRECTION"}])
    assert (await company.asked(again, "confirm-correction")).about == f"The rejection of {wrong} is to be corrected"
    await does(company.hana, again, "confirm-correction")
    await does(company.quentin, again, "countersign-correction")
    assert await company.mails("erik", f"the rejection of {wrong} was wrong") != []
    await company.asked(again, "disposition")
    await does(company.quentin, again, "accept-deviation")
    ground = {
        "does_not_count": "The vial was cracked.",
        "discount_ground": "SAMPLE_COMPROMISED",
        "discount_evidence": [await company.priya.uploads(again)],
    }
    await does(company.priya, again, "oos-investigation", outcome="INCONCLUSIVE", **ground)
    await company.asked(again, "confirm-discount")
    assert (await company.priya.is_refused(again, "confirm-discount"))[1] == "segregation_of_duties"
    await does(company.hana, again, "confirm-discount")
    slip = (await company.quentin.sees(again))["batch"]["values"][0]
    of = {"number": slip["number"], "line": slip["line"]}
    corrects = {"of": of, "reason": "A slip.", "evidence": [await company.vito.uploads(again)]}
    right = {"parameter": slip["parameter"], "value": "41.2", "unit": "Cel", "measured_at": slip["measured_at"]}
    await does_unasked(company.vito, again, "parameters", values=[{**right, "corrects": corrects}])
    seen = (await company.quentin.sees(again))["batch"]
    assert (seen["quantity"], [value["value"] for value in seen["values"]]) == ("118.4", ["41.2", "412"])
    assert (seen["deviations"][0]["state"], seen["results"][0]["state"]) == ("ACCEPTED", "DISCOUNTED")
    assert (await company.quentin.sees(wrong))["stage"] == "REJECTED"
    await are_rebuilt_identically(company.database, "batches", "parameter_results", "batch_uses")


async def joined(company: Company, batch: str) -> TaskRow:
    """The review, once it is about both findings."""
    async with asyncio.timeout(PATIENCE):
        while True:
            task = await company.asked(batch, "review-release")
            if "A complaint from a hospital." in task.about:
                return task
            await asyncio.sleep(0.02)
