"""What happens at a site, from the message of its own system to what follows from it."""

from datetime import timedelta
from typing import Any

from domain.core.clocks import Level
from records.batch.tables.decisions import HoldRow
from records.contexts import load
from records.core.journal import Journal
from records.event.tables import SiteEventRow
from tests.company import Alarm, Colleague, Company
from tests.records.known import known_without_procedure
from tests.records.seeded import Seeded
from tests.scenarios.days import MONDAY, evening, morning, the_next
from tests.scenarios.qualifying import assessed, does, does_unasked, stands

EVENT: dict[str, Any] = {"specversion": "1.0", "source": "urn:site:qms", "type": "com.vendor.site.deviation"}


async def tells(who: Colleague, subject: str, number: str, *, kind: str = "deviation", **data: Any) -> dict[str, Any]:
    """The site's own system reports an event of this hour, by default a deviation."""
    data = {"severity": "CRITICAL", "description": "The filling ran without its filter.", **data}
    event = {
        **EVENT,
        "type": f"com.vendor.site.{kind}",
        "id": number,
        "subject": subject,
        "time": who.company.now.isoformat(),
        "data": data,
    }
    answer = await who.post("/v1/events", event)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def is_registered(company: Company, batch_id: str, number: str, scope_id: str) -> None:
    seeded = Seeded(company.database, Journal(company.database, load()), company.seeded)
    await known_without_procedure(seeded, batch_id, number, scope_id=scope_id, site_id="OB-01")


async def test_a_critical_deviation_leads_to_an_audit_a_hold_and_a_graver_tier(company: Company) -> None:
    scope = company.seeded.scopes["OB-01"]
    await is_registered(company, "BAT-1", "B-1", scope)
    await is_registered(company, "BAT-2", "B-2", scope)
    told = await tells(company.olga, scope, "DEV-7", lots=["B-1"])
    event = told["case_id"]
    assert (told["started"], told["event"]["notified_late"], told["tasks"]) == (True, False, [])
    task = await company.asked(event, "triage")
    assert (task.prefill, task.about) == ({}, "CRITICAL: Deviation DEV-7")
    await does_unasked(company.olga, event, "supplement", facts="The filter was found in the store.")

    case = await does(
        company.ines,
        event,
        "triage",
        outcomes=["FOR_CAUSE", "REASSESS_RISK", "HOLD_BATCHES"],
        for_cause={"reason": "CRITICAL_DEVIATION", "summary": "The step was signed although nobody did it."},
        batches=["B-1"],
    )
    opened = case["event"]["opened"]
    assert opened == {"FOR_CAUSE": ["AUD-1"], "REASSESS_RISK": ["RSK-1"], "HOLD_BATCHES": ["BAT-1"]}
    await company.delivered()
    case = await company.ines.sees(event)
    assert (case["stage"], case["outcome"]) == ("TRIAGED", "TRIAGED")
    assert [each["case_id"] for each in case["cases"]] == ["AUD-1", "RSK-1"]
    async with company.database.reading() as session:
        hold = await session.get_one(HoldRow, "HOLD-1")
    assert (hold.batch_id, hold.placed_in, hold.lifted_at) == ("BAT-1", event, None)

    assert (await company.asked("AUD-1", "decide")).barred == {company.ines.person: "S1"}
    assert await company.hana.task("AUD-1", "decide") is not None
    await assessed(company, "RSK-1")
    assert (await does(company.priya, "RSK-1", "approve-risk"))["outcome"] == "CRITICAL"
    assert (await company.hana.get(f"/v1/sites/OB-01/scopes/{scope}"))["risk_tier"] == "CRITICAL"

    seen = await company.olga.sees(event)
    assert (seen["cases"], seen["event"]["outcomes"], seen["stage"]) == ([], None, "TRIAGED")
    assert (await company.olga.get("/v1/risk-reviews"))["items"] == []
    assert await company.olga.is_refused(event, "supplement") == (409, "case_closed")
    await is_answered_by_its_own_clock(company)


async def is_answered_by_its_own_clock(company: Company) -> None:
    """A SCAR has thirty days, and proposals follow."""
    scar = {"origin": "SCAR", "site_id": "OB-01", "severity": "MAJOR", "finding": "No filter.", "owner": "Head of QC"}
    answer = await company.ines.post("/v1/capas", scar, **{"Idempotency-Key": "scar"})
    assert answer.status_code == 201, answer.text
    task = await company.asked(answer.json()["case_id"], "plan")
    assert task.deadline["policy_key"] == "scar.response"
    assert {rung["proposes"] for rung in task.deadline["rungs"]} >= {"PROBATION", "SUSPEND"}


