"""Critical findings and aborted audits: what cannot wait for the report (domain specification, sections 6, 9, 10)."""

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from pydantic import AwareDatetime, Field

from domain.asl.asl import SuspensionScope
from domain.core.document import Documents
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Batches, Names, ShortText, Text


class CriticalFinding(Form):
    """Report a critical finding at once: the site is told the same day, before the team leaves."""

    action = Action(
        Process.AUDIT,
        "report-critical-finding",
        "Report a critical finding",
        frozenset({Role.LEAD_AUDITOR, Role.CO_AUDITOR}),
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    found_at: AwareDatetime = Field(examples=["2027-04-01T12:00:00Z"])
    """When it was found."""
    told_at: AwareDatetime = Field(examples=["2027-04-01T12:10:00Z"])
    """When the site was told."""
    told_to: Names = Field(min_length=1, examples=[["Head of QA, site"]])
    """Whom of the site was told, by function."""
    told_before_leaving: bool = Field(examples=[True])
    """Whether the site was told before the team left it, or before the remote session ended."""
    late_reason: Text | None = None
    """Required when the site was told late or after leaving: why."""
    area: ShortText = Field(examples=["QC laboratory"])
    """Where it was found."""
    description: Text = Field(examples=["The audit trail of HPLC-03 was switched off; trial injections were deleted."])
    """What was found, as told to the site."""
    affected_batches: Batches = ()
    """Numbers of the batches that may be concerned."""


class SuspensionDecision(Decision):
    """Decide whether the site is suspended after a critical finding."""

    yes_protects = True
    takes_effect_alone = True
    action = Action(
        Process.AUDIT,
        "decide-suspension",
        "Decide on suspension",
        frozenset({Role.HEAD_QA}),
        clock="audit.suspension_decision",
        meaning=Meaning.APPROVED,
    )

    suspend: bool = Field(examples=[True])
    """Whether the site is suspended."""
    scope: SuspensionScope | None = Field(examples=[SuspensionScope.NEW_ORDERS_AND_RELEASE])
    """What stops; null exactly when the site is not suspended."""
    reason: Text = Field(examples=["Released batches rely on the data in question."])
    """Why."""

    def approves(self) -> bool:
        return self.suspend


class Containment(Form):
    """Say what was done at once to contain a critical finding. A dispute does not lift this duty."""

    action = Action(
        Process.AUDIT,
        "contain",
        "Report containment",
        frozenset({Role.CDMO_QA}),
        clock="audit.containment",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
        unchecked="the site says what it did; batches are named by its own numbers, which the sponsor may not know yet",
    )

    measures: Text = Field(examples=["Audit trail switched on, administrator rights withdrawn, raw data secured."])
    """What was done."""
    affected_batches: Batches = ()
    """Numbers of the batches concerned and held."""
    evidence: Documents = ()
    """Documents that show it."""


class AbortKind(StrEnum):
    """Why an audit on site is broken off."""

    ACCESS_REFUSED = "ACCESS_REFUSED"
    UNSAFE = "UNSAFE"


class AuditAbort(Form):
    """Break the audit off: access was refused, or staying was unsafe. It counts as a candidate for CRITICAL."""

    action = Action(
        Process.AUDIT,
        "abort",
        "Abort the audit",
        frozenset({Role.LEAD_AUDITOR}),
        meaning=Meaning.AUTHORED,
        while_on_hold=True,
        unchecked="the lead auditor alone can say that the team cannot stay on site",
    )

    kind: AbortKind = Field(examples=[AbortKind.ACCESS_REFUSED])
    """Why it was broken off."""
    area: ShortText = Field(examples=["Warehouse B"])
    """Where."""
    person_role: ShortText = Field(examples=["Site head"])
    """Function of the person who refused or was responsible; no name."""
    reason: Text = Field(examples=["The site head refused access to the warehouse and to its records."])
    """What happened."""


class AbortDecision(Decision):
    """Confirm that the audit is over, or have the team go on. The report is issued in any case."""

    yes_protects = True
    takes_effect_alone = True
    action = Action(
        Process.AUDIT,
        "decide-abort",
        "Decide on the aborted audit",
        frozenset({Role.HEAD_QA}),
        clock="audit.abort_decision",
        meaning=Meaning.APPROVED,
    )

    confirm: bool = Field(examples=[True])
    """Whether the audit ends here."""
    reason: Text = Field(examples=["Without access to the warehouse the audit cannot be completed."])
    """Why."""

    def approves(self) -> bool:
        return self.confirm


def refuse_unless_informed(finding: CriticalFinding, *, now: datetime, tz: tzinfo, max_hours: float) -> None:
    """Raise `Refused` unless the site was told in time, or the delay is explained.

    In time: before leaving, on the same day in the site's zone, within `max_hours` (policy key
    `audit.critical_notify`). A late report is accepted with its reason, because refusing it would hide the finding.
    """
    if finding.told_at > now:
        raise broken("audit.critical_notify", "The site has not been told yet.", told_at="is in the future")
    if finding.told_at < finding.found_at:
        raise broken("audit.critical_notify", "It was told before it was found.", told_at="is before found_at")
    same_day = finding.found_at.astimezone(tz).date() == finding.told_at.astimezone(tz).date()
    in_time = finding.told_at - finding.found_at <= timedelta(hours=max_hours)
    if not (finding.told_before_leaving and same_day and in_time) and finding.late_reason is None:
        raise broken(
            "audit.critical_notify",
            f"A critical finding is told on the same day, within {max_hours:g} h and before leaving the site.",
            late_reason="say why the site was told late",
        )


def refuse_unless_scoped(decision: SuspensionDecision) -> None:
    """Raise `Refused` when decision and scope do not fit."""
    if decision.suspend != (decision.scope is not None):
        raise broken("audit.suspension", "A suspension has a scope.", scope="is given exactly with a suspension")
