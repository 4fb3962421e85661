"""What one market decides against a batch stands before the deciders of all others (section 18)."""

from typing import Any
from uuid import uuid4

from tests.company import Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does

HEARD = "The raw data of this batch were read again at the instrument; none of the copied runs is of it."


def no(*grounds: str) -> dict[str, Any]:
    return {"decision": "REJECT", "quantity": None, "reason": "Runs were copied.", "grounds": [*grounds]}


async def test_rejected_in_the_us_for_its_data_a_batch_is_not_certified_for_the_union_until_two_have_judged(
    company: Company,
) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-003")
    await company.asked(batch, "certify")
    sent = await company.hana.attempts(batch, "approve", **no())
    assert (sent.status_code, list(sent.json()["fields"])) == (422, ["grounds"])
    await does(company.hana, batch, "approve", **no("DATA_INTEGRITY"))

    assert await company.quentin.is_refused(batch, "certify") == (409, "gate_closed")
    (of_us,) = (await company.quentin.get(f"/v1/batches/{batch}/grounds"))["items"]
    assert of_us["words"] == f"{batch} was rejected for US (data integrity): Runs were copied."
    markets = {each["market"]: each["grounds"] for each in (await company.ines.sees(batch))["batch"]["markets"]}
    assert markets == {"EU": None, "US": ["DATA_INTEGRITY"]}
    site = {each["market"]: each["grounds"] for each in (await company.vito.sees(batch))["batch"]["markets"]}
    assert site == {"EU": None, "US": None}
    report = await company.quentin.get(f"/v1/batches/{batch}/gates", market="EU")
    assert {gate["gate"]: gate["verdict"] for gate in report["gates"] if gate["verdict"] != "PASS"} == {
        "G13": "NEEDS_JUDGEMENT",
        "G14": "FAIL",
    }

    task = await company.asked(batch, "judge-other-market")
    assert (task.roles, task.prefill["market"]) == (["QP"], "EU")
    assert "goes_on" not in task.prefill
    assert (await company.asked(batch, "judge-other-market-quality")).roles == ["HEAD_QA"]
    assert await company.hana.is_refused(batch, "judge-other-market") == (403, "wrong_role")
    assert await company.priya.is_refused(batch, "judge-other-market-quality") == (403, "wrong_role")
    await does(company.hana, batch, "judge-other-market-quality", assessment=HEARD)
    assert await company.quentin.is_refused(batch, "certify") == (409, "gate_closed")
    await does(company.quentin, batch, "judge-other-market", assessment=HEARD)
    assert (await does(company.quentin, batch, "certify"))["stage"] == "RELEASED"
    await are_rebuilt_identically(company.database, "batch_markets", "holds", "market_judgements")


async def test_who_learns_more_raises_the_grounds_and_a_no_leaves_the_market_stopped(company: Company) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-004")
    await does(company.hana, batch, "approve", **no("SPECIFICATION"))
    await company.asked(batch, "certify")
    form = {
        "earlier": 0,
        "market": "US",
        "grounds": ["STERILITY"],
        "reason": "The media fill of that week has failed.",
        "documents": [],
    }
    url = f"/v1/batches/{batch}/grounds"
    headers = {"Idempotency-Key": str(uuid4())}
    assert (await company.nora.post(url, form, **headers)).json()["code"] == "signature_missing"
    request = {"password": company.nora.password, "record": f"GRD-{batch}", "action": "raise", "form": form}
    headers |= {"Signature-Token": (await company.nora.post("/v1/signatures", request)).json()["token"]}
    for _ in range(2):  # sent twice it takes effect once
        answer = await company.nora.post(url, form, **headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["raised"] == 1
    assert (await company.vito.post(url, form, **{"Idempotency-Key": "x"})).status_code == 403

    await does(company.quentin, batch, "judge-other-market", goes_on=False, assessment=HEARD)
    await does(company.hana, batch, "judge-other-market-quality", assessment=HEARD)
    assert await company.quentin.is_refused(batch, "certify") == (409, "gate_closed")
    await does(company.quentin, batch, "judge-other-market", assessment=HEARD)  # asked again: law 5
    assert (await does(company.quentin, batch, "certify"))["stage"] == "RELEASED"
