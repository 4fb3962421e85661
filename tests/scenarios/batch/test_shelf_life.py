"""A batch that lasts three days: at the midnight after the last one its goods are blocked, and no way leads on."""

from datetime import UTC, datetime, time, timedelta

from records.batch.tables.batches import BatchRow
from tests.company import Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios.delivery.test_delivery import ordered, orders
from tests.scenarios.making import comes_to_certification, fit
from tests.scenarios.qualifying import does, tries
from workflows.core.standing_clock import ensure_standing_clock


async def test_after_the_last_day_nothing_moves_on_and_the_goods_are_blocked(company: Company) -> None:
    await company.comes_on(company.today + timedelta(days=1))
    await fit(company)
    last = company.today + timedelta(days=3)
    midnight = datetime.combine(last + timedelta(days=1), time(), UTC)
    undecided = await comes_to_certification(company, "B-001", shelf_days=3)
    delivered = await comes_to_certification(company, "B-002", shelf_days=3)
    await does(company.quentin, delivered, "certify")
    await does(company.hana, delivered, "approve")
    on_its_way, waits = await ordered(company, delivered, quantity="10"), await ordered(company, delivered)
    await does(company.vito, on_its_way, "dispatch")
    await ensure_standing_clock(company.environment.client, company.settings.task_queue)

    await company.comes(midnight - timedelta(minutes=5), step=timedelta(hours=6))
    assert [await status(company, each) for each in (undecided, delivered)] == ["QUARANTINE", "UNRESTRICTED"]
    await company.comes(midnight + timedelta(seconds=30))
    for batch in (undecided, delivered):
        event = await company.recorded(batch, "batch.expired")
        assert (event.occurred_at.replace(microsecond=0), event.payload["last_day"]) == (midnight, last.isoformat())
        assert await status(company, batch) == "BLOCKED"

    await company.comes(midnight + timedelta(days=20), step=timedelta(days=4))
    words = f"shelf life ended on {last} (UTC)"
    for who, action in ((company.quentin, "certify"), (company.hana, "approve")):
        answer = await tries(who, undecided, action)
        refusal = answer.json()
        assert (answer.status_code, refusal["code"], refusal["fields"]["G12"]) == (409, "gate_closed", words)
    assert words in (await company.quentin.get(f"/v1/batches/{undecided}/gates", market="EU"))["gates"][11]["reason"]
    assert (await company.quentin.sees(undecided))["batch"]["expired_at"] is not None
    for answer in (await orders(company, delivered), await company.vito.attempts(waits, "dispatch")):
        assert (answer.status_code, answer.json()["code"]) == (409, "shelf_life_ended")
        assert answer.json()["fields"]["batch_id"] == words
    received = await does(company.sana, on_its_way, "receive")
    assert received["shipment"]["arrival"]["blocked"] == "10"
    too_old = {"decision": "REJECT", "reason": "Too old.", "quantity": None, "grounds": ["STORAGE"]}
    await does(company.quentin, undecided, "certify", **too_old)
    await are_rebuilt_identically(company.database, "batches", "shipments", "batch_markets")


async def status(company: Company, batch: str) -> str:
    async with company.database.reading() as session:
        return (await session.get_one(BatchRow, batch)).physical_status
