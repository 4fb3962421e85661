from datetime import date
from typing import Any

import pytest

from domain.policy.required_documents import RequiredDocument
from domain.qualification.case_documents import CaseDocument, DocumentStatus
from domain.qualification.document_forms import (
    DocumentReview,
    DocumentSubmission,
    judged,
    refuse_unless_reviewed,
    refuse_unless_submittable,
    suggested_document_review,
    suggested_submission,
)
from domain.site.certificate import CertificateType
from tests.domain.filling import faults, filled

TODAY = date(2026, 3, 10)
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
GMP = {
    "type": "GMP_CERT",
    "number": "1",
    "authority": "RP",
    "issued_by": "DE",
    "scope_text": "Synthesis",
    "inspected_on": "2024-03-10",
}
PRINTED = {**GMP, "valid_to": None}
NO_FILE = {"not_available": "We have none."}
REQUIRED = [
    RequiredDocument(key="smf", title="Site master file", mandatory=True, gxp=True),
    RequiredDocument(
        key="gmp", title="GMP certificate", mandatory=True, gxp=True, certificate=CertificateType.GMP_CERT
    ),
    RequiredDocument(key="insurance", title="Insurance", mandatory=False, gxp=False),
]


# ---------------------------------------------------------------- sending


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([{"key": "smf", "document": FILE}], set()),
        ([{"key": "smf", **NO_FILE}], set()),
        ([{"key": "gmp", "document": FILE, "certificate": PRINTED}, {"key": "smf", "document": FILE}], set()),
        ([{"key": "gmp", **NO_FILE}], set()),
        ([{"key": "passport", "document": FILE}], {"documents.0.key"}),
        ([{"key": "smf", "document": FILE}, {"key": "smf", **NO_FILE}], {"documents.1.key"}),
        ([{"key": "smf"}], {"documents.0.document"}),
        ([{"key": "smf", "document": FILE, **NO_FILE}], {"documents.0.document"}),
        ([{"key": "gmp", "document": FILE}], {"documents.0.certificate"}),
        ([{"key": "smf", "document": FILE, "certificate": PRINTED}], {"documents.0.certificate"}),
        ([{"key": "gmp", "certificate": PRINTED, **NO_FILE}], {"documents.0.certificate"}),
        (
            [{"key": "gmp", "document": FILE, "certificate": {**PRINTED, "type": "MIA"}}],
            {"documents.0.certificate.type"},
        ),
        (
            [{"key": "gmp", "document": FILE, "certificate": {**PRINTED, "inspected_on": None}}],
            {"documents.0.certificate.inspected_on"},
        ),
    ],
)
def test_each_document_is_sent_once_or_said_not_to_exist(documents: list[dict[str, Any]], expected: set[str]) -> None:
    form = filled(DocumentSubmission, documents=documents)
    assert faults(lambda: refuse_unless_submittable(form, REQUIRED, latest_day=TODAY)) == expected


def test_a_submission_is_filled_in_from_what_is_suggested() -> None:
    form = filled(DocumentSubmission, suggested_submission(REQUIRED))
    refuse_unless_submittable(form, REQUIRED, latest_day=TODAY)
    assert [sent.key for sent in form.documents] == ["smf", "gmp", "insurance"]
    assert [sent.certificate is not None for sent in form.documents] == [False, True, False]
    assert suggested_submission([]) == {}


# ---------------------------------------------------------------- judging


def received(key: str, **changes: Any) -> dict[str, CaseDocument]:
    return {key: CaseDocument(key=key, status=DocumentStatus.RECEIVED, **changes)}


CERTIFIED = received("gmp", certificate_id="CERT-1", ends_on=date(2026, 3, 10))
EARLIEST = date(2026, 2, 8)
CHECKED = {"key": "gmp", "verdict": "ACCEPT", "register_checked_on": "2026-03-10", "scope_confirmed": True}


