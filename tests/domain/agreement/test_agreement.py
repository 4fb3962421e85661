"""The terms of a quality agreement: complete, or refused with every place that is not."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.agreement.agreement import (
    NOTIFICATIONS,
    AgreementStatus,
    AgreementTerms,
    NotificationTimes,
    agreed_span,
    least_retention,
    policy_span,
    refuse_unless_complete,
    status_on,
    suggested_terms,
    validity,
)
from domain.core.days import Calendar, Span
from domain.core.refusals import Code, Refused
from domain.policy.change_tier import ChangeCategory, ChangeTier
from domain.policy.policy import Policy, load
from tests.domain.filling import faults, filled

POLICY = load((Path(__file__).parents[3] / "policy" / "default.yaml").read_text())
CALENDAR = Calendar(calendar_id="c", tz="UTC")
TODAY = date(2025, 5, 16)
MONDAY = date(2025, 5, 19)
Edit = Callable[[dict[str, Any]], object]


def suggested(previous: AgreementTerms | None = None, policy: Policy = POLICY) -> dict[str, Any]:
    return suggested_terms(previous, policy, site_id="VM-02", product="ARL-204", effective_on=MONDAY)


def terms(edit: Edit = lambda terms: None) -> AgreementTerms:
    given = suggested()
    edit(given)
    return filled(AgreementTerms, given)


def judged(agreement: AgreementTerms, policy: Policy = POLICY) -> set[str]:
    return faults(
        lambda: refuse_unless_complete(
            agreement, policy.agreement_activities, product="ARL-204", retention_years=5, today=TODAY, latest_day=TODAY
        )
    )


def row(index: int, **changes: Any) -> Edit:
    return lambda terms: terms["matrix"][index].update(changes)


def part(name: str, **changes: Any) -> Edit:
    return lambda terms: terms[name].update(changes)


def top(**changes: Any) -> Edit:
    return lambda terms: terms.update(changes)


LAB = {"name": "Rheinlab", "site": "Mannheim", "activity": "Microbiology", "approved_on": "2025-05-16"}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (top(), set()),
        (row(3, cdmo=[]), {"terms.matrix.3", "terms.matrix.3.cdmo"}),
        (row(0, cdmo=[]), {"terms.matrix.0.cdmo"}),
        (row(0, sponsor=["A"], cdmo=["A", "R"]), {"terms.matrix.0"}),
        (row(1, sponsor=["A"], cdmo=["C"]), {"terms.matrix.1"}),
        (row(1, key="specifications"), {"terms.matrix", "terms.matrix.1.key"}),
        (row(1, key="own_activity"), {"terms.matrix"}),
        (lambda terms: terms["matrix"].pop(), {"terms.matrix"}),
        (lambda terms: terms["matrix"].append({**terms["matrix"][0], "key": "cold_chain"}), set()),
        (part("audit_rights", for_cause_without_cap=False), {"terms.audit_rights.for_cause_without_cap"}),
        (part("audit_rights", raw_data_access=False), {"terms.audit_rights.raw_data_access"}),
        (part("audit_rights", routine_per_year=1, for_cause_notice="0d"), set()),
        (lambda terms: terms["change_tiers"].pop("METHOD"), {"terms.change_tiers.METHOD"}),
        (part("change_tiers", ADMIN="APPROVAL", PROCESS="NOTIFY"), set()),
        (top(products=["ARL-310"]), {"terms.products"}),
        (top(products=["ARL-204", "ARL-310", "ARL-204"]), {"terms.products"}),
        (top(subcontractors=[LAB]), set()),
        (top(subcontractors=[{**LAB, "approved_on": "2025-05-17"}]), {"terms.subcontractors.0.approved_on"}),
        (top(subcontractors=[LAB, LAB]), {"terms.subcontractors.1"}),
        (top(retention_years=4), {"terms.retention_years"}),
        (top(effective_on="2025-05-15"), {"terms.effective_on"}),
        (top(effective_on="2025-05-16"), set()),
    ],
)
def test_an_agreement_is_refused_with_every_place_that_is_not_complete(edit: Edit, expected: set[str]) -> None:
    assert judged(terms(edit)) == expected


def test_a_blank_side_is_called_blank_and_a_missing_activity_by_its_name() -> None:
    def edit(given: dict[str, Any]) -> None:
        given["matrix"] = [each for each in given["matrix"] if each["key"] not in ("recall", "stability")]
        given["matrix"][3]["cdmo"] = []

    with pytest.raises(Refused) as refused:
        refuse_unless_complete(
            terms(edit),
            POLICY.agreement_activities,
            product="ARL-204",
            retention_years=5,
            today=TODAY,
            latest_day=TODAY,
        )
    assert refused.value.refusal.code is Code.RULE_BROKEN
    assert refused.value.refusal.fields["terms.matrix.3.cdmo"] == "is blank"
    assert refused.value.refusal.fields["terms.matrix"] == "lacks stability, recall"


def test_a_policy_without_activities_requires_no_particular_rows() -> None:
    old = POLICY.model_copy(update={"agreement_activities": ()})
    assert "matrix" not in suggested(policy=old)
    assert judged(filled(AgreementTerms, suggested(policy=old)), old) == set()


@pytest.mark.parametrize(
    "edit",
    [
        top(matrix=[]),
        top(products=[]),
        top(retention_years=0),
        top(post_termination_access_years=0),
        row(0, key="Not a key"),
        row(0, cdmo=["X"]),
        part("notification", oos="-1bd"),
        part("notification", oos="soon"),
        part("notification", change_approval_tier="48h"),
        part("audit_rights", for_cause_notice="4h"),
        part("audit_rights", routine_per_year=0),
        part("change_tiers", WEATHER="NOTIFY"),
    ],
)
def test_what_is_no_agreement_at_all_is_not_read(edit: Edit) -> None:
    with pytest.raises(ValidationError):
        terms(edit)


# ---------------------------------------------------------------- prefill


def test_a_first_draft_says_what_the_policy_says() -> None:
    first = terms()
    assert [each.key for each in first.matrix] == [each.key for each in POLICY.agreement_activities]
    assert len(first.matrix) >= 30
    assert (first.products, first.effective_on, first.retention_years) == (("ARL-204",), MONDAY, 5)
    assert first.change_tiers == POLICY.limits.change_tiers
    assert first.audit_rights.for_cause_notice == POLICY.limits.audit_notice_for_cause
    assert {key: agreed_span(first.notification, key) for key in NOTIFICATIONS} == {
        key: policy_span(POLICY, key) for key in NOTIFICATIONS
    }
    assert str(first.notification.change_approval_tier) == "90d"


def test_a_later_draft_keeps_what_was_agreed_and_adds_what_the_policy_asks_for_by_now() -> None:
    def edit(given: dict[str, Any]) -> None:
        given["matrix"] = [each for each in given["matrix"] if each["key"] != "recall"]
        given["matrix"][0] |= {"sponsor": ["C"], "cdmo": ["R", "A"]}
        given |= {"title": "QA 1.1", "products": ["ARL-100"], "retention_years": 2, "effective_on": "2024-01-01"}
        given["change_tiers"] = {"ADMIN": "APPROVAL"}
        given["notification"]["oos"] = "4h"

    again = filled(AgreementTerms, suggested(terms(edit)))
    assert judged(again) == set()
    assert (again.title, again.products, again.retention_years) == ("QA 1.1", ("ARL-100", "ARL-204"), 5)
    assert (again.matrix[0].sponsor, again.matrix[-1].key) == (("C",), "recall")
    assert (again.change_tiers[ChangeCategory.ADMIN], again.effective_on) == (ChangeTier.APPROVAL, MONDAY)
    assert str(again.notification.oos) == "4h"


def test_a_draft_keeps_a_later_day_and_more_years() -> None:
    again = filled(AgreementTerms, suggested(terms(top(effective_on="2025-07-01", retention_years=12))))
    assert (again.effective_on, again.retention_years) == (date(2025, 7, 1), 12)


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("effective", "review", "stop", "review_due", "lapses_on"),
    [
        ("2025-05-20", "24mo", "36mo", "2027-05-20", "2028-05-20"),
        ("2024-02-29", "24mo", "36mo", "2026-02-28", "2027-02-28"),
        ("2024-02-29", "48mo", "60mo", "2028-02-29", "2029-02-28"),
        ("2025-08-31", "6mo", "30mo", "2026-02-28", "2028-02-29"),
        ("2025-05-20", "10d", "10bd", "2025-05-30", "2025-06-03"),
    ],
)
def test_review_and_hard_stop_are_counted_from_the_day_it_takes_effect(
    effective: str, review: str, stop: str, review_due: str, lapses_on: str
) -> None:
    found = validity(date.fromisoformat(effective), review=Span.of(review), hard_stop=Span.of(stop), calendar=CALENDAR)
    assert [day.isoformat() for day in found] == [effective, review_due, lapses_on]


@pytest.mark.parametrize(
    ("status", "day", "expected"),
    [
        ("EFFECTIVE", "2028-05-20", "EFFECTIVE"),
        ("EFFECTIVE", "2028-05-21", "LAPSED"),
        ("SUPERSEDED", "2028-05-21", "SUPERSEDED"),
        ("DRAFT", "2028-05-21", "DRAFT"),
    ],
)
def test_only_what_was_effective_lapses_after_its_last_day(status: str, day: str, expected: str) -> None:
    assert status_on(AgreementStatus(status), date(2028, 5, 20), date.fromisoformat(day)) == expected


@pytest.mark.parametrize(
    ("expiry", "certification", "years"),
    [("12mo", "60mo", 5), ("72mo", "60mo", 6), ("1d", "1bd", 1), ("366d", "13mo", 2), ("0d", "0d", 1)],
)
def test_records_are_kept_for_whole_years_and_the_longer_limit_wins(
    expiry: str, certification: str, years: int
) -> None:
    spans = {"retention_after_expiry": Span.of(expiry), "retention_after_certification": Span.of(certification)}
    assert least_retention(POLICY.limits.model_copy(update=spans)) == years


# ---------------------------------------------------------------- notification times


def test_every_notification_time_stands_for_one_policy_key() -> None:
    assert sorted(NOTIFICATIONS.values()) == sorted(NotificationTimes.model_fields)


def test_an_agreement_says_nothing_about_other_clocks_and_a_policy_refuses_unknown_ones() -> None:
    assert agreed_span(terms().notification, "audit.response.scheduled") is None
    assert policy_span(POLICY, "oos.notify") == Span.of("1bd")
    with pytest.raises(Refused) as refused:
        policy_span(POLICY, "oos.notfiy")
    assert refused.value.refusal.code is Code.NOT_FOUND
