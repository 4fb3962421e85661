from datetime import date
from typing import Any

import pytest

from domain.core.forms import Audience, Meaning, Process
from domain.core.people import CDMO_ROLES, Role
from domain.oversight.renewal import (
    RENEWAL_FORMS,
    CertificateSubmission,
    CertificateVerification,
    answer_due,
    counts,
    refuse_unless_renewable,
    refuse_unless_sendable,
    refuse_unless_verifiable,
    suggested_certificate,
)
from domain.site.certificate import CertificateStatus, CertificateType, line_of
from domain.site.site import Activity
from tests.domain.filling import faults, filled

TODAY = date(2026, 3, 2)
EARLIEST = date(2026, 1, 31)
LAST = date(2029, 3, 1)
READ = {"version": 1, "sha256": "0" * 64}
DOCUMENT = {"document_id": "DOC-1", "sha256": "0" * 64}


def sent(**changes: Any) -> CertificateSubmission:
    """A submission as the task suggests it, with changes."""
    return filled(CertificateSubmission, suggested_certificate(CertificateType.GMP_CERT), **changes)


def judged(submission: CertificateSubmission | None = None, **changes: Any) -> CertificateVerification:
    """An acceptance with all that a person has to say for it, with changes."""
    said = {
        "reason": "Found in the register.",
        "register_checked_on": TODAY.isoformat(),
        "scope_confirmed": True,
        "activities_covered": ["API_MFG"],
    }
    return filled(CertificateVerification, {"submission": READ, **said}, **changes)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (CertificateStatus.VERIFIED, set()),
        (CertificateStatus.SUPERSEDED, set()),
        (CertificateStatus.RECEIVED, {"certificate_id"}),
        (CertificateStatus.REJECTED, {"certificate_id"}),
        (None, {"certificate_id"}),
    ],
)
def test_only_what_was_verified_is_renewed(status: CertificateStatus | None, expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_renewable(status)) == expected


def test_certificates_of_a_type_and_scope_are_one_line() -> None:
    assert line_of("SC-1", CertificateType.GMP_CERT) == "SC-1:GMP_CERT"


@pytest.mark.parametrize(
    ("valid_to", "expected"),
    [
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 4, 1), None),
        (date(2026, 3, 1), None),
        (None, None),
    ],
)
def test_the_site_answers_within_its_clock_and_while_the_certificate_lasts(
    valid_to: date | None, expected: date | None
) -> None:
    assert answer_due(date(2026, 4, 1), valid_to, today=TODAY) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"comment": "The authority has extended it."}, set()),
        ({"document": None, "certificate": None, "not_available": "The inspection is postponed."}, set()),
        ({"document": None, "certificate": None}, {"document"}),
        ({"not_available": "The inspection is postponed."}, {"document"}),
        ({"document": None, "not_available": "The inspection is postponed."}, {"certificate"}),
        ({"certificate": None}, {"certificate"}),
        ({"certificate": {"type": "ISO"}}, {"certificate.type"}),
        ({"certificate": {"valid_to": None}}, {"certificate.inspected_on"}),
        ({"certificate": {"valid_to": None, "inspected_on": "2026-03-03"}}, {"certificate.inspected_on"}),
    ],
)
def test_a_certificate_is_sent_whole_or_its_absence_is_explained(changes: dict[str, Any], expected: set[str]) -> None:
    form = sent(**changes)
    rule = lambda: refuse_unless_sendable(form, CertificateType.GMP_CERT, verified=False, latest_day=TODAY)  # noqa: E731
    assert faults(rule) == expected


def test_nothing_is_sent_once_a_certificate_was_verified() -> None:
    rule = lambda: refuse_unless_sendable(sent(), CertificateType.GMP_CERT, verified=True, latest_day=TODAY)  # noqa: E731
    assert faults(rule) == {"<section 5>"}


@pytest.mark.parametrize(
    ("changes", "available", "valid_to", "expected"),
    [
        ({}, True, LAST, set()),
        ({}, True, None, set()),
        ({}, True, TODAY, set()),
        ({"activities_covered": []}, True, LAST, set()),
        ({}, True, date(2026, 3, 1), {"accept"}),
        ({}, False, None, {"accept"}),
        ({"register_checked_on": None}, True, LAST, {"register_checked_on"}),
        ({"register_checked_on": "2026-03-03"}, True, LAST, {"register_checked_on"}),
        ({"register_checked_on": "2026-01-31"}, True, LAST, set()),
        ({"register_checked_on": "2026-01-30"}, True, LAST, {"register_checked_on"}),
        ({"scope_confirmed": False}, True, LAST, {"scope_confirmed"}),
        ({"accept": False, "reason": "Another site."}, True, date(2026, 3, 1), set()),
        ({"accept": False, "reason": None}, True, LAST, {"reason"}),
        ({"accept": False, "reason": "Where is it?"}, False, None, set()),
    ],
)
def test_a_certificate_is_not_accepted_unseen_nor_after_its_end(
    changes: dict[str, Any],
    available: bool,  # noqa: FBT001
    valid_to: date | None,
    expected: set[str],
) -> None:
    form = judged(**changes)
    assert (
        faults(
            lambda: refuse_unless_verifiable(
                form, available=available, valid_to=valid_to, today=TODAY, latest_day=TODAY, earliest=EARLIEST
            )
        )
        == expected
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"activities_covered": ["PACKAGING", "API_MFG"]}, True),
        ({"activities_covered": ["PACKAGING"]}, False),
        ({"activities_covered": []}, False),
        ({"accept": False}, False),
    ],
)
def test_one_whose_scope_text_lacks_the_activity_does_not_count(changes: dict[str, Any], *, expected: bool) -> None:
    assert counts(judged(**changes), Activity.API_MFG) is expected


def test_a_verification_is_signed_and_what_the_sponsor_confirms_stays_with_it() -> None:
    assert (judged().meaning(), judged(accept=False).meaning()) == (Meaning.REVIEWED, Meaning.REJECTED)
    assert CertificateVerification.action.audience is Audience.SPONSOR
    assert CertificateVerification.action.by == {Role.SUPPLIER_QUALITY}
    assert CertificateSubmission.action.by <= CDMO_ROLES


def test_the_forms_belong_to_renewals() -> None:
    assert {form.action.process for form in RENEWAL_FORMS} == {Process.RENEWAL}
