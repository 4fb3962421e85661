"""Waiving an audit on risk (domain specification, sections 9 and 10)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from domain.audit.request import AuditType
from domain.core.document import DocumentReference
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text


class AlternativeKind(StrEnum):
    """What takes the place of a waived audit."""

    AUTHORITY_INSPECTION = "AUTHORITY_INSPECTION"
    SHARED_AUDIT = "SHARED_AUDIT"
    PAPER_AUDIT = "PAPER_AUDIT"


class Alternative(Value):
    """What is relied on instead of the audit."""

    kind: AlternativeKind = Field(examples=[AlternativeKind.AUTHORITY_INSPECTION])
    """A recent authority inspection with its full report, a shared audit or a paper audit."""
    document: DocumentReference
    """Its report."""


class AuditWaiver(Form):
    """Ask to waive a scheduled audit. Only for tier MEDIUM or LOW, never an API for the EU, never twice in a row."""

    action = Action(
        Process.AUDIT,
        "waive",
        "Ask to waive the audit",
        frozenset({Role.SUPPLIER_QUALITY}),
        meaning=Meaning.AUTHORED,
    )

    justification: Text = Field(examples=["Inspected by the competent authority four months ago; no major finding."])
    """Why the audit is not needed now."""
    alternatives: tuple[Alternative, ...] = Field(min_length=1, max_length=20)
    """What is relied on instead; at least one."""
    expires_on: date = Field(examples=["2027-03-31"])
    """Last day of the waiver, at most 12 months after approval by default policy."""


class WaiverDecision(Decision):
    """Grant or refuse the waiver."""

    action = Action(
        Process.AUDIT,
        "decide-waiver",
        "Decide on the waiver",
        frozenset({Role.HEAD_QA}),
        clock="audit.waiver.decide",
        meaning=Meaning.WAIVED,
    )

    grant: bool = Field(examples=[True])
    """Whether the audit is waived."""
    reason: Text = Field(examples=["The inspection report covers the same scope."])
    """Why."""

    def approves(self) -> bool:
        return self.grant


def waivers_in_a_row(history: Iterable[tuple[datetime, bool]]) -> int:
    """The waivers since the last audit that took place. `history` holds when an audit was over and if it was waived."""
    count = 0
    for _, waived in sorted(history, reverse=True):
        if not waived:
            break
        count += 1
    return count


def waiver_holds(until: date, *, today: date, tier: str, api_for_eu: bool) -> bool:
    """Whether a granted waiver still carries a decision: not over, and the risk is still one that may be waived."""
    return today <= until and may_be_waived(tier, api_for_eu=api_for_eu)


def may_be_waived(tier: str, *, api_for_eu: bool) -> bool:
    """Whether the risk is one for which an audit may be waived (section 10). A higher tier ends what was granted."""
    return tier in WAIVABLE_TIERS and not api_for_eu


WAIVABLE_TIERS = ("MEDIUM", "LOW")
"""Section 10, audit waived on risk."""


def refuse_unless_waivable(
    waiver: AuditWaiver,
    *,
    audit_type: AuditType,
    tier: str,
    api_for_eu: bool,
    waivers_before: int,
    max_in_a_row: int,
    today: date,
    latest_expiry: date,
    allowed: Collection[AuditType] = (AuditType.SCHEDULED,),
) -> None:
    """Raise `Refused` unless the audit may be waived (section 10, policy key `waiver.max`).

    `waivers_before` counts the waivers since the last audit. `latest_expiry` is the last day the policy allows, counted
    from `today`. `allowed` names the types of audit that the procedure at hand may waive.
    """
    if audit_type not in allowed:
        only = " and ".join(each.lower() for each in allowed)
        raise broken("audit.waiver", f"A {audit_type} audit is never waived; only {only} ones are.")
    if tier not in WAIVABLE_TIERS:
        raise broken("audit.waiver", f"An audit of tier {tier} is never waived.")
    if api_for_eu:
        raise broken("audit.waiver", "An audit of API manufacture for the EU is never waived.")
    if waivers_before >= max_in_a_row:
        raise broken(
            "waiver.max", f"No more than {max_in_a_row} in a row may be waived; the audit before this one was."
        )
    if not today < waiver.expires_on <= latest_expiry:
        raise broken(
            "waiver.max",
            "The waiver must end within the time the policy allows.",
            expires_on=f"must be after {today} and not after {latest_expiry}",
        )
