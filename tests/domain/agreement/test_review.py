from datetime import date
from typing import Any

import pytest

from domain.agreement.agreement import WatchedAgreement
from domain.agreement.forms import NEGOTIATION_FORMS, AgreementDraft, refuse_unless_alone
from domain.agreement.review import (
    AGREEMENT_REVIEW_FORMS,
    AgreementReview,
    AgreementReviewApproval,
    barred_from_approving,
    next_review,
    refuse_reviewers,
    refuse_unless_reviewed,
)
from domain.core.days import Calendar, Span
from domain.core.forms import Audience, Meaning, Process
from domain.core.people import CDMO_ROLES
from domain.core.refusals import Code, Refused
from tests.domain.filling import faults, filled

CALENDAR = Calendar(calendar_id="CAL-UTC", tz="UTC")
LAPSES = date(2028, 5, 20)
IN_FORCE = WatchedAgreement(qta_id="QTA-1", version=2, review_due=date(2027, 5, 20), lapses_on=LAPSES, review_open=True)


@pytest.mark.parametrize(
    ("changes", "today", "expected"),
    [
        ({}, date(2027, 5, 20), set()),
        ({}, LAPSES, set()),
        ({}, date(2028, 5, 21), {"verdict"}),
        ({"verdict": "AMEND"}, date(2028, 5, 21), set()),
        ({"version": 1}, date(2027, 5, 20), {"version"}),
        ({"version": 3}, date(2027, 5, 20), {"version"}),
        ({"qta_id": "QTA-2"}, date(2027, 5, 20), {"version"}),
    ],
)
def test_the_version_in_force_is_reviewed_and_one_that_has_lapsed_is_amended(
    changes: dict[str, Any], today: date, expected: set[str]
) -> None:
    form = filled(AgreementReview, {"qta_id": "QTA-1", "version": 2}, **changes)
    assert faults(lambda: refuse_unless_reviewed(form, IN_FORCE, today=today)) == expected


@pytest.mark.parametrize(
    ("reviewed_on", "following"),
    [
        (date(2026, 2, 1), date(2028, 2, 1)),
        (date(2026, 5, 20), date(2028, 5, 20)),
        (date(2026, 5, 21), LAPSES),
        (date(2027, 5, 10), LAPSES),
        (date(2026, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_review_moves_the_next_one_on_but_not_beyond_the_hard_stop(reviewed_on: date, following: date) -> None:
    assert next_review(reviewed_on, LAPSES, review=Span.of("24mo"), calendar=CALENDAR) == following


def test_a_review_on_a_leap_day_is_followed_by_one_on_the_last_day_of_february() -> None:
    following = next_review(date(2028, 2, 29), date(2031, 1, 1), review=Span.of("24mo"), calendar=CALENDAR)
    assert following == date(2030, 2, 28)


def test_nobody_approves_a_review_of_their_own() -> None:
    assert barred_from_approving(frozenset({"PER-1"})) == {"PER-1": "S1"}
    refuse_reviewers(frozenset({"PER-2"}), frozenset({"PER-1"}))
    with pytest.raises(Refused) as caught:
        refuse_reviewers(frozenset({"PER-2", "PER-1"}), frozenset({"PER-1"}))
    assert (caught.value.refusal.code, caught.value.refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")


def test_one_case_at_a_time_drafts_an_agreement() -> None:
    refuse_unless_alone(None)
    with pytest.raises(Refused) as caught:
        refuse_unless_alone("QC-2")
    assert caught.value.refusal.code is Code.CONFLICT


def test_a_review_is_the_sponsors_own_until_a_draft_is_sent() -> None:
    before = [form for form in AGREEMENT_REVIEW_FORMS if form.action.name != "withdraw"]
    assert {form.action.audience for form in before} == {Audience.SPONSOR}
    assert not [form for form in before if form.action.by & CDMO_ROLES]
    assert AgreementDraft.action.announces


def test_an_agreement_is_negotiated_in_qualifications_and_in_reviews() -> None:
    for form in NEGOTIATION_FORMS:
        assert form.action.event_types() == (
            f"qualification.{form.action.name}",
            f"agreement.{form.action.name}",
        )


def test_a_no_is_signed_as_one() -> None:
    read = {"review": {"version": 1, "sha256": "0" * 64}}
    meanings = [filled(AgreementReviewApproval, read, approve=yes).meaning() for yes in (True, False)]
    assert meanings == [Meaning.APPROVED, Meaning.REJECTED]
    assert AgreementReview.action.process is Process.AGREEMENT
