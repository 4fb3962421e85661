"""Whose days each clock counts, and which clocks no hold stops (domain specification, section 20)."""

from datetime import UTC, date, datetime

import pytest

from domain.core.clocks import ClockRule, Deadline, deadline
from domain.core.days import OfficeDays, Span, Whose
from domain.core.forms import Process
from domain.core.people import CDMO_ROLES
from domain.policy.policy import Policy
from domain.policy.policy import load as load_policy
from domain.processes import forms_of
from records.core.policies import Policies
from records.installation.supplementing import POLICY_FILE
from tests.domain.policy.test_policy import edited

TEXT = POLICY_FILE.read_text(encoding="utf-8")
POLICY = load_policy(TEXT)
ANSWERS_TO_FDA = ("inspection.answer.form_483", "inspection.answer.warning_letter")
REPORTS = {report.clock for report in POLICY.authority_reports}


def asked_of(key: str) -> set[Whose]:
    """Whose people answer the tasks of a clock."""
    actions = [form.action for process in Process for form in forms_of(process) if form.action.clock == key]
    return {Whose.SITE if role in CDMO_ROLES else Whose.SPONSOR for action in actions for role in action.deciders}


@pytest.mark.parametrize("key", sorted(POLICY.clocks))
def test_every_clock_counts_the_days_of_those_whom_it_asks(key: str) -> None:
    days_of = POLICY.clock(key).days_of
    if key in REPORTS or key in ANSWERS_TO_FDA:
        assert isinstance(days_of, OfficeDays), "an authority's"
    elif len(whose := asked_of(key)) == 1:
        assert {days_of} == whose
    else:
        assert isinstance(days_of, Whose)


@pytest.mark.parametrize("key", sorted(set(POLICY.clocks) - REPORTS))
def test_every_clock_that_is_not_of_a_report_says_whose_days_it_counts(key: str) -> None:
    written = TEXT.split(f"\n  {key}:", 1)[1].split("\n\n", 1)[0]
    assert "days_of:" in written


def started(rule: ClockRule) -> Deadline:
    calendar = Policies().office_calendar(OfficeDays(tz="UTC"), datetime(2025, 1, 13, tzinfo=UTC))
    return deadline(
        "a.clock", rule, policy_version=1, start_event_id="A#1", started_at=datetime(2025, 1, 13, tzinfo=UTC),
        calendar=calendar,
    )  # fmt: skip


@pytest.mark.parametrize("key", sorted(POLICY.clocks))
def test_no_hold_stops_what_protects_patients_or_is_an_authoritys(key: str) -> None:
    rule = POLICY.clock(key)
    protects = rule.critical or isinstance(rule.days_of, OfficeDays)
    assert started(rule).runs_on_hold == protects
    if key.startswith(("audit.containment", "audit.suspension_decision", "suspend.decision", "crit_dev")):
        assert protects


def test_a_clock_of_before_is_the_sites_and_a_deadline_of_before_stands() -> None:
    rule = ClockRule(span=Span.of("3bd"), otherwise="Somebody is told.")
    assert rule.days_of is Whose.SITE
    stored = started(rule).model_dump(mode="json", exclude={"days_of", "never_stands"})
    assert not Deadline.model_validate(stored).runs_on_hold
    assert Deadline.model_validate(stored | {"of_authority": True}).runs_on_hold


@pytest.mark.parametrize(
    ("office", "after", "days", "due"),
    [
        (OfficeDays(tz="America/New_York", country="US"), date(2025, 1, 13), 15, date(2025, 2, 4)),
        (OfficeDays(tz="Europe/Vienna", country="AT"), date(2024, 12, 23), 3, date(2024, 12, 30)),
        (OfficeDays(tz="Europe/Vienna", country="AT", subdivision="9"), date(2025, 1, 3), 1, date(2025, 1, 7)),
        (OfficeDays(tz="UTC"), date(2024, 12, 23), 3, date(2024, 12, 26)),
        (OfficeDays(tz="Asia/Shanghai", country="CN"), date(2026, 2, 13), 1, date(2026, 2, 14)),
    ],
)
def test_an_office_counts_its_own_business_days(office: OfficeDays, after: date, days: int, due: date) -> None:
    calendar = Policies().office_calendar(office, datetime(after.year, after.month, after.day, tzinfo=UTC))
    assert calendar.add_business_days(after, days) == due
    assert calendar.tz == office.tz


def test_the_sponsors_days_are_set_by_the_policy() -> None:
    policy = load_policy(edited("sponsor_days: {tz: UTC}", "sponsor_days: {tz: Europe/Vienna, country: AT}"))
    assert policy.offices()["sponsor_days"] == OfficeDays(tz="Europe/Vienna", country="AT")
    assert set(POLICY.offices()) == {
        "sponsor_days",
        *(f"clocks.{key}.days_of" for key in ANSWERS_TO_FDA),
        *(f"authority_reports.{report.key}" for report in POLICY.authority_reports),
    }


def test_a_policy_of_before_says_no_days_and_is_read() -> None:
    body = POLICY.model_dump(mode="json")
    del body["sponsor_days"]
    for rule in body["clocks"].values():
        del rule["days_of"]
    older = Policy.model_validate(body)
    assert (older.sponsor_days, older.clock("audit.plan").days_of) == (OfficeDays(tz="UTC"), Whose.SITE)
    assert older.clock("far.assess").days_of == POLICY.clock("far.assess").days_of
