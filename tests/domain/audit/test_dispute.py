from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.audit.dispute import (
    DisputeDecision,
    DisputeVerdict,
    FindingDispute,
    falls_away,
    refuse_unless_disputable,
    refuse_unless_judgeable,
    status_after,
    suggested_judgement,
)
from domain.audit.finding import FindingStatus, Severity
from domain.core.refusals import Code, Refused
from tests.domain.filling import faults, filled

UNTIL = datetime(2026, 4, 22, 23, 59, 59, tzinfo=UTC)
EVIDENCE = [{"document_id": "DOC-7"}]


@pytest.mark.parametrize(
    ("status", "fine"),
    [(status, status in (FindingStatus.ISSUED, FindingStatus.RESPONDED)) for status in FindingStatus],
)
def test_a_finding_is_disputed_once_and_before_its_capa_is_accepted(status: FindingStatus, *, fine: bool) -> None:
    dispute = filled(FindingDispute, finding_no=3)
    assert faults(lambda: refuse_unless_disputable(dispute, {3: status}, now=UNTIL, until=UNTIL)) == (
        set() if fine else {"finding_no"}
    )


def test_an_unknown_finding_is_not_disputed() -> None:
    dispute = filled(FindingDispute, finding_no=4)
    assert faults(lambda: refuse_unless_disputable(dispute, {3: FindingStatus.ISSUED}, now=UNTIL, until=UNTIL)) == {
        "finding_no"
    }


def test_the_window_ends_at_its_last_instant() -> None:
    with pytest.raises(Refused) as refused:
        refuse_unless_disputable(
            filled(FindingDispute), {1: FindingStatus.ISSUED}, now=UNTIL + timedelta(seconds=1), until=UNTIL
        )
    assert refused.value.refusal.code is Code.NOT_OPEN


def test_a_dispute_needs_evidence() -> None:
    with pytest.raises(ValidationError, match="evidence"):
        filled(FindingDispute, evidence=[])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"verdict": "UPHELD"}, set()),
        ({"verdict": "WITHDRAWN"}, set()),
        ({"verdict": "UPHELD", "severity": "OTHER"}, {"severity"}),
        ({"verdict": "WITHDRAWN", "severity": "OTHER"}, {"severity"}),
        ({"verdict": "RECLASSIFIED"}, {"severity"}),
        ({"verdict": "RECLASSIFIED", "severity": "MAJOR"}, {"severity"}),
        ({"verdict": "RECLASSIFIED", "severity": "OTHER"}, set()),
        ({"verdict": "RECLASSIFIED", "severity": "RECOMMENDATION"}, set()),
        ({"verdict": "RECLASSIFIED", "severity": "CRITICAL"}, {"new_evidence"}),
        ({"verdict": "RECLASSIFIED", "severity": "CRITICAL", "new_evidence": EVIDENCE}, set()),
        ({"verdict": "UPHELD", "finding_no": 1}, {"finding_no"}),
    ],
)
def test_severity_rises_in_a_dispute_only_on_new_evidence(given: dict[str, Any], expected: set[str]) -> None:
    decision = filled(DisputeDecision, suggested_judgement(3), **given)
    assert faults(lambda: refuse_unless_judgeable(decision, {3: Severity.MAJOR})) == expected


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("UPHELD", "CONFIRMED"), ("RECLASSIFIED", "RECLASSIFIED"), ("WITHDRAWN", "WITHDRAWN")],
)
def test_the_verdict_moves_the_finding(verdict: str, status: str) -> None:
    assert status_after(DisputeVerdict(verdict)) == status


@pytest.mark.parametrize(
    ("verdict", "severity", "away"),
    [
        ("UPHELD", None, False),
        ("RECLASSIFIED", "OTHER", False),
        ("RECLASSIFIED", "RECOMMENDATION", True),
        ("WITHDRAWN", None, True),
    ],
)
def test_a_finding_falls_away_when_nothing_is_owed_for_it_any_more(
    verdict: str, severity: str | None, *, away: bool
) -> None:
    assert falls_away(filled(DisputeDecision, verdict=verdict, severity=severity)) is away
