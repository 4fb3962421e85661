"""A mistyped day is corrected, and after the last day the authority extends it; nothing else moves it."""

from datetime import timedelta

from records.batch.tables.batches import BatchRow
from tests.company import Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, does_unasked, nothing_is_due, tries
from workflows.core.standing_clock import ensure_standing_clock


async def test_a_last_day_is_corrected_and_extended_by_signature_alone(company: Company) -> None:
    await company.comes_on(company.today + timedelta(days=1))
    await fit(company)
    last = company.today + timedelta(days=3)
    batch = await comes_to_certification(company, "B-001", markets=["EU"], shelf_days=3)
    await does(company.quentin, batch, "certify")
    evidence = [await company.priya.uploads(batch)]
    right = (last + timedelta(days=1)).isoformat()
    await does_unasked(
        company.priya, batch, "correct-manufacture", expiry_on=right, reason="Mistyped.", evidence=evidence
    )
    await company.asked(batch, "confirm-manufacture-correction")
    assert (await company.quentin.sees(batch))["batch"]["expiry_on"] == last.isoformat()
    refusal = await tries(company.priya, batch, "confirm-manufacture-correction")
    assert refusal.json()["code"] == "segregation_of_duties"
    await does(company.hana, batch, "confirm-manufacture-correction")
    seen = (await company.quentin.sees(batch))["batch"]
    (correction,) = seen["corrections"]
    assert (seen["expiry_on"], correction["old"], correction["confirmed"]) == (right, last.isoformat(), True)
    review = await company.asked(batch, "review-release")
    assert f"expiry on was {last}, is {right}" in review.about
    await nothing_is_due(company, batch, 1)
    await does(company.quentin, batch, "review-release")
    assert (
        correction["new"]
        in (await company.quentin.get(f"/v1/batches/{batch}/gates", market="EU"))["batch"]["expiry_on"]
    )

    await ensure_standing_clock(company.environment.client, company.settings.task_queue)
    await company.comes_on(last + timedelta(days=3))
    await company.recorded(batch, "batch.expired")
    letter = [await company.rosa.uploads(batch)]
    until = (last + timedelta(days=40)).isoformat()
    await does_unasked(company.rosa, batch, "extend-shelf-life", markets=["EU"], last_day=until, letter=letter)
    await does(company.quentin, batch, "sign-extension")
    async with company.database.reading() as session:
        row = await session.get_one(BatchRow, batch)
        assert (row.physical_status, row.extended_markets) == ("UNRESTRICTED", ["EU"])
    await are_rebuilt_identically(company.database, "batches", "batch_corrections")
