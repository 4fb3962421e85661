"""The evaluation of a site and scope: what it does, what it leaves to people, and what it must not overtake."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.entry import Entry, StartCase
from domain.core.forms import Process
from domain.core.refusals import Code
from records.agreement.tables import AgreementRow
from records.asl.tables.listing import AslRow
from records.asl.tables.oversight import OversightRow
from records.audit.tables.audits import AuditRow
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import ScopeRow
from records.oversight.tables import ScorecardRow
from records.site.tables import CertificateRow
from tests.records.agreeing import agrees, another_scope
from tests.records.databases import on_one_database
from tests.records.deciding import status
from tests.records.oversight.test_renewals import MARCH, verified
from tests.records.qualifying import Qualifying, a_case, refused, stands
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.scored import watched
from tests.records.seeded import START, Seeded

FAR = "2027-12-31"
SOON = (START + timedelta(days=20)).date().isoformat()
TODAY = START.date()


async def evaluated(site: Qualifying, at: datetime | None = None) -> dict[str, Any]:
    """The oversight is evaluated; returns what that came to."""
    site.at = at or site.at
    return dict((await site.notes("site.looked")).effect)


async def ahead(seeded: Seeded, days: int, **dates: str) -> None:
    """A decision has approved the scope from a later day on."""
    effective_from = (START + timedelta(days=days)).isoformat()
    await stands(seeded, AslStatus.APPROVED, effective_from=effective_from, **dates)


# ------------------------------------------------------------------------------ what people have ended


@on_one_database
@pytest.mark.parametrize("outcome", ["REJECTED", "WITHDRAWN"])
async def test_a_requalification_that_people_have_ended_is_not_opened_again(seeded: Seeded, outcome: str) -> None:
    site = await watched(seeded, next_requal_due=SOON, next_audit_due=FAR)
    assert (await evaluated(site))["done"] == ["QC-1"]
    await Qualifying(seeded, "QC-1").closes(outcome)
    assert (await evaluated(site))["done"] == []
    (case,) = [row for row in await seeded.rows(CaseRow) if row.process == "qualifications"]
    assert (case.kind, case.requested_by, case.order["request"]["need_by"]) == ("REQUALIFICATION", "SYSTEM", SOON)


@on_one_database
async def test_an_audit_that_people_have_cancelled_is_not_opened_again_but_for_another_day(seeded: Seeded) -> None:
    site = await watched(seeded, last_audit_day="2024-03-01", next_audit_due="2025-03-01")
    seen = await evaluated(site)
    assert (seen["done"], seen["flags"]) == (["AUD-1"], ["AUDIT_DUE"])
    await Qualifying(seeded, "AUD-1", START, Process.AUDIT).closes("CANCELLED")
    assert (await evaluated(site))["done"] == []
    retirement = {"kind": "RETIREMENT", "site_id": "VM-02", "scope_id": "SC-1", "reason_code": "BUSINESS_END"}
    await a_case(seeded, Process.STATUS, {**retirement, "narrative": "It ends."}, by="ines")
    assert (await evaluated(site))["done"] == []  # so the site can be retired
    await site.answers("hana", "shorten-interval", months=8)
    assert (await evaluated(site))["done"] == ["AUD-2"]


@on_one_database
async def test_a_renewal_that_people_have_withdrawn_is_not_opened_again(seeded: Seeded) -> None:
    await verified(seeded)
    site = await watched(seeded, next_audit_due=FAR)
    assert "REN-1" in (await evaluated(site, MARCH))["done"]
    renewal = Qualifying(seeded, "REN-1", MARCH, Process.RENEWAL)
    await renewal.answers("ines", "withdraw")
    await renewal.closes("WITHDRAWN")
    assert (await evaluated(site))["done"] == []


# ------------------------------------------------------------------------------ decisions that take effect later


@on_one_database
@pytest.mark.parametrize("before", [AslStatus.RETIRED, AslStatus.DISQUALIFIED])
async def test_a_site_that_is_approved_again_from_a_later_day_is_watched(seeded: Seeded, before: AslStatus) -> None:
    await stands(seeded, before)
    await ahead(seeded, 10)
    site = await a_site(seeded)
    begins = START + timedelta(days=10)
    seen = await evaluated(site)
    assert (seen["ends"], seen["orders_stopped_by"]) == (None, [before.value])
    assert datetime.fromisoformat(str(seen["next"])) == begins
    assert (await evaluated(site, begins))["orders_stopped_by"] == []


async def a_site(seeded: Seeded) -> Qualifying:
    """The case that watches the seeded scope."""
    line = StartCase(process=Process.OVERSIGHT, form={"site_id": "VM-02", "scope_id": "SC-1"})
    entry = Entry(stream="", command_id="watch", at=START, lines=(line,))
    (case_id,) = (await seeded.journal.write(entry)).started
    return Qualifying(seeded, case_id, START, Process.OVERSIGHT)


@on_one_database
async def test_a_requalification_that_is_decided_for_later_is_neither_opened_again_nor_lost(seeded: Seeded) -> None:
    overdue = (START - timedelta(days=59)).date().isoformat()
    site = await watched(seeded, next_requal_due=overdue, next_audit_due=FAR)
    assert (await evaluated(site))["done"] == ["QC-1"]
    await ahead(seeded, 7, next_requal_due="2028-01-01", next_audit_due=FAR)
    await Qualifying(seeded, "QC-1").closes("APPROVED")
    assert (await evaluated(site, START + timedelta(days=3)))["done"] == []
    assert (await evaluated(site, START + timedelta(days=7)))["done"] == []
    assert await status(seeded) == ("APPROVED", None)


@on_one_database
async def test_nothing_that_moves_the_next_audit_overtakes_a_decision_made_ahead(seeded: Seeded) -> None:
    site = await watched(seeded, last_audit_day="2024-12-01", next_audit_due="2026-12-01")
    await ahead(seeded, 5, last_audit_day="2024-12-01", next_audit_due="2026-12-01", next_requal_due="2028-01-01")
    assert (await refused(site.answers("hana", "shorten-interval", months=6))).code is Code.CONFLICT
    assert (await evaluated(site))["done"] == []  # CRITICAL: 12 months, but not stated before the decision holds
    assert (await evaluated(site, START + timedelta(days=5)))["done"] == ["REPLANNED"]
    await is_rebuilt_identically(seeded.database, "oversight", "asl")
    newest = (await seeded.rows(AslRow))[-1]
    assert (newest.next_audit_due, newest.next_requal_due) == (date(2025, 12, 1), date(2028, 1, 1))


@on_one_database
@pytest.mark.parametrize("ended", [AslStatus.RETIRED, AslStatus.DISQUALIFIED])
async def test_a_line_that_is_not_used_any_more_takes_no_orders_and_is_not_watched(
    seeded: Seeded, ended: AslStatus
) -> None:
    site = await watched(seeded, next_audit_due=FAR)
    await evaluated(site)
    await stands(seeded, ended, next_audit_due=FAR)
    assert (await evaluated(site))["ends"] == ended
    row = await seeded.row(OversightRow, site.case_id)
    assert (row.orders_stopped_by, row.next_audit_due, row.flags) == ([ended.value], None, [])


# ------------------------------------------------------------------------------ audits


@on_one_database
@pytest.mark.parametrize(
    ("tier", "waived_until", "due"),
    [
        ("MEDIUM", "2026-01-05", "2026-01-05"),
        ("MEDIUM", "2024-12-31", "2024-12-31"),  # also once it is over, until the next audit
        ("HIGH", "2026-01-05", "2023-06-01"),  # the risk may not be waived any more
    ],
)
async def test_a_waiver_moves_the_day_to_its_end(seeded: Seeded, tier: str, waived_until: str, due: str) -> None:
    async with seeded.database.writing() as session:
        scope = await session.get_one(ScopeRow, "SC-2")
        scope.risk_tier = tier
        session.add(scope)
    dates = {"last_audit_day": "2021-06-01", "waived_until": waived_until, "next_audit_due": waived_until}
    site = await watched(seeded, "SC-2", "OB-01", **dates)
    assert (await evaluated(site))["next_audit_due"] == due


@pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])
async def test_scopes_that_are_due_together_get_one_audit_whichever_is_evaluated_first(seeded: Seeded) -> None:
    other = await another_scope(seeded)
    sites = [
        await watched(seeded, "SC-1", last_audit_day="2024-06-01", next_audit_due="2025-06-01"),
        await watched(seeded, other, last_audit_day="2022-06-01", next_audit_due="2025-06-01"),
    ]
    for site in sites:
        await evaluated(site)
    at = datetime(2025, 2, 1, 9, tzinfo=UTC)
    seen = await asyncio.gather(*(evaluated(site, at) for site in sites))
    assert sorted(each["done"] for each in seen) == [[], ["AUD-1"]]
    assert (await seeded.row(CaseRow, "AUD-1")).scope_ids == sorted(["SC-1", other])


@on_one_database
async def test_an_expired_scope_is_not_audited_with_another(seeded: Seeded) -> None:
    other = await another_scope(seeded)
    site = await watched(seeded, last_audit_day="2024-03-01", next_audit_due="2025-03-01")
    expired = await watched(seeded, other, last_audit_day="2022-03-01", next_audit_due="2025-03-01")
    await stands(seeded, AslStatus.EXPIRED, scope_id=other, last_audit_day="2022-03-01", next_audit_due="2025-03-01")
    assert (await evaluated(expired))["done"] == []
    assert (await evaluated(site))["done"] == ["AUD-1"]
    assert (await seeded.row(CaseRow, "AUD-1")).scope_ids == ["SC-1"]


@on_one_database
async def test_a_remote_audit_is_waited_for_until_it_is_declared_or_closed(seeded: Seeded) -> None:
    site = await watched(seeded, last_audit_day="2024-03-01", next_audit_due="2025-03-01")
    await evaluated(site)
    async with seeded.database.writing() as session:
        audit = await session.get_one(AuditRow, "AUD-1")
        audit.mode, audit.last_day, audit.report_version = "REMOTE", TODAY, 1
        session.add(audit)
    assert (await evaluated(site))["done"] == []
    await Qualifying(seeded, "AUD-1", START, Process.AUDIT).closes("CLOSED")
    assert (await evaluated(site))["done"] == ["AUD-2"]


# ------------------------------------------------------------------------------ months and quarters


@on_one_database
async def test_a_quarter_that_is_over_is_scored_and_reviewed_once_although_somebody_looked_before_the_morning(
    seeded: Seeded,
) -> None:
    site = await watched(seeded, next_audit_due=FAR)
    assert (await evaluated(site, datetime(2025, 3, 31, 23, 59, 58, tzinfo=UTC)))["done"] == []
    for hour, done in ((0, []), (8, []), (9, ["OVR-1"]), (10, [])):
        seen = await evaluated(site, datetime(2025, 4, 1, hour, tzinfo=UTC))
        assert seen["done"] == done, hour
        assert datetime.fromisoformat(seen["next"]).day == 1
    assert await _scored(seeded) == ["2025-01-01", "2025-02-01", "2025-03-01"]


@on_one_database
async def test_what_an_earlier_evaluation_has_lost_is_caught_up_on(seeded: Seeded) -> None:
    """One in the night has been taken for one that had seen to the quarter; so did a release before this one."""
    site = await watched(seeded, next_audit_due=FAR)
    async with seeded.database.writing() as session:
        row = await session.get_one(OversightRow, site.case_id)
        row.looked_at = datetime(2025, 4, 1, 9, 30, tzinfo=UTC)
        session.add(row)
    seen = await evaluated(site, datetime(2025, 4, 14, 12, tzinfo=UTC))
    assert "OVR-1" in seen["done"]
    assert await _scored(seeded) == ["2025-03-01"]
    assert (await evaluated(site, datetime(2025, 4, 15, 12, tzinfo=UTC)))["done"] == []
    assert (await seeded.row(CaseRow, "OVR-1")).order["request"]["first_day"] == "2025-01-01"


async def _scored(seeded: Seeded) -> list[str]:
    """The months that have a scorecard."""
    return [row.first_day.isoformat() for row in await seeded.rows(ScorecardRow)]


# ------------------------------------------------------------------------------ what suspends and expires


@on_one_database
@pytest.mark.parametrize(
    ("kind", "activity", "done"),
    [
        ("GMP_CERT", "API_MFG", ["SUSPENDED", "STA-1"]),
        ("MIA", "API_MFG", ["SUSPENDED", "STA-1"]),
        ("WDA", "STORAGE", ["SUSPENDED", "STA-1"]),
        ("CEP", "API_MFG", []),
        ("ISO", "API_MFG", []),
        ("INSURANCE", "API_MFG", []),
    ],
)
async def test_a_certificate_of_each_kind_lapses_and_what_the_activity_demands_stops_new_orders(
    seeded: Seeded, kind: str, activity: str, done: list[str]
) -> None:
    site = await watched(seeded, next_audit_due=FAR)
    async with seeded.database.writing() as session:
        (await session.get_one(ScopeRow, "SC-1")).activity = activity
        session.add(a_certificate(kind, activity, valid_to=TODAY))
    assert "CERT_EXPIRED" not in (await evaluated(site))["flags"]
    seen = await evaluated(site, datetime.combine(TODAY, time(23, 59, 59), UTC))
    assert ([each for each in seen["done"] if not each.startswith("REN")], seen["flags"]) == (done, ["CERT_EXPIRED"])
    assert await status(seeded) == (("SUSPENDED", "NEW_ORDERS") if done else ("APPROVED", None))
    assert (await evaluated(site))["done"] == []


def a_certificate(kind: str, activity: str, *, valid_to: date) -> CertificateRow:
    """A certificate that was verified for the seeded scope."""
    return CertificateRow(
        certificate_id="CERT-1",
        serial=1,
        site_id="VM-02",
        scope_id="SC-1",
        case_id="QC-0",
        type=kind,
        number="1",
        authority="Landesamt",
        valid_to=valid_to,
        sort_valid_to=valid_to,
        scope_text=activity,
        document_id="DOC-1",
        status="VERIFIED",
        register_checked_on=TODAY,
        register_checked_by="PER-1",
        scope_confirmed_by="PER-1",
        confirmed_activity=activity,
    )


@on_one_database
async def test_a_lapsed_agreement_suspends_new_orders(seeded: Seeded) -> None:
    await agrees(seeded, {})
    async with seeded.database.writing() as session:
        row = await session.get_one(AgreementRow, ("QTA-1", 1))
        row.review_due, row.lapses_on = TODAY - timedelta(days=99), TODAY - timedelta(days=1)
        session.add(row)
    site = await watched(seeded, next_audit_due=FAR)
    seen = await evaluated(site)
    assert seen["done"] == ["AGR-1", "SUSPENDED", "STA-1"]
    assert seen["orders_stopped_by"] == ["SUSPENDED(NEW_ORDERS)"]
    assert (await seeded.rows(AslRow))[-1].reason_code == "AGREEMENT_LAPSED"
    assert (await evaluated(site))["done"] == []


@on_one_database
@pytest.mark.parametrize(
    ("reach", "after"),
    [("NEW_ORDERS", ("EXPIRED", None)), ("FULL", ("SUSPENDED", "FULL"))],
)
async def test_the_end_of_the_grace_never_makes_a_suspension_milder(
    seeded: Seeded, reach: str, after: tuple[str, str | None]
) -> None:
    overdue = (START - timedelta(days=61)).date().isoformat()
    await stands(seeded, AslStatus.SUSPENDED, suspension_scope=reach, next_requal_due=overdue, next_audit_due=FAR)
    await evaluated(await a_site(seeded))
    assert await status(seeded) == after


@on_one_database
async def test_what_cannot_be_opened_stops_nothing_else_and_is_told(seeded: Seeded) -> None:
    first = await seeded.row(ScopeRow, "SC-1")
    async with seeded.database.writing() as session:
        session.add(ScopeRow(**first.model_dump() | {"scope_id": "SC-9", "product": first.product.lower()}))
    site = await watched(seeded, "SC-9", next_requal_due=SOON, last_audit_day="2024-03-01", next_audit_due="2025-03-01")
    for opened in (["AUD-1"], []):
        seen = await evaluated(site)
        assert (seen["done"], seen["refused"]) == (opened, ["qualification: SC-9 is registered twice"])
    assert (await seeded.row(OversightRow, site.case_id)).flags == ["AUDIT_DUE"]
