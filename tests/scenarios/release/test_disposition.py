"""Batches that are decided: for one market and not for the other, stopped in the middle, learned of later."""

from decimal import Decimal

from records.batch.tables.batches import BatchRow
from tests.company import Company
from tests.records.analysing import IMPURITY
from tests.scenarios.deciding import suspension_proposed
from tests.scenarios.making import comes_to_certification, fit, goes_to_certification, makes, registers
from tests.scenarios.qualifying import does, does_unasked

TIGHTER = IMPURITY.model_copy(update={"upper": Decimal("0.10")})
GERMANY = {"country": "DE", "shown_by": "Office network"}


async def test_a_batch_is_released_held_and_reviewed(company: Company) -> None:
    """For one market released, for another held, and reviewed when its site is suspended."""
    await fit(company, TIGHTER)
    batch = await registers(company, "B-001")
    await makes(company, batch)
    await goes_to_certification(company, batch, "OOS_REPORTS")
    holds = (await company.quentin.get("/v1/holds", open=True))["items"]
    assert {(hold["type"], hold["market"]) for hold in holds} == {("COA", "US"), ("OOS", "US")}, holds
    assert await company.priya.is_refused(batch, "approve") == (403, "segregation_of_duties")
    assert await company.hana.is_refused(batch, "approve") == (409, "gate_closed")
    seen = await does(company.quentin, batch, "certify", location=GERMANY)
    eu, us = seen["batch"]["markets"]
    assert (eu["decision"], eu["certificate_number"], us["decision"]) == (
        "RELEASE",
        f"EU-{company.today.year}-000001",
        None,
    )
    report = await company.quentin.get(f"/v1/batches/{batch}/gates", market="US")
    assert {gate["gate"]: gate["verdict"] for gate in report["gates"]}["G9"] == "FAIL"

    open_ = await comes_to_certification(company, "B-002", markets=["EU"])
    await company.asked(open_, "certify")
    case = await suspension_proposed(company.ines)
    await does(company.hana, case, "suspend")
    assert await company.quentin.is_refused(open_, "certify", location=GERMANY) == (409, "gate_closed")
    await company.delivered()
    held = (await company.quentin.get("/v1/holds", open=True))["items"]
    assert {(hold["batch_id"], hold["type"]) for hold in held} == {
        (batch, "COA"),
        (batch, "OOS"),
        (batch, "SUPPLIER_STATUS"),
        (open_, "SUPPLIER_STATUS"),
    }
    review = await company.asked(batch, "review-release")
    assert review.due_at is not None
    await does(company.quentin, batch, "review-release")
    async with company.database.reading() as session:
        row = await session.get_one(BatchRow, batch)
        assert (row.released, row.review_open, row.state) == (True, False, "OPEN")
    await does_unasked(company.hana, batch, "redirect", way="REJECT", reason="Not for the US.", grounds=["COMMERCIAL"])
    seen = await company.quentin.sees(batch)
    assert (seen["stage"], [market["decision"] for market in seen["batch"]["markets"]]) == (
        "RELEASED",
        ["RELEASE", "REJECT"],
    )
