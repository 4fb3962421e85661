"""Preparing and conducting the audit, up to the closing meeting (domain specification, section 6)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from domain.audit.critical import CriticalFinding
from domain.audit.finding import PreliminaryFinding, Severity
from domain.core.attestations import Known
from domain.core.forms import Action, Form, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Names, ShortText, Text


class Reviewed(Value):
    """Whether a source was read before the audit."""

    reviewed: bool = Field(examples=[True])
    """Whether it was read."""
    note: Annotated[Text | None, Known("which records there are")] = None
    """What it tells, or why it was not read; required when it was not."""


class Checklist(Value):
    """The checklist; submitting the preparation freezes this version."""

    template: ShortText = Field(examples=["CL-API"])
    """Template it was made from."""
    version: ShortText = Field(examples=["3.0"])
    """Version of the template."""
    items: tuple[Text, ...] = Field(min_length=1, max_length=500, examples=[["Audit trail review of HPLC systems"]])
    """What will be looked at."""


class Preparation(Form):
    """Read what is known of the site and freeze the checklist."""

    action = Action(
        Process.AUDIT, "prepare", "Prepare the audit", frozenset({Role.LEAD_AUDITOR}), clock="audit.prepare"
    )

    prior_report: Reviewed
    """Report of the last audit."""
    open_capas: Reviewed
    """CAPAs that are still open."""
    scorecard: Reviewed
    """Scorecard of the site."""
    deviations: Reviewed
    """Deviations since the last audit."""
    changes: Reviewed
    """Changes since the last audit."""
    complaints: Reviewed
    """Complaints since the last audit."""
    inspection_history: Reviewed
    """Inspections by authorities and their outcome."""
    checklist: Checklist
    """The checklist for this audit."""


class Attendee(Value):
    """Someone present at a meeting."""

    name: ShortText = Field(examples=["Vito Marsh"])
    """Name."""
    function: ShortText = Field(examples=["Head of QA, site"])
    """Function and company."""


class AuditOpening(Form):
    """Open the audit."""

    action = Action(
        Process.AUDIT,
        "open",
        "Hold the opening meeting",
        frozenset({Role.LEAD_AUDITOR}),
        otherwise="The audit does not begin. The agreed days pass, and it has to be rescheduled.",
    )

    held_at: AwareDatetime = Field(examples=["2027-04-01T07:00:00Z"])
    """When the opening meeting was held."""
    attendees: tuple[Attendee, ...] = Field(min_length=1, max_length=200)
    """Who was present."""


class EvidenceEntry(Form):
    """Log what was seen."""

    action = Action(
        Process.AUDIT,
        "log-evidence",
        "Log evidence",
        frozenset({Role.LEAD_AUDITOR, Role.CO_AUDITOR, Role.THIRD_PARTY_AUDITOR}),
        unchecked="what an auditor saw on site is known to nobody else",
    )

    at: AwareDatetime = Field(examples=["2027-04-01T09:30:00Z"])
    """When it was seen."""
    area: ShortText = Field(examples=["QC laboratory"])
    """Where it was seen."""
    document: ShortText | None = Field(default=None, examples=["SOP-QC-011 v4"])
    """Number of the document or record, if it was one."""
    person_role: ShortText = Field(examples=["Laboratory supervisor"])
    """Function of the person who showed it; no name."""
    note: Text = Field(examples=["Sample preparation log complete for the last 20 runs."])
    """What was seen."""
    photo_allowed: bool = Field(examples=[False])
    """Whether the site allowed a photograph."""


class DailyWrapUp(Form):
    """Close a day on site with a summary to the site."""

    action = Action(
        Process.AUDIT,
        "wrap-up",
        "Hold the daily wrap-up",
        frozenset({Role.LEAD_AUDITOR}),
        unchecked="what was said on site is known to those who were there",
    )

    day: date = Field(examples=["2027-04-01"])
    """The day."""
    summary: Text = Field(examples=["Production and QC seen; two points remain open."])
    """What was seen and told."""
    open_points: Names = ()
    """What the site still has to show."""


class RefusedAccess(Value):
    """Access that the site did not give."""

    area: ShortText = Field(examples=["Warehouse B"])
    """Area or record."""
    person_role: ShortText = Field(examples=["Site head"])
    """Function of the person who refused; no name."""
    explanation: Text = Field(examples=["Customer-confidential campaign in progress."])
    """The explanation given."""


class ClosingMeeting(Form):
    """Close the audit on site: the preliminary findings are read out."""

    action = Action(
        Process.AUDIT,
        "close-meeting",
        "Hold the closing meeting",
        frozenset({Role.LEAD_AUDITOR}),
        otherwise="The audit stays in progress, and the clock of its report does not start.",
    )

    held_at: AwareDatetime = Field(examples=["2027-04-03T15:00:00Z"])
    """When the closing meeting was held."""
    last_day: date = Field(examples=["2027-04-03"])
    """Last day of the audit; the report's clock and the audit interval start here."""
    attendees: tuple[Attendee, ...] = Field(min_length=1, max_length=200)
    """Who was present."""
    preliminary_findings: tuple[PreliminaryFinding, ...] = Field(
        default=(),
        max_length=200,
        examples=[
            [
                {"severity": "MAJOR", "area": "QC laboratory", "summary": "Two balances were used uncalibrated."},
                {"severity": "OTHER", "area": "Warehouse", "summary": "One label was hard to read."},
            ]
        ],
    )
    """Findings as read out."""
    read_out: bool = Field(examples=[True])
    """That the preliminary findings were read out; the meeting is not over before."""
    areas_not_covered: Names = ()
    """Planned areas that were not seen."""
    refused_access: tuple[RefusedAccess, ...] = Field(default=(), max_length=50)
    """Access that was refused."""