@pytest.mark.parametrize(
    ("held", "verdicts", "expected"),
    [
        (received("smf"), [{"key": "smf", "verdict": "ACCEPT"}], set()),
        (received("smf"), [{"key": "smf", "verdict": "REJECT"}], {"verdicts.0.reason"}),
        (received("smf"), [{"key": "smf", "verdict": "REJECT", "reason": "Of 2019."}], set()),
        (received("smf"), [{"key": "gmp", "verdict": "ACCEPT"}], {"verdicts.0.key", "verdicts"}),
        (received("smf"), [{"key": "smf", "verdict": "ACCEPT"}] * 2, {"verdicts.1.key"}),
        (received("smf") | CERTIFIED, [CHECKED], {"verdicts"}),
        (received("smf", not_available="None."), [{"key": "smf", "verdict": "ACCEPT"}], {"verdicts.0.verdict"}),
        (received("insurance", not_available="None."), [{"key": "insurance", "verdict": "ACCEPT"}], set()),
        (received("smf", ends_on=date(2026, 3, 9)), [{"key": "smf", "verdict": "ACCEPT"}], {"verdicts.0.verdict"}),
        (CERTIFIED, [CHECKED], set()),
        (CERTIFIED, [CHECKED | {"register_checked_on": None}], {"verdicts.0.register_checked_on"}),
        (CERTIFIED, [CHECKED | {"register_checked_on": "2026-03-11"}], {"verdicts.0.register_checked_on"}),
        (CERTIFIED, [CHECKED | {"register_checked_on": "2026-02-08"}], set()),
        (CERTIFIED, [CHECKED | {"register_checked_on": "2026-02-07"}], {"verdicts.0.register_checked_on"}),
        (CERTIFIED, [CHECKED | {"scope_confirmed": False}], {"verdicts.0.scope_confirmed"}),
        (CERTIFIED, [{"key": "gmp", "verdict": "REJECT", "reason": "Another activity."}], set()),
        (
            received("gmp", certificate_id="CERT-1", ends_on=date(2026, 3, 9)),
            [{"key": "gmp", "verdict": "ACCEPT"}],
            {"verdicts.0.verdict", "verdicts.0.register_checked_on", "verdicts.0.scope_confirmed"},
        ),
        (
            {"smf": CaseDocument(key="smf", status=DocumentStatus.ACCEPTED)},
            [{"key": "smf", "verdict": "ACCEPT"}],
            {"verdicts.0.key"},
        ),
    ],
)
def test_every_document_that_awaits_judgement_gets_one_that_it_can_have(
    held: dict[str, CaseDocument], verdicts: list[dict[str, Any]], expected: set[str]
) -> None:
    form = filled(DocumentReview, verdicts=verdicts)
    mandatory = [document.key for document in REQUIRED if document.mandatory]
    assert (
        faults(
            lambda: refuse_unless_reviewed(
                form, held, mandatory=mandatory, today=TODAY, latest_day=TODAY, earliest=EARLIEST
            )
        )
        == expected
    )


def test_a_review_starts_with_what_awaits_judgement_and_no_verdict() -> None:
    held = received("smf") | CERTIFIED | {"insurance": CaseDocument(key="insurance", status=DocumentStatus.ACCEPTED)}
    assert suggested_document_review(held) == {"verdicts": [{"key": "smf"}, {"key": "gmp"}]}
    assert suggested_document_review({}) == {}


def test_a_review_changes_what_it_judges_and_nothing_else() -> None:
    held = received("smf") | CERTIFIED | {"insurance": CaseDocument(key="insurance", status=DocumentStatus.ACCEPTED)}
    form = filled(DocumentReview, verdicts=[CHECKED, {"key": "smf", "verdict": "REJECT", "reason": "Old."}])
    assert {key: document.status.value for key, document in judged(held, form).items()} == {
        "smf": "REJECTED",
        "gmp": "ACCEPTED",
        "insurance": "ACCEPTED",
    }
