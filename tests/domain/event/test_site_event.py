from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.core.forms import Audience
from domain.core.people import Org
from domain.event.site_event import (
    AuthorityOutcome,
    EventSeverity,
    EventSupplement,
    EventType,
    RiskFact,
    SiteEventReport,
    adverse_fact,
    audience_for,
    identity,
    is_critical,
    notice_key,
    refuse_unless_reportable,
    stops_all_made_there,
    supplemented,
)
from tests.domain.filling import faults, filled

NOW = datetime(2025, 1, 13, 8, tzinfo=UTC)


def report(**given: Any) -> SiteEventReport:
    return filled(SiteEventReport, **given)


def test_there_are_the_types_of_the_specification_and_alerts_of_falsification_and_serialisation() -> None:
    assert len(EventType) == 19 + 2


@pytest.mark.parametrize(
    ("org", "given", "expected"),
    [
        (Org.CDMO, {}, set()),
        (Org.SPONSOR, {"type": "WHISTLEBLOW"}, set()),
        (Org.CDMO, {"type": "WHISTLEBLOW"}, {"type"}),
        (Org.CDMO, {"detected_at": "2025-01-13T08:05:00Z"}, set()),
        (Org.CDMO, {"detected_at": "2025-01-13T08:05:01Z"}, {"detected_at"}),
        (Org.CDMO, {"type": "INSPECTION_OUTCOME", "authority_outcome": "OAI"}, set()),
        (Org.CDMO, {"type": "INSPECTION_OUTCOME"}, set()),
        (Org.CDMO, {"type": "OOS", "authority_outcome": "OAI"}, {"authority_outcome"}),
    ],
)
def test_what_can_be_reported(org: Org, given: dict[str, Any], expected: set[str]) -> None:
    form, ahead = report(**given), timedelta(minutes=5)
    assert faults(lambda: refuse_unless_reportable(form, org, now=NOW, ahead=ahead)) == expected


def test_what_the_sponsor_reports_is_its_own() -> None:
    """S6."""
    assert {org: audience_for(org) for org in (Org.SPONSOR, Org.CDMO)} == {
        Org.SPONSOR: Audience.SPONSOR,
        Org.CDMO: Audience.SHARED,
    }


def test_source_and_id_identify_an_event_on_each_side() -> None:
    one = report()
    assert identity(one, Org.CDMO) == identity(report(description="Other words", severity="MINOR"), Org.CDMO)
    others = [
        identity(one, Org.SPONSOR),
        identity(report(site_id="OB-01"), Org.CDMO),
        identity(report(event_id="DEV-8"), Org.CDMO),
        identity(report(source="urn:other"), Org.CDMO),
    ]
    assert len({identity(one, Org.CDMO), *others}) == 5
    assert identity(report(site_id="OB-01"), Org.SPONSOR) == identity(one, Org.SPONSOR)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"type": "DEVIATION", "severity": "CRITICAL"}, "crit_dev.notify"),
        ({"type": "DEVIATION", "severity": "MAJOR"}, "major_dev.notify"),
        ({"type": "DEVIATION", "severity": "MINOR"}, None),
        ({"type": "OOS", "severity": "MINOR"}, "oos.notify"),
        ({"type": "INSPECTION_ANNOUNCED"}, "inspection.notify"),
        ({"type": "INSPECTION_STARTED"}, "inspection.notify"),
        ({"type": "INSPECTION_OUTCOME"}, "inspection.outcome"),
        ({"type": "WARNING_LETTER"}, "inspection.outcome"),
        ({"type": "OWNERSHIP_CHANGE"}, "ownership.notify"),
        ({"type": "CHANGE_NOTIFICATION"}, None),
        ({"type": "SUPPLY_RISK"}, None),
    ],
)
def test_how_soon_the_site_has_to_tell(given: dict[str, Any], key: str | None) -> None:
    assert notice_key(report(**given)) == key


@pytest.mark.parametrize(
    ("type_", "outcome", "fact"),
    [
        ("WARNING_LETTER", None, RiskFact.WARNING_LETTER),
        ("IMPORT_ALERT", None, RiskFact.IMPORT_ALERT),
        ("NON_COMPLIANCE_STATEMENT", None, RiskFact.NON_COMPLIANCE),
        ("INSPECTION_OUTCOME", "OAI", RiskFact.OAI),
        ("INSPECTION_OUTCOME", "NON_COMPLIANT", RiskFact.NON_COMPLIANCE),
        ("INSPECTION_OUTCOME", "VAI", None),
        ("INSPECTION_OUTCOME", None, None),
        ("RECALL", None, None),
        ("DEVIATION", None, None),
    ],
)
def test_acts_of_authorities_that_make_a_scope_critical(type_: str, outcome: str | None, fact: RiskFact | None) -> None:
    assert adverse_fact(EventType(type_), AuthorityOutcome(outcome) if outcome else None) is fact


def test_what_came_later_belongs_to_the_report() -> None:
    later = [filled(EventSupplement, lots=["B-2", "B-3"]), filled(EventSupplement, lots=["B-1", "B-4"])]
    one = report(lots=["B-1", "B-2"])
    assert supplemented(one, later).lots == ("B-1", "B-2", "B-3", "B-4")
    many = [filled(EventSupplement, lots=[f"B-{batch}" for batch in range(first, first + 150)]) for first in (0, 150)]
    assert len(supplemented(one, many).lots) == 200


def test_people_speak_of_an_event_by_its_reference_or_its_id() -> None:
    assert (report().number, report(reference="DEV 9").number) == ("DEV-2026-0113", "DEV 9")
    assert (EventType.OOS.words, EventType.SITE_MOVE.words) == ("OOS result", "Site move")


@pytest.mark.parametrize(
    ("type_", "severity", "outcome", "expected"),
    [
        ("DEVIATION", "CRITICAL", None, True),
        ("DEVIATION", "MAJOR", None, False),
        ("WARNING_LETTER", "MINOR", None, True),
        ("INSPECTION_OUTCOME", "MAJOR", "OAI", True),
        ("INSPECTION_OUTCOME", "MAJOR", "VAI", False),
    ],
)
def test_an_event_is_critical_by_its_severity_or_as_an_act_of_an_authority(
    type_: str, severity: str, outcome: str | None, *, expected: bool
) -> None:
    of = AuthorityOutcome(outcome) if outcome is not None else None
    assert is_critical(EventType(type_), EventSeverity(severity), of) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "NON_COMPLIANCE_STATEMENT", "lots": ["A-1"]}, True),
        ({"type": "IMPORT_ALERT", "severity": "MINOR"}, True),
        ({"type": "FALSIFICATION", "severity": "CRITICAL"}, True),
        ({"type": "FALSIFICATION", "severity": "CRITICAL", "lots": ["A-1"]}, False),
        ({"type": "RECALL", "severity": "MAJOR"}, False),
        ({"type": "WARNING_LETTER", "severity": "MINOR"}, True),
        ({"type": "INSPECTION_OUTCOME", "authority_outcome": "OAI"}, True),
        ({"type": "INSPECTION_OUTCOME", "authority_outcome": "VAI", "severity": "CRITICAL"}, False),
        ({"type": "CYBER_INCIDENT", "severity": "CRITICAL"}, False),
    ],
)
def test_all_that_a_site_makes_is_stopped_by_what_closes_the_gate_for_all_of_it(
    changes: dict[str, Any], *, expected: bool
) -> None:
    given = {"lots": [], "authority_outcome": None, **changes}
    assert stops_all_made_there(filled(SiteEventReport, given)) is expected
