"""A batch is decided on market by market, and its site is suspended in between (sections 8 and 10)."""

from tests.company import Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.deciding import suspension_proposed
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does


async def test_one_market_is_released_before_the_site_is_suspended_and_the_other_is_rejected_after(
    company: Company,
) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-003")

    task = await company.asked(batch, "approve")
    assert task.prefill["market"] == "US"
    assert "G14 PASS: No hold, recall or alert." in task.prefill["gates_seen"]
    assert await company.priya.is_refused(batch, "approve") == (403, "segregation_of_duties")
    assert await company.hana.is_refused(batch, "certify") == (403, "wrong_role")
    await does(company.hana, batch, "approve", quantity="100")

    # Another batch is rejected for one market first, and released for the other.
    other = await comes_to_certification(company, "B-004")
    no = {"decision": "REJECT", "quantity": None, "reason": "Too little life is left.", "grounds": ["COMMERCIAL"]}
    assert await company.priya.is_refused(other, "approve") == (403, "segregation_of_duties")
    await does(company.priya, other, "approve", market="US", **no)  # she has reviewed it, and rejecting protects
    assert await company.quentin.is_refused(other, "certify") == (409, "gate_closed")
    seen = [{"gate": "G13", "rationale": "The US refuses it for its remaining life; nothing is said of the goods."}]
    assert (await does(company.quentin, other, "certify", judgements=seen))["stage"] == "RELEASED"

    case_id = await suspension_proposed(company.ines)
    await does(company.hana, case_id, "suspend")
    assert await company.quentin.is_refused(batch, "certify") == (409, "gate_closed")
    report = await company.quentin.get(f"/v1/batches/{batch}/gates", market="EU")
    assert [gate["gate"] for gate in report["gates"] if gate["verdict"] == "FAIL"] == ["G1", "G14"]
    assert [(hold["type"], hold["market"]) for hold in report["holds"]] == [("SUPPLIER_STATUS", None)]
    (demanded,) = [each for each in await company.events(batch) if each.type == "batch.review_demanded"]
    assert demanded.payload["cause"] == case_id
    told = await company.vito.get(f"/v1/batches/{batch}")
    assert "certify" not in {record["action"] for record in told["records"]}

    await does(company.quentin, batch, "certify", **no)
    entry, _ = (await company.quentin.get("/v1/certifications"))["items"]
    assert (entry["certificate_number"], entry["quantity"]) == (f"US-{company.today.year}-000001", "100")
    markets = {each["market"]: each["decision"] for each in (await company.ines.sees(batch))["batch"]["markets"]}
    assert markets == {"EU": "REJECT", "US": "RELEASE"}
    await are_rebuilt_identically(company.database, "batches", "batch_markets", "holds")
