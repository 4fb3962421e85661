from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.audit.conduct import (
    AuditOpening,
    ClosingMeeting,
    Preparation,
    critical_areas,
    refuse_unless_concluded,
    refuse_unless_openable,
    refuse_unless_prepared,
    suggested_closing,
)
from domain.audit.critical import CriticalFinding
from tests.domain.filling import faults, filled

OPENED = datetime(2027, 4, 1, 7, tzinfo=UTC)
NOW = datetime(2027, 4, 3, 16, tzinfo=UTC)
CRITICAL = {"severity": "CRITICAL", "area": "QC laboratory", "summary": "Audit trail off."}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"scorecard": {"reviewed": False, "note": "First audit, no scorecard yet."}}, set()),
        (
            {"prior_report": {"reviewed": False}, "complaints": {"reviewed": False}},
            {"prior_report.note", "complaints.note"},
        ),
    ],
)
def test_every_source_is_read_or_its_omission_explained(given: dict[str, Any], expected: set[str]) -> None:
    assert faults(lambda: refuse_unless_prepared(filled(Preparation, **given))) == expected


@pytest.mark.parametrize(
    ("held_at", "zone", "expected"),
    [
        ("2027-04-01T07:00:00Z", "UTC", set()),
        ("2027-04-03T16:01:00Z", "UTC", {"held_at"}),
        ("2027-03-31T23:30:00Z", "UTC", {"held_at"}),
        ("2027-03-31T23:30:00Z", "Asia/Tokyo", set()),
    ],
)
def test_an_audit_is_opened_on_the_agreed_day_of_the_site(held_at: str, zone: str, expected: set[str]) -> None:
    opening = filled(AuditOpening, held_at=held_at)
    assert (
        faults(lambda: refuse_unless_openable(opening, first_day=date(2027, 4, 1), now=NOW, tz=ZoneInfo(zone)))
        == expected
    )


@pytest.mark.parametrize(
    ("given", "reported", "expected"),
    [
        ({}, [], set()),
        ({"read_out": False}, [], {"read_out"}),
        ({"held_at": "2027-04-03T17:00:00Z"}, [], {"held_at"}),
        ({"held_at": "2027-04-01T06:00:00Z", "last_day": "2027-04-01"}, [], {"held_at"}),
        ({"last_day": "2027-04-04"}, [], {"last_day"}),
        ({"last_day": "2027-03-31"}, [], {"last_day"}),
        ({"last_day": "2027-04-02"}, [], set()),
        ({"preliminary_findings": [CRITICAL]}, [], {"preliminary_findings.0"}),
        ({"preliminary_findings": [CRITICAL]}, ["qc  Laboratory"], set()),
        ({"preliminary_findings": [CRITICAL]}, ["Warehouse"], {"preliminary_findings.0"}),
        ({"preliminary_findings": [CRITICAL, CRITICAL]}, ["QC laboratory"], {"preliminary_findings.1"}),
        ({"preliminary_findings": [{**CRITICAL, "severity": "MAJOR"}]}, [], set()),
    ],
)
def test_what_is_critical_at_the_closing_meeting_was_reported_before(
    given: dict[str, Any], reported: list[str], expected: set[str]
) -> None:
    criticals = [filled(CriticalFinding, area=area) for area in reported]
    meeting = filled(ClosingMeeting, **given)
    assert (
        faults(lambda: refuse_unless_concluded(meeting, opened_at=OPENED, criticals=criticals, now=NOW, tz=UTC))
        == expected
    )


def test_what_was_told_as_critical_is_filled_in_and_when_it_was_told_is_not() -> None:
    criticals = [filled(CriticalFinding), filled(CriticalFinding, area="Warehouse")]
    known = suggested_closing(criticals)
    assert [*known] == ["preliminary_findings"]
    meeting = filled(ClosingMeeting, known, held_at=NOW.isoformat(), last_day="2027-04-03")
    refuse_unless_concluded(meeting, opened_at=OPENED, criticals=criticals, now=NOW, tz=UTC)
    assert [finding.area for finding in meeting.preliminary_findings] == ["QC laboratory", "Warehouse"]


def test_the_report_has_to_speak_of_everything_told_as_critical() -> None:
    criticals = [filled(CriticalFinding, area="Warehouse")]
    meeting = filled(ClosingMeeting, preliminary_findings=[CRITICAL, {**CRITICAL, "area": "warehouse"}])
    assert set(critical_areas(meeting, criticals)) == {"QC laboratory", "Warehouse"}
    assert critical_areas(None, criticals) == ("Warehouse",)
    assert critical_areas(filled(ClosingMeeting), []) == ()
