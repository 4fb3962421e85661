"""What moves the dates of a watched site: its tier, the policy, a certificate that is renewed; and what is open."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from domain.core.days import add_months
from domain.qualification.risk_review import RiskReviewRequest
from tests.company import Company
from tests.scenarios import qualifying as tell
from tests.scenarios import watching
from tests.scenarios.days import evening, morning


async def test_a_tier_and_a_policy_move_the_next_audit_at_once(company: Company) -> None:
    last_day = company.today - timedelta(days=100)
    oversight = await watching.watched(
        company,
        last_audit_day=last_day.isoformat(),
        next_audit_due=add_months(last_day, 12).isoformat(),
        next_requal_due=add_months(company.today, 36).isoformat(),
    )
    assert (await watching.as_seen(company, oversight)).next_audit_due == add_months(last_day, 12)

    risk = await rates_again(company, scores=(4, 3, 3, 3, 4, 3, 1), tier="HIGH")
    await watching.evaluated(company, oversight, lambda row: row.next_audit_due == add_months(last_day, 24))
    line = await tell.line_of(company)
    assert line is not None
    assert (tell.day(line["next_audit_due"]), line["status"]) == (add_months(last_day, 24), "APPROVED")
    assert (line["decided_in"], line["reason_code"]) == ("QC-0", "QUALIFICATION")  # who decided on the status stays
    assert (await company.events(risk, "case.closed"))[0].payload["outcome"] == "HIGH"

    policy = dict(await company.hana.get("/v1/policy"))
    months = policy["limits"]["audit_interval_months"] | {"HIGH": 18, "CRITICAL": 6}
    effective = company.now + timedelta(days=30)
    policy["limits"]["audit_interval_months"] = months
    assert await company.hana.changes_policy(policy, effective_from=effective.isoformat()) == 200
    await company.delivered()
    await company.passes(days=29)
    assert (await watching.as_seen(company, oversight)).next_audit_due == add_months(last_day, 24)
    await company.passes(days=2)
    assert (await watching.as_seen(company, oversight)).next_audit_due == add_months(last_day, 18)
    moved = [event for event in await company.events("ASL-SC-1") if event.payload.get("note")]
    assert abs(moved[-1].occurred_at - effective) < timedelta(seconds=1)
    history = (await company.hana.get("/v1/asl/SC-1"))["items"]
    assert [tell.day(item["next_audit_due"]) for item in reversed(history)] == [
        add_months(last_day, n) for n in (12, 24, 18)
    ]


async def rates_again(company: Company, *, scores: tuple[int, ...], tier: str) -> str:
    """A risk review that gives another tier; a lower one is signed by two."""
    body = company.fills(RiskReviewRequest, {"site_id": "VM-02", "scope_id": "SC-1"}).model_dump(mode="json")
    answer = await company.ines.post("/v1/risk-reviews", body, **{"Idempotency-Key": uuid4().hex})
    assert answer.status_code == 201, answer.text
    case_id = str(answer.json()["case_id"])
    await tell.assessed(company, case_id, scores, tier=tier)
    await tell.does(company.priya, case_id, "approve-risk")
    await tell.does(company.hana, case_id, "confirm-lower-tier")
    await company.delivered()
    return case_id


async def test_a_certificate_is_renewed_in_time_and_what_a_site_waits_for_is_told(company: Company) -> None:
    today = company.today
    kinds = ("GMP_CERT", "MIA", "CEP", "ISO", "INSURANCE")
    ends = {kind: today + timedelta(days=700) for kind in kinds} | {"GMP_CERT": today + timedelta(days=200)}
    oversight, _ = await watching.qualified(company, ends)
    await company.comes(morning(ends["GMP_CERT"], -180) + timedelta(minutes=1))
    row = await watching.as_seen(company, oversight)
    assert "CERT_EXPIRING" in row.flags
    await company.asked("REN-1", "submit-certificate")
    outlook = await company.hana.get("/v1/sites/VM-02/outlook", days=190)
    expiry = next(item for item in outlook["due"] if item["what"] == "CERTIFICATE_EXPIRES")
    assert (datetime.fromisoformat(expiry["at"]), expiry["otherwise"]) == (
        evening(ends["GMP_CERT"]),
        "New orders are suspended.",
    )
    assert outlook["scopes"][0]["flags"] == ["CERT_EXPIRING"]
    renewal = next(case for case in outlook["cases"] if case["process"] == "renewals")
    assert renewal["waiting"].startswith("Waits for CDMO_QA of the site until ")
    seen_by_site = await company.vito.get("/v1/sites/VM-02/outlook", days=190)
    assert {item["what"] for item in seen_by_site["due"]} == {"TASK"}
    assert {case["process"] for case in seen_by_site["cases"]} == {"audits", "renewals"}
    assert seen_by_site["scopes"][0]["flags"] == []
    assert (await company.http.get("/v1/sites/VM-02/outlook", headers=company.olga.headers)).status_code == 404

    until = ends["GMP_CERT"] + timedelta(days=1000)
    await sends_certificate(company, renewal["case_id"], until)
    await tell.does(company.ines, renewal["case_id"], "verify-certificate")
    await company.delivered()
    await watching.evaluated(company, oversight, lambda row: row.flags == [])
    await company.comes(evening(ends["GMP_CERT"]) + timedelta(minutes=1))
    line = await tell.line_of(company)
    assert line is not None
    assert line["status"] == "APPROVED"


async def sends_certificate(company: Company, case_id: str, until: date) -> None:
    task = await company.asked(case_id, "submit-certificate")
    form: dict[str, Any] = dict(task.prefill)
    certificate = {**form.get("certificate", {}), "valid_to": until.isoformat()}
    await tell.does(company.vito, case_id, "submit-certificate", certificate=certificate)
