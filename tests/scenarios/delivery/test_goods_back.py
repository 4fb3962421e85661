"""Sixty kilograms are delivered and recalled: what comes back, what is destroyed, and what the recall comes to."""

from typing import Any
from uuid import uuid4

from records.batch.tables.batches import BatchRow
from tests.company import Colleague, Company
from tests.scenarios.delivery.test_delivery import ordered
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, nothing_is_due, tries


async def requests(who: Colleague, process: str, **form: Any) -> Any:
    return await who.post(f"/v1/{process}", form, **{"Idempotency-Key": str(uuid4())})


async def delivered(company: Company, batch: str, quantity: str) -> str:
    shipment = await ordered(company, batch, quantity=quantity)
    containers = [{"number": "Drum 1", "seal": "S-1"}]
    await does(company.vito, shipment, "dispatch", containers=containers)
    await does(company.sana, shipment, "receive")
    left = (await company.sana.sees(shipment))["shipment"]["dispatched_at"]
    series = [{"logger": "TL-88213", "kind": "TEMPERATURE", "unit": "Cel", "readings": [{"at": left, "value": "5"}]}]
    assert (await does(company.sana, shipment, "transport-record", series=series))["outcome"] == "CLOSED"
    return shipment


async def destroyed(company: Company, **order: Any) -> dict[str, Any]:
    case_id = (await requests(company.sana, "destructions", **order)).json()["case_id"]
    await does(company.priya, case_id, "approve")
    proof = [await company.sana.uploads(case_id)]
    return await does(company.sana, case_id, "record", evidence=proof, destroyed_on=company.today.isoformat())


async def is_called_off(company: Company, batch: str, order: str, **closing: Any) -> None:
    """Nothing leaves any more: whoever may order says that it is called off. Until then the recall stays open."""
    await company.asked(order, "cancel")
    seen = await company.sana.sees(order)
    assert (seen["stage"], "the release was withdrawn" in str(seen)) == ("STOPPED", True)
    closing |= {"distributed": "60", "recovered": "10", "unrecovered_because": "It is used."}
    answer = await tries(company.hana, batch, "close-recall", **closing)
    assert answer.json()["fields"] == {"review": f"waits for {order} (stopped)"}
    assert (await does(company.sana, order, "cancel"))["outcome"] == "CANCELLED"


