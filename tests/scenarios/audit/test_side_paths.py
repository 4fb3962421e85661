"""Audits that do not go the straight way before and on site: declined, moved, refused, aborted, cancelled, waived."""

from datetime import date, timedelta
from typing import Any

from domain.agreement.agreement import AgreementStatus
from records.agreement.tables import AgreementRow
from tests.company import Company
from tests.scenarios.days import WEDNESDAY, the_next


def days(first: date, length: int = 1) -> dict[str, str]:
    return {"first_day": first.isoformat(), "last_day": (first + timedelta(days=length - 1)).isoformat()}


async def scheduled(company: Company, **request: Any) -> str:
    return await company.ines.requests(type="SCHEDULED", trigger=None, **request)


async def test_a_declined_audit_is_a_signed_record_and_one_trigger_has_one_open_audit(company: Company) -> None:
    audit = await company.tom.requests()
    assert await company.ruth.requests() == audit
    (merged,) = await company.events(audit, "audit.merged")
    assert merged.payload["requested_by"] == company.ruth.person
    case = await company.hana.does(audit, "decide", accept=False, reason="The caller withdrew the allegation.")
    assert (case["stage"], case["outcome"]) == ("DECLINED", "DECLINED")
    (decision,) = await company.events(audit, "audit.decide")
    assert decision.signature is not None
    assert (decision.signature.meaning, decision.signature.printed_name) == ("REJECTED", "Hana Sato")
    assert await company.ines.is_refused(audit, "plan") == (409, "case_closed")

    second = await company.ruth.requests()
    assert second != audit
    case = await company.hana.does(second, "cancel", reason="Asked for by mistake.")
    assert (case["stage"], case["tasks"]) == ("CANCELLED", [])


def agreement(qta_id: str, site_id: str, company: Company) -> AgreementRow:
    """An agreement that is in force with a site."""
    return AgreementRow(
        qta_id=qta_id,
        version=1,
        number=9,
        site_id=site_id,
        scope_id="SC-2",
        case_id="QC-0",
        status=AgreementStatus.EFFECTIVE.value,
        terms={},
        drafted_by="PER-1",
        drafted_at=company.now,
        effective_from=date(2020, 1, 1),
        lapses_on=date(2100, 1, 1),
    )


async def test_both_sides_move_an_audit_twice_and_a_site_that_refuses_access_gets_its_report(company: Company) -> None:
    audit = await scheduled(company)
    await company.staffed(audit)
    first = await company.first_day(audit)
    async with company.database.writing() as session:
        session.add(agreement("QTA-9", "OB-01", company))
    others = await company.tom.attempts(audit, "notice", short_notice_agreed_in="QTA-9")
    assert (others.status_code, list(others.json()["fields"])) == (422, ["short_notice_agreed_in"])
    await company.tom.does(audit, "notice")
    proposal = {"verdict": "COUNTER_PROPOSE", "reason": "Shutdown in that week."}
    await company.vito.does(audit, "confirm", **proposal, **days(first + timedelta(days=7), 2))
    await company.ines.does(audit, "answer-counter-proposal", accept=False)
    await company.tom.does(audit, "notice", **days(first, 3))
    await company.vito.does(audit, "confirm", **proposal, **days(first + timedelta(days=7), 2))
    case = await company.ines.does(audit, "answer-counter-proposal")
    first += timedelta(days=7)
    assert (case["audit"]["first_day"], case["stage"]) == (first.isoformat(), "PREPARING")

    for move in (7, 14):
        await company.vito.does(audit, "reschedule", **days(first + timedelta(days=move)))
        assert await company.ines.is_refused(audit, "reschedule", **days(first)) == (409, "conflict")
        await company.ines.does(audit, "answer-counter-proposal")
    assert await company.first_day(audit) == first + timedelta(days=14)
    third = days(first + timedelta(days=21))
    assert await company.vito.is_refused(audit, "reschedule", **third) == (409, "limit_reached")
    too_late = await company.ines.attempts(audit, "reschedule", **days(first + timedelta(days=91)))
    assert (too_late.status_code, list(too_late.json()["fields"])) == (422, ["first_day"])
    await company.ines.does(audit, "reschedule", **days(first + timedelta(days=90)))
    await company.vito.does(audit, "confirm")
    assert await company.first_day(audit) == first + timedelta(days=90)

    await company.ines.does(audit, "reschedule", **days(first + timedelta(days=30)))
    await company.vito.does(audit, "confirm", verdict="REFUSE_ACCESS", reason="No auditors this year.")
    await company.asked(audit, "report")
    assert await company.open_task(audit, "prepare") is None
    case = await company.hana.does(audit, "decide-suspension", scope="NEW_ORDERS")
    assert case["stage"] == "REPORT_DRAFT"
    missing = await company.tom.attempts(audit, "report", findings=[])
    assert list(missing.json()["fields"]) == ["findings"]
    await company.reported(audit)
    case = await company.vito.sees(audit)
    assert [(finding["severity"], finding["area"]) for finding in case["findings"]] == [
        ("CRITICAL", "Access to the site")
    ]
    assert not case["audit"]["full_scope"]


