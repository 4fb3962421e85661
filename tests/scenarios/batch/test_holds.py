"""Holds on a batch over weeks: reviewed again and again, and lifted by two after the site is approved again."""

from datetime import timedelta

from domain.core.forms import Process
from domain.processes import form_of
from tests.company import Colleague, Company
from tests.records.rebuilt import are_rebuilt_identically
from tests.scenarios import deciding
from tests.scenarios.days import MONDAY, evening, the_next
from tests.scenarios.duties import is_barred
from tests.scenarios.making import ready, registers
from tests.scenarios.qualifying import does, does_unasked


async def test_a_case_on_hold_still_takes_what_protects(company: Company) -> None:
    await ready(company)
    batch = await registers(company, "B-004")
    await company.ines.does(batch, "hold", reason="The order waits for its budget.")
    assert await company.wen.is_refused(batch, "start") == (409, "case_on_hold")
    await does_unasked(company.tom, batch, "place-hold", markets=["EU"])
    await company.delivered()
    assert [hold["market"] for hold in await held(company, batch)] == ["EU"]
    await company.ines.does(batch, "resume", reason="The budget is there.")
    await does_unasked(company.sana, batch, "cancel")


async def test_a_suspension_holds_a_batch_until_two_people_lift_it_after_the_reinstatement(company: Company) -> None:
    await company.comes_on(the_next(MONDAY, company.today, 1))
    await ready(company)
    batch = await registers(company, "B-003")
    monday = company.today
    case_id = await deciding.suspension_proposed(company.ines)
    await does(company.hana, case_id, "suspend")
    await company.delivered()
    review = await company.asked(batch, "review-hold")
    assert review.due_at == evening(monday, 7)  # five business days
    assert review.about.startswith("HOLD-1 SUPPLIER_STATUS: SUSPENDED")
    await does_unasked(company.tom, batch, "place-hold", markets=["EU"])
    await company.delivered()
    assert [hold["market"] for hold in await held(company, batch)] == ["EU", None]

    await company.comes_on(monday + timedelta(days=2))
    await answers(company.priya, batch, "review-hold", "HOLD-2")
    await answers(company.ines, batch, "review-hold", "HOLD-1")
    again = {task.prefill["hold_id"]: task.due_at for task in await company.open_tasks(batch, "review-hold")}
    assert again == dict.fromkeys(("HOLD-1", "HOLD-2"), evening(monday, 16))  # ten business days later
    assert await company.open_tasks(batch, "review-long-hold") == []

    await company.comes(evening(monday, 29) + timedelta(hours=10), step=timedelta(days=4))
    assert len(await company.open_tasks(batch, "review-long-hold")) == 2
    await answers(company.hana, batch, "review-long-hold", "HOLD-2")
    alarms = await company.alarms(batch, "review-hold")
    assert {alarm.alarm for alarm in alarms} >= {"due", "rung"}

    lift = {"hold_id": "HOLD-1"}
    assert await attempts(company, batch, **lift) == (409, "not_open")  # the status stops release
    await deciding.reinstated(company, case_id)
    assert [hold["hold_id"] for hold in await held(company, batch)] == ["HOLD-2", "HOLD-1"]  # it lifts nothing
    await does_unasked(company.priya, batch, "lift-hold", **lift)
    await is_barred(company, company.priya, batch, "confirm-lift", "S15")
    await does(company.hana, batch, "confirm-lift")
    assert [hold["hold_id"] for hold in await held(company, batch)] == ["HOLD-2"]
    await does_unasked(company.tom, batch, "lift-hold", hold_id="HOLD-2")
    await does(company.quentin, batch, "confirm-lift", confirm=False)
    await does_unasked(company.tom, batch, "lift-hold", hold_id="HOLD-2")
    await does(company.quentin, batch, "confirm-lift")
    await company.delivered()
    for action in ("review-hold", "review-long-hold", "confirm-lift"):
        assert await company.open_tasks(batch, action) == []
    await does_unasked(company.sana, batch, "cancel")
    await are_rebuilt_identically(company.database, "holds", "batches")


async def held(company: Company, batch: str) -> list[dict[str, object]]:
    """The holds that stand on a batch, the newest first."""
    return [dict(hold) for hold in (await company.quentin.get("/v1/holds", batch=batch, open=True))["items"]]


async def answers(who: Colleague, batch: str, action: str, hold_id: str) -> None:
    """Answer the task about one of the holds."""
    tasks = [task for task in await who.company.open_tasks(batch, action) if task.prefill["hold_id"] == hold_id]
    body = who.company.fills(form_of(Process.BATCH, action), tasks[0].prefill).model_dump(mode="json")
    sent = await who.sends(batch, action, body, tasks[0].task_id)
    assert sent.status_code == 200, sent.text


async def attempts(company: Company, batch: str, **changes: str) -> tuple[int, str]:
    """Ines tries to have a hold lifted."""
    evidence = [await company.ines.uploads(batch)]
    return await company.ines.is_refused(batch, "lift-hold", evidence=evidence, **changes)
