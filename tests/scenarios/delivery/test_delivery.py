"""A part of a batch leaves in quarantine before its release; another part is delivered, and nothing shows how it came.

That the hold ends and the review is done is told elsewhere: here these are rows of the test's own.
"""

from typing import Any
from uuid import uuid4

import httpx2

from domain.delivery.shipment import Destination, ShipmentOrder
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import HoldRow
from tests.company import Colleague, Company
from tests.domain.filling import filled
from tests.scenarios.making import fit, goes_to_certification, makes, registers
from tests.scenarios.qualifying import does, does_unasked, tries

WAREHOUSE = filled(Destination)


async def opened(who: Colleague, body: dict[str, Any]) -> httpx2.Response:
    return await who.post("/v1/shipments", body, **{"Idempotency-Key": str(uuid4())})


async def orders(company: Company, batch: str, **given: Any) -> httpx2.Response:
    about = {"batch_id": batch, "deliver_by": company.today.isoformat(), "time_zone": "UTC", **given}
    return await opened(company.sana, company.fills(ShipmentOrder, about).model_dump(mode="json"))


async def ordered(company: Company, batch: str, **given: Any) -> str:
    answer = await orders(company, batch, **given)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def arranged(company: Company, batch: str) -> None:
    """Approved by priya, confirmed by quentin."""
    destination = WAREHOUSE.model_dump(mode="json")
    await does_unasked(company.priya, batch, "arrange-quarantine", market="EU", quantity="60", destination=destination)
    await does(company.quentin, batch, "confirm-quarantine")


async def test_goods_leave_in_quarantine_are_set_free_with_the_release_and_spoilt_ones_are_taken_away(
    company: Company,
) -> None:
    await fit(company)
    batch = await registers(company, markets=["EU"])
    await makes(company, batch)
    answer = await orders(company, batch)
    assert (answer.status_code, answer.json()["code"]) == (409, "gate_closed")
    await arranged(company, batch)

    quarantined = await ordered(company, batch, quarantine=True, quantity="60")
    assert (await company.vito.sees(quarantined))["shipment"]["destination"] == WAREHOUSE.name
    assert (await does(company.vito, quarantined, "dispatch"))["stage"] == "IN_TRANSIT"
    assert (await company.sana.is_refused(quarantined, "cancel"))[1] == "not_open"
    assert (await does(company.sana, quarantined, "receive"))["stage"] == "RECEIVED"
    left = (await company.sana.sees(quarantined))["shipment"]["dispatched_at"]
    readings = [{"at": left, "value": "5"}]
    series = [{"logger": "TL-88213", "kind": "TEMPERATURE", "unit": "Cel", "readings": readings}]
    await does(company.sana, quarantined, "transport-record", series=series)
    await company.asked(quarantined, "unblock")
    early = await tries(company.sana, quarantined, "unblock")
    assert (early.status_code, early.json()["code"]) == (409, "gate_closed")
    assert (await company.sana.sees(quarantined))["stage"] == "BLOCKED"
    await goes_to_certification(company, batch)
    await does(company.quentin, batch, "certify", quantity="100")
    assert (await company.recorded(batch, "batch.reviews_demanded")).payload["effect"]
    assert (await company.quentin.sees(batch))["stage"] == "RELEASED"
    free = await does(company.sana, quarantined, "unblock")
    assert (free["outcome"], free["shipment"]["arrival"]["blocked"]) == ("CLOSED", "0")

    spoilt, given_up = [await ordered(company, batch, quantity=quantity) for quantity in ("20", "15")]
    assert (await does_unasked(company.sana, given_up, "cancel"))["outcome"] == "CANCELLED"
    for who, action in ((company.vito, "dispatch"), (company.sana, "receive")):
        await does(who, spoilt, action)
    case = await does(company.sana, spoilt, "transport-record", series=[])
    assert case["stage"] == "ASSESSMENT"
    assert (await company.sana.is_refused(spoilt, "assess-transport"))[1] == "wrong_role"
    held = await orders(company, batch, quantity="1")
    assert "on hold: SUPPLY" in held.text
    await does(company.priya, spoilt, "assess-transport", acceptable=False)
    await does(company.sana, spoilt, "dispose-goods", quantity="5")
    await company.asked(spoilt, "dispose-goods")
    assert (await company.sana.sees(spoilt))["stage"] == "BLOCKED"
    assert (await does(company.sana, spoilt, "dispose-goods", quantity="15"))["outcome"] == "CLOSED"

    async with company.database.writing() as session:
        (await session.get_one(HoldRow, "HOLD-1")).lifted_at = company.now
        (await session.get_one(BatchRow, batch)).review_open = False
    await ordered(company, batch, quantity="20")  # what was taken away was released all the same
    assert list((await orders(company, batch, quantity="0.1")).json()["fields"]) == ["quantity"]
    found = await company.ines.get(f"/v1/batches/{batch}/reconciliation")
    assert (found["made"], found["ordered"], found["disposed"], found["markets"][0]["remaining"]) == (
        "118.4",
        "100",
        "20",
        "0",
    )
    outside = await company.vito.get(f"/v1/batches/{batch}/reconciliation")
    assert (outside["dispatched"], outside["markets"], outside["disposed"]) == ("80", [], None)
    hidden = await company.http.get(f"/v1/batches/{batch}/reconciliation", headers=company.olga.headers)
    assert hidden.status_code == 404
