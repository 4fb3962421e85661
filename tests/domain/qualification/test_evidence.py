from datetime import date
from typing import Any

import pytest

from domain.audit.finding import FindingStatus, Severity
from domain.audit.outcome import Recommendation
from domain.qualification.decision import QualificationOutcome
from domain.qualification.evidence import AuditedFinding, QualificationEvidence, obstacles
from domain.qualification.request import QualificationKind

COMPLETE = QualificationEvidence(
    kind=QualificationKind.INITIAL,
    questionnaire_settled=True,
    documents_missing=(),
    tier_approved=True,
    recommendation=Recommendation.ACCEPTABLE_WITH_CAPA,
    recommendation_agreed=True,
    last_day=date(2026, 4, 3),
    agreement_effective=True,
)


def finding(severity: str, status: str) -> dict[str, Any]:
    found = AuditedFinding(finding_id="FND-1-1", severity=Severity(severity), status=FindingStatus(status))
    return {"findings": (found,)}


@pytest.mark.parametrize(
    ("changes", "outcome", "expected"),
    [
        ({}, "APPROVED", set()),
        ({"questionnaire_settled": False}, "APPROVED", {"questionnaire"}),
        ({"documents_missing": ("gmp_certificate",)}, "CONDITIONALLY_APPROVED", {"documents"}),
        ({"tier_approved": False}, "APPROVED", {"risk"}),
        ({"agreement_effective": False}, "APPROVED", {"agreement"}),
        ({"recommendation": None}, "APPROVED", {"audit"}),
        ({"recommendation": Recommendation.UNACCEPTABLE}, "CONDITIONALLY_APPROVED", {"audit"}),
        ({"recommendation_agreed": False}, "APPROVED", {"audit"}),
        ({"recommendation": Recommendation.CONDITIONAL}, "APPROVED", {"outcome"}),
        ({"recommendation": Recommendation.CONDITIONAL}, "CONDITIONALLY_APPROVED", set()),
        ({"recommendation": Recommendation.CONDITIONAL, "was_conditional": True}, "APPROVED", set()),
        ({"recommendation": None, "waived_until": date(2027, 4, 3), "waiver_holds": True}, "APPROVED", set()),
        ({"recommendation": None, "waived_until": date(2027, 4, 3)}, "APPROVED", {"audit"}),
        ({"recommendation": None, "kind": QualificationKind.OWNERSHIP_CHANGE}, "APPROVED", set()),
        (finding("CRITICAL", "IMPLEMENTED"), "APPROVED", {"capas"}),
        (finding("CRITICAL", "VERIFIED"), "APPROVED", set()),
        (finding("CRITICAL", "WITHDRAWN"), "APPROVED", set()),
        (finding("MAJOR", "RESPONDED"), "APPROVED", {"capas"}),
        (finding("MAJOR", "CAPA_ACCEPTED"), "APPROVED", set()),
        (finding("OTHER", "ISSUED"), "APPROVED", set()),
        ({"was_conditional": True}, "CONDITIONALLY_APPROVED", {"outcome"}),
        ({"was_conditional": True, "conditions_open": (2,)}, "APPROVED", {"conditions"}),
        ({"was_conditional": True}, "APPROVED", set()),
    ],
)
def test_every_missing_part_is_named(changes: dict[str, Any], outcome: str, expected: set[str]) -> None:
    evidence = COMPLETE.model_copy(update=changes)
    assert set(obstacles(evidence, QualificationOutcome(outcome))) == expected
    assert obstacles(evidence, QualificationOutcome.REJECTED) == {}