async def test_an_aborted_audit_goes_on_or_ends_by_the_head_of_quality_and_is_reported_anyway(company: Company) -> None:
    day = the_next(WEDNESDAY, company.today, 7)
    audit = await company.accepted()
    await company.announced(audit, **days(day, 3))
    await company.comes_on(day)
    await company.tom.does(audit, "open", held_at=company.now.isoformat())
    assert await company.ruth.is_refused(audit, "abort") == (403, "not_assigned")
    await company.tom.does(audit, "abort", area="Warehouse B")
    assert (await company.asked(audit, "decide-abort")).deadline["policy_key"] == "audit.abort_decision"
    case = await company.hana.does(audit, "decide-abort", confirm=False, reason="The site head lets the team in.")
    assert case["stage"] == "IN_PROGRESS"
    await company.comes_on(day + timedelta(days=1))
    await company.tom.does(audit, "abort", area="Warehouse B")
    await company.hana.does(audit, "decide-abort")
    await company.asked(audit, "report")
    assert await company.tom.is_refused(audit, "close-meeting") == (409, "not_open")
    task = await company.tom.task(audit, "report")
    assert task is not None
    assert task["prefill"]["last_day"] == (day + timedelta(days=1)).isoformat()
    await company.reported(audit)
    case = await company.tom.sees(audit)
    assert [(finding["severity"], finding["area"]) for finding in case["findings"]] == [("CRITICAL", "Warehouse B")]
    assert case["audit"]["recommendation"] == "UNACCEPTABLE"


