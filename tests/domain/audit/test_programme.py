"""The programme of a year holds every audit that is due, and says where auditors will be short."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.audit.programme import (
    Auditor,
    Draft,
    ProgrammeLine,
    WatchedScope,
    draft,
    refuse_unless_programme,
    standards_for,
)
from domain.audit.programme_forms import PROGRAMME, refuse_unless_plannable_year
from domain.core.standard import Standard
from domain.site.site import Activity, RiskTier
from tests.domain.filling import faults
from tests.domain.shipped import LIMITS

Q7, GMP, ANNEX_1 = Standard.EU_GMP_II_ICH_Q7, Standard.EU_GMP_I, Standard.ANNEX_1
GRACE = timedelta(days=90)


def scope(number: int, due: str, site: str = "VM-02", tier: str = "CRITICAL", **more: Any) -> WatchedScope:
    day = date.fromisoformat(due)
    told = {"activity": "API_MFG", "interval_months": 12, **more}
    return WatchedScope.model_validate(
        {"scope_id": f"SC-{number}", "site_id": site, "tier": tier, "due": day, "latest": day + GRACE, **told}
    )


def auditor(number: int, valid_to: str = "2029-12-31", *standards: Standard) -> Auditor:
    return Auditor(
        person_id=f"PER-{number}", valid_to=date.fromisoformat(valid_to), standards=frozenset(standards or Standard)
    )


MANY = [auditor(number) for number in range(9)]


def drafted(*scopes: WatchedScope) -> Draft:
    return draft(scopes, MANY, LIMITS, 2027)


def in_short(plan: Draft) -> list[tuple[str, int, int]]:
    return [(",".join(line.scope_ids), line.month, line.person_days) for line in plan.lines]


# ---------------------------------------------------------------- what is due


@pytest.mark.parametrize(
    ("scopes", "lines"),
    [
        ([scope(1, "2027-03-12")], [("SC-1", 3, 6)]),
        ([scope(1, "2027-12-31")], [("SC-1", 12, 6)]),
        ([scope(1, "2028-01-01")], []),
        ([scope(1, "2026-06-30")], [("SC-1", 1, 6)]),  # overdue: in January
        ([scope(1, "2027-03-12", tier="LOW")], [("SC-1", 3, 2)]),
        ([scope(1, "2027-03-12", tier="LOW"), scope(2, "2027-06-10", tier="HIGH")], [("SC-1,SC-2", 3, 5)]),
        ([scope(1, "2027-03-12"), scope(2, "2027-06-11")], [("SC-1", 3, 6), ("SC-2", 6, 6)]),
        ([scope(1, "2027-03-12"), scope(2, "2027-03-12", site="OB-01")], [("SC-2", 3, 6), ("SC-1", 3, 6)]),
        ([scope(1, "2027-01-07", interval_months=6)], [("SC-1", 1, 6), ("SC-1", 7, 6)]),
        ([scope(1, "2026-02-01", interval_months=3)], [("SC-1", 1, 6), *(("SC-1", m, 6) for m in (4, 7, 10))]),
        ([scope(1, "2027-01-07", interval_months=2)], [("SC-1", month, 6) for month in range(1, 12, 2)]),
    ],
)
def test_a_year_holds_what_is_due_until_its_end(scopes: list[WatchedScope], lines: list[tuple[str, int, int]]) -> None:
    assert in_short(drafted(*scopes)) == lines


@pytest.mark.parametrize(
    ("activity", "asked", "standards"),
    [
        ("API_MFG", {Standard.CFR_211}, {Q7}),
        ("STERILE_FILL", set(), {GMP, ANNEX_1}),
        ("STERILE_FILL", {Standard.CFR_211}, {GMP, ANNEX_1, Standard.CFR_211}),
        ("STORAGE", {Standard.CFR_211}, {Standard.GDP}),
    ],
)
def test_an_activity_needs_its_standards(activity: str, asked: set[Standard], standards: set[Standard]) -> None:
    assert standards_for(Activity(activity), asked) == standards


def test_every_activity_and_tier_can_be_planned() -> None:
    assert all(standards_for(activity, ()) for activity in Activity)
    assert set(LIMITS.audit_person_days) == set(RiskTier)


# ---------------------------------------------------------------- who could do it


@pytest.mark.parametrize(
    ("auditors", "short"),
    [
        ([auditor(1), auditor(2)], []),  # 10 days in a month
        ([auditor(1)], [(3, None, "6", "5.00"), (3, Q7, "6", "5.00")]),
        ([auditor(1), auditor(2, "2029-12-31", GMP)], [(3, Q7, "6", "5.00")]),
        ([auditor(1), auditor(2, "2027-03-30")], [(3, None, "6", "5.00"), (3, Q7, "6", "5.00")]),
        ([auditor(1), auditor(2, "2027-03-31")], []),
        ([], [(3, None, "6", "0.00"), (3, Q7, "6", "0.00")]),
    ],
)
def test_a_month_is_short_of_days_or_of_a_standard(auditors: list[Auditor], short: list[Any]) -> None:
    found = draft([scope(1, "2027-03-12")], auditors, LIMITS, 2027).shortages
    assert [(each.month, each.standard, str(each.needed), str(each.available)) for each in found] == short


# ---------------------------------------------------------------- what is proposed


PLAN = drafted(scope(1, "2027-03-12"), scope(2, "2027-11-20", site="OB-01"), scope(3, "2026-02-01", site="XX-01"))
OVERDUE, MARCH, NOVEMBER = PLAN.lines


def changed(line: ProgrammeLine, **changes: Any) -> ProgrammeLine:
    return line.model_copy(update=changes)


@pytest.mark.parametrize(
    ("lines", "paths"),
    [
        ([OVERDUE, MARCH, NOVEMBER], set()),
        ([NOVEMBER, OVERDUE, MARCH], set()),
        ([OVERDUE, MARCH], {"lines"}),
        ([], {"lines"}),
        ([OVERDUE, MARCH, NOVEMBER, MARCH], {"lines.3"}),
        ([OVERDUE, MARCH, changed(NOVEMBER, scope_ids=("SC-9",))], {"lines", "lines.2"}),
        ([OVERDUE, MARCH, changed(NOVEMBER, latest=date(2029, 1, 1))], {"lines", "lines.2"}),
        ([OVERDUE, changed(MARCH, month=6, reason="Holidays"), NOVEMBER], set()),
        ([OVERDUE, changed(MARCH, month=6), NOVEMBER], {"lines.1.reason"}),
        ([OVERDUE, changed(MARCH, month=7, reason="Holidays"), NOVEMBER], {"lines.1.month"}),
        ([OVERDUE, changed(MARCH, month=1, reason="Free then"), NOVEMBER], set()),
        ([OVERDUE, changed(MARCH, person_days=2), NOVEMBER], {"lines.1.reason"}),
        ([OVERDUE, changed(MARCH, standards=(GMP,)), NOVEMBER], {"lines.1.standards"}),
        ([OVERDUE, changed(MARCH, standards=(GMP, Q7)), NOVEMBER], set()),
        ([OVERDUE, MARCH, changed(NOVEMBER, month=12, reason="Later")], set()),
        ([changed(OVERDUE, month=2, reason="Later"), MARCH, NOVEMBER], {"lines.0.month"}),
    ],
)
def test_a_programme_leaves_out_nothing_and_plans_nothing_past_the_grace(
    lines: list[ProgrammeLine], paths: set[str]
) -> None:
    assert faults(lambda: refuse_unless_programme(lines, PLAN)) == paths


@pytest.mark.parametrize(("year", "wrong"), [(2026, {"year"}), (2027, set()), (2028, set()), (2029, {"year"})])
def test_this_year_and_the_next_are_planned(year: int, wrong: set[str]) -> None:
    assert faults(lambda: refuse_unless_plannable_year(year, 2027)) == wrong


@pytest.mark.parametrize(
    ("record", "yes"), [(PROGRAMME.of(2027), 1), ("PRG-27", 0), ("PRG-twen", 0), ("PRG-²027", 0), ("AUD-2027", 0)]
)
def test_the_programme_of_a_year_is_told_from_other_records(record: str, yes: int) -> None:
    assert PROGRAMME.names(record) == bool(yes)
