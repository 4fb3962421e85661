"""From the active substance to the pack: each stage has its own decision, and the last one needs all before it."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import select

from domain.core.people import Role
from records.batch.tables.decisions import HoldRow
from records.contexts import load
from records.core.journal import Journal
from records.core.tables.master_data import ScopeRow, SiteRow
from tests.company import Company
from tests.records.certifying import a_certificate, registered_with_the_fda
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import Seeded
from tests.scenarios.duties import holds, named_on_licences
from tests.scenarios.making import fit, goes_to_certification, registers, unasked
from tests.scenarios.qualifying import does

RELEASE, CONFIRM = "release-for-processing", "confirm-manufacture"
WHY: dict[str, Any] = {"reason": "The data are not complete.", "grounds": ["MANUFACTURE"]}
TAKEN = {"part": "Compression to bulk tablets", "authorisation": "DE_RP_01_MIA_2023_0042"}


async def turns_to(company: Company, activity: str) -> None:
    """The seeded site stands in Germany, and what its scope does is this from now on."""
    async with company.database.writing() as session:
        (await session.get_one(SiteRow, "VM-02")).country = "DE"
        (await session.get_one(ScopeRow, "SC-1")).activity = activity
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await a_certificate(seeded, valid_to=date(2100, 1, 1), activity=activity)
    await registered_with_the_fda(seeded, activity)


async def comes_to_decision(
    company: Company, number: str, stage: str, *, of: dict[str, Any] | None = None, unit: str, quantity: str
) -> str:
    """A batch of a stage, made now of another one; it comes as far as the decision. Returns its id."""
    parents = [{"relation": "INTERMEDIATE", **of}] if of else []
    yields = {"yield_low": "90", "yield_high": "105"} if of else {}
    batch = await registers(
        company, number, supply_stage=stage, parents=parents, size=quantity, unit=unit, **yields
    )  # fmt: skip
    await company.passes(minutes=5)
    now, lots = company.now.isoformat(), [{"name": "Lactose", "lot": f"L-{number}", "manufacturer": "Rheinchem AG"}]
    await does(company.wen, batch, "start", started_at=now, materials=lots)
    value = {"parameter": "Coupling temperature", "value": "41.2", "unit": "Cel", "measured_at": now}
    await unasked(company.wen, batch, "parameters", values=[value])
    lasts = (company.today + timedelta(days=800 if stage == "FINISHED" else 900)).isoformat()
    given: dict[str, Any] = {"finished_on": company.today.isoformat(), "expiry_on": lasts, "quantity": quantity}
    await does(company.wen, batch, "finish", **given, yield_percent="100")
    await goes_to_certification(company, batch)
    return batch


async def tablets(company: Company, substance: str) -> str:
    await turns_to(company, "DRUG_PRODUCT")
    of = {"batch_id": substance, "quantity": "40", "theoretical_yield": "20000"}
    return await comes_to_decision(company, "T-1", "BULK", of=of, unit="{tablet}", quantity="800000")


async def packs(company: Company, bulk: str, number: str = "P-1") -> str:
    await turns_to(company, "PACKAGING")
    of = {"batch_id": bulk, "quantity": "300000", "theoretical_yield": "0.05"}
    return await comes_to_decision(company, number, "FINISHED", of=of, unit="{pack}", quantity="15000")


async def test_a_pack_is_certified_once_its_substance_is_released_and_its_bulk_confirmed(company: Company) -> None:
    await fit(company, activity="API_MFG")
    await holds(company, "vito", Role.CDMO_QA, Role.CDMO_QP)
    await named_on_licences(company, ("vito", Role.CDMO_QP, "VM-02"))
    substance = await comes_to_decision(company, "A-1", "API", unit="kg", quantity="118.4")
    task = await company.asked(substance, RELEASE)
    assert "G14 PASS" in task.prefill["gates_seen"]
    assert await company.open_task(substance, "certify") is None
    for _market in ("EU", "US"):
        await does(company.hana, substance, RELEASE, purposes=["FURTHER_PROCESSING"], purpose="Tablets of 50 mg")
    assert (await company.ines.sees(substance))["stage"] == "RELEASED"

    bulk = await tablets(company, substance)
    pack = await packs(company, bulk, "P-0")  # begun before the bulk is decided on
    assert await company.quentin.is_refused(pack, "certify") == (409, "gate_closed")
    report = await company.quentin.get(f"/v1/batches/{pack}/gates", market="EU")
    assert [gate["gate"] for gate in report["gates"] if gate["verdict"] == "FAIL"] == ["G12"]
    await does(company.vito, bulk, CONFIRM, **TAKEN)
    await does(company.hana, bulk, RELEASE, sites=["VM-02"])

    pack = await packs(company, bulk)
    await does(company.quentin, pack, "certify")
    await does(company.hana, pack, "approve")
    year = company.today.year
    listed = await company.quentin.get("/v1/processing-releases")
    assert {each["certificate_number"] for each in listed["items"]} == {
        f"RFP-EU-{year}-000001", f"RFP-US-{year}-000001", f"RFP-US-{year}-000002", f"CPM-EU-{year}-000001",
    }  # fmt: skip
    assert len((await company.quentin.get("/v1/certifications"))["items"]) == 2
    shown = await company.quentin.get(f"/v1/certifications/CPM-EU-{year}-000001")
    assert (shown["declaration"]["part"], shown["declaration"]["supply_stage"]) == (TAKEN["part"], "BULK")

    await unasked(company.vito, bulk, "withdraw-release", markets=["EU"], **WHY)
    review = await company.asked(bulk, "review-release")  # for the US it stands, which looks at it again
    assert (review.prefill["outcomes"], "QP" in review.roles) == ([{"market": "US"}], False)
    async with company.database.reading() as session:
        held = {row.batch_id for row in (await session.exec(select(HoldRow))).all()}
    assert pack in held
    assert (await company.asked(pack, "review-release")).action == "review-release"
    await are_rebuilt_identically(company.database, "batches", "batch_markets")


async def test_a_substance_that_is_nowhere_released_ends_its_case_as_withdrawn(company: Company) -> None:
    await fit(company, activity="API_MFG")
    substance = await comes_to_decision(company, "A-1", "API", unit="kg", quantity="118.4")
    await unasked(company.sana, substance, "propose-use-at-risk", site_id="VM-02", quantity="40")
    await does(company.priya, substance, "approve-use-at-risk")
    bulk = await tablets(company, substance)
    assert await company.hana.is_refused(bulk, RELEASE, sites=["VM-02"]) == (409, "gate_closed")
    for _market in ("EU", "US"):
        await does(company.hana, substance, RELEASE, purposes=["FURTHER_PROCESSING"], purpose="Tablets of 50 mg")
    await does(company.hana, bulk, RELEASE, sites=["VM-02"])
    told = await unasked(company.hana, substance, "withdraw-release", markets=["EU", "US"], **WHY)
    assert told["stage"] in {"RELEASED", "WITHDRAWN"}
    await company.delivered()
    assert (await company.ines.sees(substance))["stage"] == "WITHDRAWN"
