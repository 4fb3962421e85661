"""Batches that are decided: for one market and not for the other, stopped in the middle, learned of later."""

from datetime import date, timedelta
from typing import Any

from records.journal import Journal
from records.tables import BatchRow, CertificateRow
from tests.company import Company
from tests.records.analysing import IMPURITY, specified
from tests.records.seeded import Seeded
from tests.scenarios.deciding import suspension_proposed
from tests.scenarios.making import disposes, makes, packs, ready, registers, reviews
from tests.scenarios.qualifying import does, does_unasked

TIGHTER = IMPURITY.model_copy(update={"upper": IMPURITY.upper.__class__("0.10") if IMPURITY.upper else None})
GERMANY = {"country": "DE", "shown_by": "Office network"}


async def fit(company: Company) -> None:
    """Nothing stands against what the seeded site makes: a verified certificate, registered specifications."""
    await ready(company)
    seeded = Seeded(company.database, Journal(company.database), company.seeded)
    await specified(seeded, markets=("EU",))
    await specified(seeded, TIGHTER, version=2, markets=("US",))
    row = CertificateRow(
        certificate_id="CERT-900",
        serial=900,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        type="GMP_CERT",
        number="DE_RP_01",
        authority="RP",
        inspected_on=company.today - timedelta(days=200),
        valid_to=date(2100, 1, 1),
        sort_valid_to=date(2100, 1, 1),
        scope_text="Chemical synthesis",
        document_id="DOC-1",
        status="VERIFIED",
        register_checked_on=company.today,
        register_checked_by="PER-1",
        scope_confirmed_by="PER-1",
        confirmed_activity="API_MFG",
    )
    async with company.database.writing() as session:
        session.add(row)


async def comes_to_certification(company: Company, number: str, result: str = "0.12", **changes: Any) -> str:
    """A batch, made, analysed, tested by the sponsor, released by its site and reviewed."""
    batch = await registers(company, number, **changes)
    await makes(company, batch)
    line = {"test": "Impurity I-3", "result": result, "unit": "%"}
    await does_unasked(company.vito, batch, "coa", results=[line], issued_on=company.today.isoformat())
    await does_unasked(company.nora, batch, "own-testing", results=[line], tested_on=company.today.isoformat())
    await disposes(company, batch)
    await packs(company, batch)
    await does(company.ines, batch, "completeness")
    await reviews(company, batch)
    return batch


async def test_a_batch_is_released_for_one_market_held_for_another_and_reviewed_when_its_site_is_suspended(
    company: Company,
) -> None:
    await fit(company)
    batch = await comes_to_certification(company, "B-001")
    holds = (await company.quentin.get("/v1/holds", open=True))["items"]
    assert [(hold["type"], hold["market"]) for hold in holds] == [("COA", "US")], holds
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
        (batch, "SUPPLIER_STATUS"),
        (open_, "SUPPLIER_STATUS"),
    }
    review = await company.asked(batch, "review-release")
    assert review.due_at is not None
    await does(company.quentin, batch, "review-release")
    async with company.database.reading() as session:
        row = await session.get_one(BatchRow, batch)
        assert (row.released, row.review_open, row.state) == (True, False, "OPEN")
    await does_unasked(company.hana, batch, "redirect", way="REJECT", reason="Not for the US.")
    seen = await company.quentin.sees(batch)
    assert (seen["stage"], [market["decision"] for market in seen["batch"]["markets"]]) == (
        "RELEASED",
        ["RELEASE", "REJECT"],
    )