def refuse_unless_prepared(preparation: Preparation) -> None:
    """Raise `Refused` when a source was neither read nor its omission explained (section 6, prepare)."""
    faults = {
        f"{field}.note": "say why it was not read"
        for field in Preparation.model_fields
        if isinstance(source := getattr(preparation, field), Reviewed) and not source.reviewed and source.note is None
    }
    if faults:
        raise broken("audit.prepare", "A source was not read.", **faults)


def refuse_unless_openable(opening: AuditOpening, *, first_day: date, now: datetime, tz: tzinfo) -> None:
    """Raise `Refused` when the meeting lies in the future or before the agreed first day (days in the site's zone)."""
    if opening.held_at > now:
        raise broken("audit.open", "The opening meeting has not been held yet.", held_at="is in the future")
    if opening.held_at.astimezone(tz).date() < first_day:
        raise broken("audit.open", f"The audit starts on {first_day}.", held_at="is before the agreed first day")


def refuse_unless_concluded(
    meeting: ClosingMeeting,
    *,
    opened_at: datetime,
    criticals: Sequence[CriticalFinding],
    now: datetime,
    tz: tzinfo,
) -> None:
    """Raise `Refused` unless the closing meeting holds (section 6).

    Each CRITICAL preliminary finding must have been reported as a critical finding of the same area before
    (policy key `audit.critical_notify`).
    """
    faults: dict[str, str] = {}
    if not meeting.read_out:
        faults["read_out"] = "the preliminary findings must be read out"
    if meeting.held_at > now:
        faults["held_at"] = "is in the future"
    elif meeting.held_at < opened_at:
        faults["held_at"] = "is before the opening meeting"
    if not opened_at.astimezone(tz).date() <= meeting.last_day <= meeting.held_at.astimezone(tz).date():
        faults["last_day"] = "is not between the opening and the closing meeting"
    reported = Counter(name_key(critical.area) for critical in criticals)
    for index, finding in enumerate(meeting.preliminary_findings):
        if finding.severity is Severity.CRITICAL:
            if reported[name_key(finding.area)] == 0:
                faults[f"preliminary_findings.{index}"] = "report the critical finding of this area first"
            else:
                reported[name_key(finding.area)] -= 1
    if faults:
        raise broken("audit.close-meeting", "The audit cannot be closed on site yet.", **faults)


def critical_areas(meeting: ClosingMeeting | None, criticals: Sequence[CriticalFinding]) -> tuple[str, ...]:
    """The areas in which something critical was told to the site, each once; the report has to speak of all of them."""
    preliminary = meeting.preliminary_findings if meeting else ()
    areas = [critical.area for critical in criticals]
    areas += [finding.area for finding in preliminary if finding.severity is Severity.CRITICAL]
    return tuple({name_key(area): area for area in reversed(areas)}.values())


def suggested_closing(criticals: Sequence[CriticalFinding]) -> dict[str, JsonValue]:
    """Prefill of the closing meeting: the critical findings if any were reported."""
    told: list[JsonValue] = [
        {"severity": "CRITICAL", "area": critical.area, "summary": critical.description} for critical in criticals
    ]
    return {"preliminary_findings": told} if told else {}
