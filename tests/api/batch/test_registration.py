"""A batch is registered over HTTP with what it is in the supply chain."""

from domain.batch.making.request import BatchRegistration
from tests.api.house import House
from tests.domain.filling import filled


async def test_a_registration_without_its_stage_is_no_registration(house: House) -> None:
    form = filled(BatchRegistration).model_dump(mode="json")
    del form["supply_stage"]
    answer = await house.as_("sana").post("/v1/batches", form, key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid")
    assert list(answer.json()["fields"]) == ["supply_stage"]
    assert (await house.as_("ines").get("/v1/batches")).json()["items"] == []
