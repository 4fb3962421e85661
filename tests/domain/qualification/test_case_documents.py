from datetime import date

import pytest

from domain.policy.required_documents import RequiredDocument
from domain.qualification.case_documents import CaseDocument, DocumentStatus, status_on, unmet, wanted

TODAY = date(2026, 3, 10)
A, R, X = DocumentStatus.ACCEPTED, DocumentStatus.RECEIVED, DocumentStatus.REJECTED
SMF = RequiredDocument(key="smf", title="Site master file", mandatory=True, gxp=True)
INSURANCE = RequiredDocument(key="insurance", title="Insurance", mandatory=False, gxp=False)


def shown(status: DocumentStatus, ends_on: date | None = None, not_available: str | None = None) -> CaseDocument:
    return CaseDocument(key="smf", status=status, ends_on=ends_on, not_available=not_available)


@pytest.mark.parametrize(
    ("document", "status", "asked_for", "met"),
    [
        (None, DocumentStatus.MISSING, True, False),
        (shown(R), DocumentStatus.RECEIVED, False, False),
        (shown(R, date(2026, 3, 9)), DocumentStatus.RECEIVED, False, False),
        (shown(X), DocumentStatus.REJECTED, True, False),
        (shown(A), DocumentStatus.ACCEPTED, False, True),
        (shown(A, date(2026, 3, 10)), DocumentStatus.ACCEPTED, False, True),
        (shown(A, date(2026, 3, 9)), DocumentStatus.EXPIRED, True, False),
        (shown(A, None, "We have none."), DocumentStatus.ACCEPTED, False, False),
    ],
)
def test_a_mandatory_document_must_be_accepted_and_valid_on_the_day(
    document: CaseDocument | None, status: DocumentStatus, *, asked_for: bool, met: bool
) -> None:
    held = {"smf": document} if document else {}
    assert status_on(document, TODAY) is status
    assert (wanted([SMF], held, TODAY) == [SMF]) is asked_for
    assert (unmet([SMF], held, TODAY) == []) is met


def test_an_optional_document_is_asked_for_but_holds_nothing_up() -> None:
    assert wanted([INSURANCE, SMF], {"smf": shown(A)}, TODAY) == [INSURANCE]
    assert unmet([INSURANCE, SMF], {"smf": shown(A)}, TODAY) == []


def test_what_is_not_asked_for_any_more_holds_nothing_up() -> None:
    assert unmet([], {"smf": shown(X)}, TODAY) == []
