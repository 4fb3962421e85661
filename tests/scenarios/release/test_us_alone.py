"""A sponsor that sells in the US alone has no qualified person, and no step of a batch waits for one (section 18)."""

from sqlmodel import col, select

from domain.core.people import Role
from records.core.tables.cases import TaskRow
from tests.company import Company
from tests.records.analysing import line
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.duties import holds
from tests.scenarios.making import disposes, fit, makes, packs, registers, reviews, unasked
from tests.scenarios.qualifying import does, does_unasked
from tests.scenarios.recording import is_named

LETTER = {"kind": "APPOINTMENT", "number": "QU-2027-01", "holder": "Aurelia Pharma Inc."}
QUALITY_UNIT = ["HEAD_QA", "QA_APPROVER", "QCU_RELEASER"]


async def nobody_is_a_qualified_person(company: Company) -> None:
    await holds(company, "quentin", Role.SUPPLIER_QUALITY)
    await holds(company, "ruth", Role.QCU_RELEASER)
    people = await company.adam.get("/v1/people", role="QP")
    assert people["items"] == []


async def test_a_batch_for_the_us_alone_comes_to_its_release_without_any_qualified_person(company: Company) -> None:
    await fit(company, markets=["US"])
    await nobody_is_a_qualified_person(company)
    batch = await registers(company, "B-004", markets=["US"])
    await makes(company, batch)
    await a_major_deviation_is_accepted(company, batch)
    await a_failing_result_is_explained(company, batch)
    await disposes(company, batch)
    await packs(company, batch, "DEVIATION_REPORTS", "OOS_REPORTS")
    await does(company.ines, batch, "completeness")
    await reviews(company, batch)
    await all_holds_are_lifted(company)

    assert await company.quentin.is_refused(batch, "approve") == (403, "wrong_role")
    assert await company.priya.is_refused(batch, "approve") == (403, "segregation_of_duties")
    assert (await does(company.ruth, batch, "approve"))["stage"] == "RELEASED"
    shown = await company.hana.get(f"/v1/certifications/US-{company.today.year}-000001")
    said = shown["declaration"]
    assert (said["signed_as"], said["certified_by"], said["market"]) == ("QCU_RELEASER", company.ruth.person, "US")
    assert "QU-2027-01" in said["appointments"][0]
    rows = (await company.hana.get("/v1/policy"))["markets"]
    assert said["statement"] == next(each["statement"] for each in rows if each["market"] == "US")
    async with company.database.reading() as session:
        tasks = (await session.exec(select(TaskRow).where(col(TaskRow.case_id) == batch))).all()
    assert len(tasks) > 10
    assert [(each.action, each.roles) for each in tasks if {*each.roles} <= {"QP"}] == []
    assert [each.action for each in tasks if each.state == "OPEN" and each.process == "batches"] == []
    await are_rebuilt_identically(company.database, "batches", "batch_markets", "holds")


async def a_major_deviation_is_accepted(company: Company, batch: str) -> None:
    """By the quality unit: who releases for it is named in a letter first."""
    now = company.now.isoformat()
    await unasked(company.vito, batch, "deviation", deviation_id="DEV-1", deviation_class="MAJOR", detected_at=now)
    await does(company.vito, batch, "close-deviation")
    assert sorted((await company.asked(batch, "accept-deviation")).roles) == QUALITY_UNIT
    assert await company.quentin.is_refused(batch, "accept-deviation") == (403, "wrong_role")
    assert await company.ruth.is_refused(batch, "accept-deviation") == (403, "not_appointed")
    await is_named(company, "ruth", Role.QCU_RELEASER, "APT-US-1", LETTER)
    await does(company.ruth, batch, "accept-deviation")


async def a_failing_result_is_explained(company: Company, batch: str) -> None:
    """It was written wrongly: the raw data show it to two of the sponsor."""
    document, day = await company.vito.uploads(batch), company.today.isoformat()
    about = {"issued_on": day, "document": document}
    await does_unasked(company.vito, batch, "coa", number="COA-1", results=[line("0.27")], **about)
    correction = {"number": "COA-2", "correction_of": "COA-1", "correction_reason": "A typing error."}
    await does_unasked(company.vito, batch, "coa", results=[line()], **about, **correction)
    await does_unasked(company.tove, batch, "own-testing", results=[line()], tested_on=day)
    raw, evidence = await company.uta.uploads(batch), await company.uta.uploads(batch)
    proof = {"cause": "TRANSCRIPTION", "raw_data": raw, "evidence": [evidence], "capa_decision": "A second reader."}
    await does(company.uta, batch, "oos-laboratory", retests=[], **proof)
    await does(company.nora, batch, "compare-raw-data", raw_data=raw)
    await does(company.priya, batch, "review-invalidation")


async def all_holds_are_lifted(company: Company) -> None:
    """Those that do not end by themselves: one of the quality unit proposes, another confirms."""
    for hold in (await company.ines.get("/v1/holds", open=True))["items"]:
        proposer = company.nora if hold["type"] in {"OOS", "COA"} else company.priya
        await unasked(proposer, hold["batch_id"], "lift-hold", hold_id=hold["hold_id"])
        task = await company.asked(hold["batch_id"], "confirm-lift")
        assert set(task.roles) & set(QUALITY_UNIT)
        await does(company.hana, hold["batch_id"], "confirm-lift")