async def test_only_a_scheduled_audit_of_low_risk_is_waived_for_a_year_and_not_twice_in_a_row(company: Company) -> None:
    async def scope(site: str, activity: str, tier: str) -> tuple[str, ...]:
        form = {"activity": activity, "product": "ARL-9", "markets": ["EU"], "stage": "COMMERCIAL", "risk_tier": tier}
        answer = await company.ines.post(f"/v1/sites/{site}/scopes", form)
        assert answer.status_code == 201, answer.text
        return (answer.json()["scope_id"],)

    async def waiver(audit: str, until: int = 360) -> dict[str, Any]:
        report = {"kind": "AUTHORITY_INSPECTION", "document": await company.ines.uploads(audit)}
        return {"alternatives": [report], "expires_on": (company.today + timedelta(days=until)).isoformat()}

    critical = await scheduled(company)
    refused = await company.ines.attempts(critical, "waive", **await waiver(critical))
    assert (refused.status_code, refused.json()["detail"]) == (422, "An audit of tier CRITICAL is never waived.")
    api = await scheduled(company, scope_ids=await scope("VM-02", "API_MFG", "LOW"))
    refused = await company.ines.attempts(api, "waive", **await waiver(api))
    assert refused.json()["detail"] == "An audit of API manufacture for the EU is never waived."

    packaging = {"site_id": "OB-01", "scope_ids": await scope("OB-01", "PACKAGING", "LOW")}
    audit = await scheduled(company, **packaging)
    refused = await company.ines.attempts(audit, "waive", **await waiver(audit, until=370))
    assert list(refused.json()["fields"]) == ["expires_on"]
    await company.ines.does(audit, "waive", **await waiver(audit))
    assert (await company.asked(audit, "decide-waiver")).barred == {company.ines.person: "S9"}
    assert await company.ines.is_refused(audit, "decide-waiver") == (403, "wrong_role")
    await company.hana.does(audit, "decide-waiver", grant=False, reason="The report is of another building.")
    assert (await company.ines.sees(audit))["stage"] == "PLANNED"
    await company.ines.does(audit, "waive", **await waiver(audit))
    case = await company.hana.does(audit, "decide-waiver")
    assert (case["stage"], case["outcome"]) == ("WAIVED", "WAIVED")
    assert case["audit"]["waived_until"] == (company.today + timedelta(days=360)).isoformat()
    assert len(await company.mails("quentin", "audit waived")) == 1
    again = await scheduled(company, **packaging)
    refused = await company.ines.attempts(again, "waive", **await waiver(again))
    assert (refused.status_code, refused.json()["rule"]) == (422, "waiver.max")
    await company.ines.does(again, "plan")
    assert (await company.ines.task(again, "plan")) is None
    await company.priya.does(again, "cancel")  # a cancelled audit does not end the row
    third = await scheduled(company, **packaging)
    refused = await company.ines.attempts(third, "waive", **await waiver(third))
    assert (refused.status_code, refused.json()["rule"]) == (422, "waiver.max")


async def test_a_plan_justifies_its_mode_and_comes_back_until_it_is_approved(company: Company) -> None:
    audit = await company.ines.requests(type="QUALIFICATION", trigger=None)
    remote = await company.ines.attempts(audit, "plan", mode="REMOTE")
    assert set(remote.json()["fields"]) == {"mode_justification", "not_verifiable"}
    why = {"mode_justification": "Travel is not possible.", "not_verifiable": ["Flow of materials"]}
    paper = await company.ines.attempts(audit, "plan", mode="PAPER", **why)
    assert list(paper.json()["fields"]) == ["mode"]  # a first qualification of a CRITICAL site
    await company.ines.does(audit, "plan", mode="REMOTE", **why)
    first = (await company.asked(audit, "approve-plan")).prefill["plan"]
    case = await company.priya.does(audit, "approve-plan", approve=False, reason="Go there.")
    assert case["stage"] == "PLANNED"
    await company.ines.does(audit, "plan")
    assert await company.priya.is_refused(audit, "approve-plan", plan=first) == (412, "version_stale")
    case = await company.priya.does(audit, "approve-plan")
    assert case["audit"]["mode"] == "ON_SITE"


async def test_a_waiver_that_nobody_decided_is_moot_once_the_plan_is_approved(company: Company) -> None:
    answer = await company.ines.post(
        "/v1/sites/OB-01/scopes",
        {"activity": "STORAGE", "product": "ARL-9", "markets": ["EU"], "stage": "COMMERCIAL", "risk_tier": "LOW"},
    )
    audit = await scheduled(company, site_id="OB-01", scope_ids=[answer.json()["scope_id"]])
    report = {"kind": "SHARED_AUDIT", "document": await company.ines.uploads(audit)}
    until = (company.today + timedelta(days=300)).isoformat()
    await company.ines.does(audit, "waive", alternatives=[report], expires_on=until)
    await company.planned(audit)
    await company.asked(audit, "team")
    assert await company.hana.is_refused(audit, "decide-waiver") == (409, "not_open")