async def test_a_recall_comes_to_what_the_records_know_of_the_goods(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001", markets=["EU"])
    await does(company.quentin, batch, "certify")
    shipment = await delivered(company, batch, "60")
    about = {"shipment_id": shipment, "received_at": company.now.isoformat(), "place": "Cage R-2", "from_country": "DE"}

    # A part comes back before anything is wrong, and goes back into stock.
    answer = await requests(company.sana, "returns", quantity="10", reason="Ordered too much.", **about)
    assert answer.status_code == 201, answer.text
    back = answer.json()["case_id"]
    assert (await company.sana.sees(back))["returned"]["blocked"] == "10"
    refusal = (await tries(company.priya, back, "assess", usable=True, storage_proven=False)).json()
    assert (refusal["code"], list(refusal["fields"])) == ("rule_broken", ["storage_proven"])
    evidence = [await company.priya.uploads(back)]
    case = await does(company.priya, back, "assess", storage_evidence=evidence)
    assert (case["outcome"], case["returned"]["blocked"]) == ("UNRESTRICTED", "0")

    waiting = await ordered(company, batch, quantity="5")

    # The batch is recalled. While its review is open nothing of it is destroyed.
    await does_unasked(company.nora, batch, "report-later-finding", description="Glass particles.")
    await company.asked(batch, "review-release")
    stock = {"batch_id": batch, "reason": "Recalled.", "method": "Burnt by Entsorgung Nord"}
    answer = await requests(company.sana, "destructions", stock="AT_SITE", quantity="53.4", **stock)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
    document = [await company.quentin.uploads(batch)]
    recalled = [{"market": "EU", "outcome": "RECALL", "grounds": ["SPECIFICATION"]}]
    await does(company.quentin, batch, "review-release", outcomes=recalled, evidence=document)
    await does(company.quentin, batch, "plan-recall", authority_notified_on=company.today.isoformat())

    await is_called_off(company, batch, waiting, evidence=document)
    task = await company.asked(batch, "close-recall")
    assert (task.prefill["distributed"], task.prefill["recovered"]) == ("60", "10")
    closing = {"distributed": "0", "recovered": "0", "evidence": document}
    answer = await tries(company.hana, batch, "close-recall", **closing)
    assert (answer.status_code, list(answer.json()["fields"])) == (
        422, ["distributed", "differs_because", "recovered"],
    )  # fmt: skip

    # Forty-five come back of the fifty, and are destroyed.
    answer = await requests(company.sana, "returns", quantity="45", reason="Recalled.", **about)
    again = answer.json()["case_id"]
    refusal = (await tries(company.priya, again, "assess", storage_evidence=evidence)).json()
    assert "withdrawn" in refusal["fields"]["usable"]
    assert (await does(company.priya, again, "assess", usable=False))["outcome"] == "BLOCKED"
    for held_in, quantity in ((again, "45"), (back, "10")):
        held = {"stock": "RETURNED", "held_in": held_in, "quantity": quantity}
        case = await destroyed(company, **held, **stock)
        assert (case["outcome"], case["destruction"]["destroyed_quantity"]) == ("DESTROYED", quantity)
    closing = {"distributed": "60", "recovered": "55", "evidence": document}
    used = {"unrecovered_because": "It had been used."}
    answer = await tries(company.hana, batch, "close-recall", **closing)
    assert list(answer.json()["fields"]) == ["unrecovered_because"]
    await does(company.hana, batch, "close-recall", **closing, **used)
    await nothing_is_due(company, batch, 1)  # until then the case goes on
    await company.recorded(batch, "case.closed")

    # The batch's case is closed; what is left at the site is destroyed all the same, and then nothing is left.
    await destroyed(company, stock="AT_SITE", quantity="58.4", **stock)
    found = await company.ines.get(f"/v1/batches/{batch}/reconciliation")
    assert (found["recovered"], found["destroyed"], found["returned"]) == ("55", "113.4", "55")
    async with company.database.reading() as session:
        assert (await session.get_one(BatchRow, batch)).physical_status == "DESTROYED"  # the rest had been used


async def test_an_approval_of_a_destruction_falls_with_a_hold_and_that_it_was_done_can_be_recorded_all_the_same(
    company: Company,
) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-003", markets=["EU"])
    order = {"batch_id": batch, "stock": "AT_SITE", "quantity": "10", "reason": "Broken bags.", "method": "Burnt"}
    case_id = (await requests(company.sana, "destructions", **order)).json()["case_id"]
    await does(company.priya, case_id, "approve")
    await company.asked(case_id, "record")
    held = {"hold_type": "LEGAL", "reason": "A court asks for the whole batch."}
    await does_unasked(company.priya, batch, "place-hold", **held)
    await company.recorded(case_id, "destruction.approval_fell")
    await company.asked(case_id, "approve")
    case = await company.sana.sees(case_id)
    assert (case["stage"], "LEGAL" in case["destruction"]["fell_because"]) == ("ORDERED", True)
    assert (await tries(company.priya, case_id, "approve")).json()["code"] == "not_open"
    proof = [await company.sana.uploads(case_id)]
    done = {"evidence": proof, "destroyed_on": company.today.isoformat(), "quantity": "10"}
    case = await does_unasked(company.sana, case_id, "record", **done, done_although="The carrier had it already.")
    assert (case["outcome"], case["destruction"]["done_although"]) == ("DESTROYED", "The carrier had it already.")


async def test_a_destruction_that_a_court_stops_is_called_off_after_its_approval(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-002", markets=["EU"])
    order = {"batch_id": batch, "stock": "AT_SITE", "quantity": "10", "reason": "Broken bags.", "method": "Burnt"}
    case_id = (await requests(company.sana, "destructions", **order)).json()["case_id"]
    await does(company.priya, case_id, "approve")
    await company.asked(case_id, "record")
    case = await does_unasked(company.vito, case_id, "cancel", reason="A court asks for the whole batch.")
    assert (case["stage"], case["outcome"]) == ("CANCELLED", "CANCELLED")
    found = await company.ines.get(f"/v1/batches/{batch}/reconciliation")
    assert (found["destroyed"], found["remaining"]) == ("0", "118.4")
