"""A site announces a change: the sponsor raises its tier, asks, approves under a condition, and it is used."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.change.site_change import ChangeNotification
from tests.company import Company
from tests.records.rebuilt import is_rebuilt_identically
from tests.scenarios.days import evening, rolled
from tests.scenarios.qualifying import does, does_unasked


async def announced(company: Company, user: str = "wen", **given: Any) -> str:
    """A change of the seeded site; returns the id of the case."""
    body = company.fills(ChangeNotification, **given).model_dump(mode="json")
    answer = await getattr(company, user).post("/v1/changes", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def test_a_change_is_raised_asked_about_approved_under_a_condition_and_used(company: Company) -> None:
    submitted, earliest = company.today, company.today + timedelta(days=45)
    impact = [{"market": "EU", "impact": "NO"}, {"market": "US", "impact": "UNKNOWN"}]
    told: dict[str, Any] = {"category": "ADMIN", "cdmo_tier": "NOTIFY", "registered_impact": impact}
    case_id = await announced(company, earliest_date=earliest.isoformat(), **told)
    body = company.fills(ChangeNotification).model_dump(mode="json")
    again = await company.vito.post("/v1/changes", body, **{"Idempotency-Key": str(uuid4())})
    assert (again.status_code, case_id in again.text) == (409, True)

    due = evening(rolled(submitted + timedelta(days=30)))
    task = await company.asked(case_id, "classify")
    assert (task.due_at, [*task.prefill]) == (due, ["scope_ids"])
    case = await does(company.ines, case_id, "classify", sponsor_tier="APPROVAL")
    assert case["stage"] == "ASSESSMENT"
    await does(company.rosa, case_id, "assess-regulatory")
    assert await company.open_task(case_id, "decide") is None
    await does(company.carla, case_id, "assess-technical")
    decision = await company.asked(case_id, "decide")
    assert (decision.due_at, decision.barred) == (
        due,
        dict.fromkeys([getattr(company, user).person for user in ("ines", "rosa", "carla")], "S1"),
    )
    assert (await company.wen.sees(case_id))["change"]["sponsor_tier"] is None

    await company.comes(due + timedelta(days=3))  # silence is no consent
    waiting = await company.vito.sees(case_id)
    assert (waiting["stage"], waiting["change"]["approved"], waiting["change"]["decision"]) == ("DECISION", False, None)
    assert {alarm.alarm for alarm in await company.alarms(case_id, "decide")} >= {"due", "rung"}
    assert (await company.vito.is_refused(case_id, "implement"))[1] == "not_open"

    await does(company.priya, case_id, "decide", verdict="MORE_INFO", question="How was it compared?")
    assert (await company.vito.sees(case_id))["stage"] == "QUESTION"
    assert (await company.asked(case_id, "supplement")).about == "How was it compared?"
    answered = company.today
    await does(company.vito, case_id, "supplement")
    decision = await company.asked(case_id, "decide")
    assert decision.due_at == evening(rolled(answered + timedelta(days=30)))
    condition = ["Three batches are compared."]
    case = await does(company.priya, case_id, "decide", verdict="APPROVED_WITH_CONDITIONS", conditions=condition)
    assert (case["stage"], case["change"]["approved"]) == ("APPROVED", True)

    early = await company.vito.attempts(case_id, "implement", implemented_on=submitted.isoformat())
    assert (early.status_code, "deviation" in early.text) == (422, True)
    await company.comes_on(earliest)
    case = await does(company.vito, case_id, "implement")
    assert (case["stage"], case["outcome"], case["change"]["implemented_on"]) == (
        "IMPLEMENTED",
        "IMPLEMENTED",
        earliest.isoformat(),
    )

    given_up = await announced(company, change_id="CC-2")
    await does(company.ines, given_up, "classify")
    case = await does_unasked(company.vito, given_up, "withdraw")
    assert (case["outcome"], case["tasks"]) == ("WITHDRAWN", [])
    rejected = await announced(company, change_id="CC-3", **told)
    await does(company.ines, rejected, "classify", sponsor_tier="NOTIFY", needs_regulatory=False)
    assert await company.open_task(rejected, "assess-regulatory") is None
    case = await does(company.priya, rejected, "decide", verdict="REJECTED")
    assert (case["outcome"], case["records"][-1]["signature"]["meaning"]) == ("REJECTED", "REJECTED")
    await is_rebuilt_identically(company.database)
