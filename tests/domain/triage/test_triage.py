from datetime import date
from typing import Any

import pytest

from domain.event.site_event import EventType, SiteEventReport, TriageOutcome
from domain.triage.triage import EventTriage, demanded, refuse_unless_triaged
from tests.domain.filling import faults, filled

RISK, SUSPEND = TriageOutcome.REASSESS_RISK, TriageOutcome.SUSPEND_PROPOSAL
TODAY = date(2025, 1, 13)
EVENTS: list[tuple[dict[str, Any], set[TriageOutcome]]] = [
    ({"type": "DEVIATION", "severity": "CRITICAL"}, {RISK}),
    ({"type": "DEVIATION", "severity": "MAJOR"}, set()),
    ({"type": "DEVIATION", "severity": "MINOR"}, set()),
    ({"type": "OOS", "severity": "CRITICAL"}, set()),
    ({"type": "CHANGE_NOTIFICATION"}, set()),
    ({"type": "INSPECTION_ANNOUNCED"}, set()),
    ({"type": "INSPECTION_STARTED"}, set()),
    ({"type": "INSPECTION_OUTCOME"}, {RISK}),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "NONE"}, set()),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "NAI"}, set()),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "COMPLIANT"}, set()),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "VAI"}, {RISK}),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "FORM_483"}, {RISK}),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "OAI"}, {RISK, SUSPEND}),
    ({"type": "INSPECTION_OUTCOME", "authority_outcome": "NON_COMPLIANT"}, {RISK, SUSPEND}),
    ({"type": "WARNING_LETTER"}, {RISK, SUSPEND}),
    ({"type": "NON_COMPLIANCE_STATEMENT"}, {RISK, SUSPEND}),
    ({"type": "IMPORT_ALERT"}, {RISK, SUSPEND}),
    ({"type": "RECALL"}, {RISK}),
    ({"type": "FALSIFICATION"}, set()),
    ({"type": "SERIALISATION_ALERT"}, set()),
    ({"type": "COMPLAINT", "severity": "CRITICAL"}, set()),
    ({"type": "OWNERSHIP_CHANGE"}, {RISK}),
    ({"type": "SITE_MOVE"}, {RISK}),
    ({"type": "SUBCONTRACTOR_CHANGE"}, set()),
    ({"type": "KEY_PERSON_CHANGE"}, set()),
    ({"type": "CYBER_INCIDENT", "severity": "CRITICAL"}, set()),
    ({"type": "SUPPLY_RISK"}, set()),
    ({"type": "CERT_UPDATED"}, set()),
    ({"type": "WHISTLEBLOW"}, set()),
]


def report(**given: Any) -> SiteEventReport:
    return filled(SiteEventReport, **given)


CLEARED = {"lot": "C12-0417", "reason": "Genuine.", "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}]}


@pytest.mark.parametrize(
    ("cleared", "expected"),
    [
        ([{"lot": "c12 0417"}], set()),
        ([{"lot": "C12-0418"}], {"cleared.0.lot"}),
        ([{}, {"lot": "C12 0417"}], {"cleared.1.lot"}),
        ([{}, {"lot": "C12 0417", "event": "EVT-1"}], set()),
        ([{"lot": "X-1", "event": "EVT-1"}], set()),
    ],
)
def test_a_lot_is_cleared_once_of_an_event_that_names_it(cleared: list[dict[str, Any]], expected: set[str]) -> None:
    form = filled(EventTriage, outcomes=["RECORD"], cleared=[{**CLEARED, **each} for each in cleared])
    event = report(type="FALSIFICATION", lots=["C12-0417"])
    assert faults(lambda: refuse_unless_triaged(form, event)) == expected


def test_every_type_is_in_the_table() -> None:
    assert {given["type"] for given, _ in EVENTS} == set(EventType)


@pytest.mark.parametrize(("given", "expected"), EVENTS)
def test_what_must_follow_cannot_be_left_out(given: dict[str, Any], expected: set[TriageOutcome]) -> None:
    event = report(**given)
    assert demanded(event) == expected
    if expected:
        for outcome in ("NO_ACTION", "RECORD"):
            ignoring = filled(EventTriage, outcomes=[outcome])
            assert faults(lambda ignoring=ignoring: refuse_unless_triaged(ignoring, event)) == {"outcomes"}  # type: ignore[misc]


CAUSE = {"reason": "OOS_TREND", "summary": "Third time."}
SCAR = {"severity": "MAJOR", "finding": "Third time.", "owner": "Head of QC"}
SUSPENSION = {"scope": "FULL", "reason_code": "SITE_EVENT"}
OWNER: dict[str, Any] = {
    "new_owner": {"name": "Nordfels", "country": "DE"},
    "takes_over_on": "2025-03-01",
    "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}],
}


@pytest.mark.parametrize(
    ("outcomes", "parts", "expected"),
    [
        (["NO_ACTION"], {}, set()),
        (["RECORD"], {}, set()),
        (["NO_ACTION", "RECORD"], {}, {"outcomes"}),
        (["FOR_CAUSE"], {"for_cause": CAUSE}, set()),
        (["FOR_CAUSE"], {}, {"for_cause"}),
        (["RECORD"], {"for_cause": CAUSE}, {"for_cause"}),
        (["SCAR"], {"scar": SCAR}, set()),
        (["SCAR"], {}, {"scar"}),
        (["RECORD"], {"scar": SCAR}, {"scar"}),
        (["SCAR"], {"scar": {**SCAR, "severity": "RECOMMENDATION"}}, {"scar.severity"}),
        (["SUSPEND_PROPOSAL"], {"suspension": SUSPENSION}, set()),
        (["SUSPEND_PROPOSAL"], {}, {"suspension"}),
        (["RECORD"], {"suspension": SUSPENSION}, {"suspension"}),
        (["HOLD_BATCHES"], {}, set()),
        (["HOLD_BATCHES"], {"batches": ["B-1"]}, set()),
        (["RECORD"], {"batches": ["B-1"]}, {"batches"}),
        (["RECORD"], {"succession": OWNER}, {"succession"}),
        (["NO_ACTION"], {"scar": SCAR, "for_cause": CAUSE}, {"scar", "for_cause"}),
    ],
)
def test_each_part_comes_exactly_with_what_needs_it(
    outcomes: list[str], parts: dict[str, Any], expected: set[str]
) -> None:
    form = filled(EventTriage, outcomes=outcomes, **parts)
    assert faults(lambda: refuse_unless_triaged(form, report(type="OOS"))) == expected


@pytest.mark.parametrize(
    ("outcomes", "succession", "expected"),
    [
        (["REASSESS_RISK"], OWNER, set()),
        (["REASSESS_RISK"], None, {"succession"}),
        (["RECORD", "REASSESS_RISK"], None, set()),
        (["RECORD", "REASSESS_RISK"], OWNER, {"succession"}),
        (["RECORD"], None, {"outcomes"}),
        (["NO_ACTION"], None, {"outcomes"}),
    ],
)
def test_a_new_owner_is_named_unless_the_change_is_only_recorded(
    outcomes: list[str], succession: dict[str, Any] | None, expected: set[str]
) -> None:
    form = filled(EventTriage, outcomes=outcomes, succession=succession)
    assert faults(lambda: refuse_unless_triaged(form, report(type="OWNERSHIP_CHANGE"))) == expected
