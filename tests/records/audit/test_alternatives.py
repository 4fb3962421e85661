"""What takes the place of an own audit in a qualification: a waiver, or the report of a third party."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.core.forms import Process
from domain.core.refusals import Code
from records.core.tables.journal import OutboxRow
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

PACKAGING: dict[str, Any] = {
    "activity": "PACKAGING",
    "product": "ARL-9",
    "markets": ["EU"],
    "stage": "COMMERCIAL",
    "sole_source": False,
}
TODAY = START.date()


async def low_risk(seeded: Seeded, product: str = "ARL-9") -> str:
    """A scope of low risk at the seeded site."""
    record = {**PACKAGING, "product": product, "risk_tier": "LOW"}
    return str((await seeded.write("scope.registered", "VM-02", {"record": record, "site_id": "VM-02"})).effect["id"])


async def waiver(case: Qualifying, until: date) -> dict[str, Any]:
    report = {"kind": "AUTHORITY_INSPECTION", "document": await case.seeded.upload()}
    return {"alternatives": [report], "expires_on": until.isoformat()}


async def report(case: Qualifying, **changes: Any) -> dict[str, Any]:
    days = {"audited_from": "2024-12-02", "audited_to": "2024-12-04"}
    return {**await case.asks("submit-third-party-report"), **days, "report": await case.seeded.upload(), **changes}


async def refusal(case: Qualifying, user: str, action: str, form: dict[str, Any]) -> tuple[str | None, set[str]]:
    refusal = await refused(case.answers(user, action, form))
    return refusal.rule, set(refusal.fields)


async def waived(case: Qualifying) -> None:
    names = ("waive", "decide-waiver") if case.process is Process.AUDIT else ("waive-audit", "decide-audit-waiver")
    await case.answers("ines", names[0], await waiver(case, case.at.date() + timedelta(days=360)))
    await case.does("hana", names[1])
    await case.closes("DONE")


async def test_an_audit_of_low_risk_is_waived_and_the_qualified_person_is_told(seeded: Seeded) -> None:
    await low_risk(seeded)
    case = await a_qualification(seeded, **PACKAGING)
    latest = date(2026, 1, 13)
    assert await refusal(case, "ines", "waive-audit", await waiver(case, latest + timedelta(days=1))) == (
        "waiver.max",
        {"expires_on"},
    )
    await case.answers("ines", "waive-audit", await waiver(case, latest))
    assert (await case.does("hana", "decide-audit-waiver", grant=False)).effect == {}
    assert (await case.does("hana", "decide-audit-waiver")).effect == {"expires_on": "2026-01-13"}
    query = select(OutboxRow).where(col(OutboxRow.lane) == f"mail:{seeded.result.person('quentin')}")
    async with seeded.database.reading() as session:
        mails = [row.payload for row in (await session.exec(query)).all()]
    assert [mail["text"].splitlines()[0] for mail in mails if "audit waived" in mail["subject"]] == [
        f"{case.case_id} is waived until 2026-01-13."
    ]
    await is_rebuilt_identically(seeded.database)


@on_one_database
async def test_an_audit_of_the_seeded_api_is_never_waived(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    assert await refusal(case, "ines", "waive-audit", await waiver(case, TODAY)) == ("audit.waiver", set())


@on_one_database
@pytest.mark.parametrize("ends_with", ["waiver", "third party", "scheduled waiver", "waiver of another scope"])
async def test_a_scope_is_not_qualified_twice_in_a_row_without_an_audit(seeded: Seeded, ends_with: str) -> None:
    scope, other = await low_risk(seeded), await low_risk(seeded, "ARL-8")
    audit = {"type": "SCHEDULED", "site_id": "VM-02"}
    match ends_with:
        case "waiver" | "third party":
            first = await a_qualification(seeded, **PACKAGING)
            await waived(first)
        case "scheduled waiver":
            await waived(await a_case(seeded, Process.AUDIT, {**audit, "scope_ids": [scope]}, at=START, by="ines"))
        case "waiver of another scope":
            await waived(await a_case(seeded, Process.AUDIT, {**audit, "scope_ids": [other]}, at=START, by="ines"))
    if ends_with == "third party":
        second = await a_qualification(seeded, at=START + timedelta(days=1), **PACKAGING)
        await second.answers("ines", "submit-third-party-report", await report(second))
        await second.does("priya", "accept-third-party-report")
        await second.closes("APPROVED")
    again = await a_qualification(seeded, at=START + timedelta(days=2), **PACKAGING)
    form = await waiver(again, TODAY + timedelta(days=300))
    if ends_with in ("waiver", "scheduled waiver"):
        assert await refusal(again, "ines", "waive-audit", form) == ("waiver.max", set())
    else:
        await again.answers("ines", "waive-audit", form)


@on_one_database
async def test_a_waived_qualification_keeps_the_next_scheduled_audit_from_being_waived(seeded: Seeded) -> None:
    scope = await low_risk(seeded)
    await waived(await a_qualification(seeded, **PACKAGING))
    request = {"type": "SCHEDULED", "site_id": "VM-02", "scope_ids": [scope]}
    audit = await a_case(seeded, Process.AUDIT, request, at=START, by="ines")
    form = await waiver(audit, TODAY + timedelta(days=300))
    assert await refusal(audit, "ines", "waive", form) == ("waiver.max", set())


async def test_a_third_party_report_is_accepted_in_place_of_an_audit(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    form = await report(case)
    assert form["products"] == ["ARL-204"]
    await case.answers("ines", "submit-third-party-report", form)
    stale = await case.asks("accept-third-party-report")
    await case.answers("ines", "submit-third-party-report", await report(case, final_assessment="One more finding."))
    assert (await refused(case.answers("priya", "accept-third-party-report", stale))).code is Code.VERSION_STALE
    await case.does("priya", "accept-third-party-report")
    asked = await case.asks("agree-recommendation", source=case.case_id, recommendation="ACCEPTABLE")
    milder = case.answers("quentin", "agree-recommendation", asked | {"recommendation": "ACCEPTABLE_WITH_CAPA"})
    assert list((await refused(milder)).fields) == ["recommendation"]
    elsewhere = case.answers("quentin", "agree-recommendation", asked | {"source": "AUD-999"})
    assert list((await refused(elsewhere)).fields) == ["source"]
    await case.answers("quentin", "agree-recommendation", asked)


@on_one_database
@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"mode": "PAPER"}, {"mode"}),
        ({"mode": "REMOTE"}, {"mode"}),
        ({"audited_to": "2025-01-14"}, {"audited_to"}),
        ({"audited_from": "2024-01-10", "audited_to": "2024-01-12"}, {"audited_to"}),
        ({"products": ["ARL-310"]}, {"products"}),
        ({"contract_giver_is_authorisation_holder": False}, {"contract_giver_is_authorisation_holder"}),
    ],
)
async def test_a_third_party_report_that_does_not_fit_is_refused(
    seeded: Seeded, changes: dict[str, Any], fields: set[str]
) -> None:
    case = await a_qualification(seeded)
    found = await refusal(case, "ines", "submit-third-party-report", await report(case, **changes))
    assert found == ("section 10, third-party audit", fields)


@on_one_database
@pytest.mark.parametrize(("activity", "allowed"), [("API_MFG", False), ("PACKAGING", True)])
async def test_a_report_on_an_api_for_the_eu_is_at_most_three_years_old_whatever_the_tier(
    seeded: Seeded,
    activity: str,
    allowed: bool,  # noqa: FBT001
) -> None:
    scope = {**PACKAGING, "activity": activity}
    record = {**scope, "risk_tier": "LOW"}
    await seeded.write("scope.registered", "VM-02", {"record": record, "site_id": "VM-02"})
    case = await a_qualification(seeded, **scope)
    form = await report(case, audited_from="2022-01-10", audited_to="2022-01-12")
    if allowed:
        await case.answers("ines", "submit-third-party-report", form)
    else:
        assert (await refusal(case, "ines", "submit-third-party-report", form))[1] == {"audited_to"}