async def test_a_falsified_lot_is_cleared_by_two(company: Company) -> None:
    scope = company.seeded.scopes["OB-01"]
    told = await tells(company.olga, scope, "FAL-1", kind="falsification", lots=["C12-0417"])
    event = told["case_id"]
    await company.asked(event, "triage")
    evidence = [await company.ines.uploads()]
    lot = {"lot": "c12 0417", "event": None, "reason": "The seal is genuine.", "evidence": evidence}
    case = await does(company.ines, event, "triage", outcomes=["RECORD"], cleared=[lot])
    assert case["stage"] == "RECEIVED"
    task = await company.asked(event, "confirm-clearing")
    assert (task.barred, task.about) == (
        {company.ines.person: "S1"},
        "c12 0417 is not concerned: The seal is genuine.",
    )
    assert await cleared(company, event) == []
    case = await does(company.hana, event, "confirm-clearing")
    assert case["stage"] == "TRIAGED"
    (said,) = await cleared(company, event)
    assert ", confirmed by " in said


async def cleared(company: Company, event: str) -> list[str]:
    async with company.database.reading() as session:
        return [each["by_name"] for each in (await session.get_one(SiteEventRow, event)).cleared]


async def test_an_event_that_nobody_triages_goes_to_the_deputy_and_then_to_the_head_of_quality(
    company: Company,
) -> None:
    monday = the_next(MONDAY, company.today, ahead=1)
    await company.comes_on(monday)
    await company.ines.is_away(monday + timedelta(days=30))
    event = (await tells(company.vito, "VM-02", "DEV-8", severity="MAJOR"))["case_id"]
    await company.asked(event, "triage")
    assert await company.mails("priya", event)
    await company.comes_on(monday + timedelta(days=3))
    due = evening(monday, days=1)
    deputies, head = ("hana", "priya"), ("hana",)
    assert await company.alarms(event, "triage") == [
        Alarm(due, "due", Level.L0, deputies[1:]),
        Alarm(due + timedelta(seconds=1), "rung", Level.L1, deputies),
        Alarm(morning(monday, days=2), "rung", Level.L3, head),
    ]
    assert (await company.ines.sees(event))["overdue"] is True
    assert (await company.vito.sees(event))["overdue"] is False
    await does(company.ines, event, "triage")
    sent = len(await company.escalations(event))
    await company.passes(days=5)
    assert len(await company.escalations(event)) == sent


async def test_a_site_that_is_sold_is_qualified_again_and_its_risk_is_scored_again(company: Company) -> None:
    monday = the_next(MONDAY, company.today, ahead=1)
    await company.comes_on(monday)
    await stands(company, "APPROVED")
    report = {"type": "OWNERSHIP_CHANGE", "source": "press", "event_id": "2026-3", "site_id": "VM-02"}
    report |= {"severity": "MAJOR", "description": "Nordfels buys the plant.", "detected_at": company.now.isoformat()}
    answer = await company.rosa.post("/v1/site-events", report, **{"Idempotency-Key": "press"})
    event = answer.json()["case_id"]
    assert (answer.status_code, answer.json()["event"]["notify_key"]) == (201, None)
    assert (await company.vito.get("/v1/site-events"))["items"] == []
    takes_over = {"takes_over_on": (company.today + timedelta(days=90)).isoformat()}
    await does(company.ines, event, "triage", outcomes=["REASSESS_RISK"], succession=takes_over)
    await company.delivered()
    assert [case["case_id"] for case in (await company.ines.sees(event))["cases"]] == ["QC-1", "RSK-1"]
    await company.asked("QC-1", "carry-over")
    assert await company.hana.task("QC-1", "carry-over") is not None

    task = await company.asked("RSK-1", "assess-risk")
    assert (task.due_at, task.about) == (evening(monday, days=14), "Nordfels buys the plant.")
    review = (company.today + timedelta(days=360)).isoformat()
    await assessed(company, "RSK-1", tier="CRITICAL")
    await does(company.priya, "RSK-1", "approve-risk", approve=False, reason="The new owner's record is not in it.")
    lower = {"next_review": review, "tier": "HIGH", "raised_because": "New people."}
    await assessed(company, "RSK-1", (3, 3, 2, 3, 4, 3, 2), **lower)
    await does(company.priya, "RSK-1", "approve-risk")
    await company.asked("RSK-1", "confirm-lower-tier")
    assert await company.priya.is_refused("RSK-1", "confirm-lower-tier") == (403, "segregation_of_duties")
    case = await does(company.hana, "RSK-1", "confirm-lower-tier")
    assert (case["outcome"], case["risk"]["status"], case["risk"]["version"]) == ("HIGH", "APPROVED", 2)
