"""A batch that is reworked: nothing is done again before regulatory affairs and the decider have said so."""

from typing import Any

from tests.company import Company
from tests.scenarios.making import comes_to_certification, fit, goes_to_certification, makes, registers, unasked
from tests.scenarios.qualifying import does


async def sent_back(company: Company, number: str) -> list[dict[str, Any]]:
    """A batch is to be reworked; returns it as what the next one comes from."""
    batch = await comes_to_certification(company, number)
    why = "The granules are too coarse: they are sieved and packed again."
    await unasked(company.hana, batch, "redirect", way="REWORK", reason=why)
    assert (await company.ines.sees(batch))["stage"] == "REPROCESSED"
    return [{"batch_id": batch, "relation": "REWORK"}]


async def test_a_rework_is_assessed_and_approved_before_it_is_done_and_then_released(company: Company) -> None:
    await fit(company)
    again = await registers(company, "B-001-R", parents=await sent_back(company, "B-001"), size="118")
    begun = {"started_at": company.now.isoformat()}
    assert await company.wen.is_refused(again, "start", **begun) == (409, "not_open")
    await does(company.rosa, again, "assess-rework")
    assert await company.wen.is_refused(again, "start", **begun) == (409, "not_open")
    await does(company.quentin, again, "approve-rework")
    await makes(company, again)
    await goes_to_certification(company, again, "REPROCESSING_RECORD")
    report = await company.quentin.get(f"/v1/batches/{again}/gates", market="EU")
    (origin,) = [line for gate in report["gates"] for line in gate["looked_at"] if line.startswith("comes from")]
    assert "B-001 (BAT-1), reworked" in origin
    await does(company.quentin, again, "certify")
    case = await does(company.hana, again, "approve")
    assert {each["market"]: each["decision"] for each in case["batch"]["markets"]} == {"EU": "RELEASE", "US": "RELEASE"}


async def test_a_rework_that_is_not_approved_is_not_made(company: Company) -> None:
    await fit(company)
    again = await registers(company, "B-002-R", parents=await sent_back(company, "B-002"), size="118")
    await does(company.rosa, again, "assess-rework")
    await does(company.quentin, again, "approve-rework", approve=False)
    assert (await company.ines.sees(again))["stage"] == "CANCELLED"
    status, _ = await company.wen.is_refused(again, "start", started_at=company.now.isoformat())
    assert status == 409
