"""Corrective and preventive actions: plan, implementation, verification, effectiveness (domain specification, 6).

Its forms stand together, for each step is judged by what the one before has promised.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.audit.corrective_plan import CorrectivePlan, plan_faults, suggested_corrective_plan
from domain.audit.finding import Severity, needs_effectiveness_check
from domain.core.document import Evidence
from domain.core.forms import Action, Audience, Decision, Form, Forms, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText, Text


class CapaStatus(StrEnum):
    """Where a CAPA stands (section 6)."""

    PROPOSED = "PROPOSED"
    REWORK = "REWORK"
    ACCEPTED = "ACCEPTED"
    IN_PROGRESS = "IN_PROGRESS"
    IMPLEMENTED = "IMPLEMENTED"
    VERIFIED = "VERIFIED"
    EFFECTIVENESS_PENDING = "EFFECTIVENESS_PENDING"
    EFFECTIVE = "EFFECTIVE"
    INEFFECTIVE = "INEFFECTIVE"
    CANCELLED = "CANCELLED"


SETTLED = frozenset({
    CapaStatus.VERIFIED, CapaStatus.EFFECTIVENESS_PENDING, CapaStatus.EFFECTIVE, CapaStatus.INEFFECTIVE,
    CapaStatus.CANCELLED,
})  # fmt: skip
"""What was to be done is done and verified. In the place of an ineffective CAPA stands another one."""


class CapaOrigin(StrEnum):
    """What a CAPA follows from."""

    AUDIT = "AUDIT"
    SCAR = "SCAR"
    INEFFECTIVE = "INEFFECTIVE"


class CapaRequest(Form):
    """Open a CAPA: for an audit finding, as a request to a supplier outside an audit, or after an ineffective one."""

    action = Action(
        Process.CAPA,
        "request",
        "Request a CAPA",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        audience=Audience.SHARED,
        starts=True,
    )

    origin: CapaOrigin = Field(examples=[CapaOrigin.SCAR])
    """Where it comes from."""
    site_id: Identifier = Field(examples=["VM-02"])
    """The site that owes it."""
    scope_ids: tuple[Identifier, ...] = Field(default=(), max_length=100)
    """The scopes of the site that it is about; empty for all of them, or for those of the audit."""
    audit_id: Identifier | None = None
    """The audit; required for origin AUDIT."""
    finding_no: int | None = Field(default=None, ge=1)
    """Number of the finding in that audit; required for origin AUDIT."""
    replaces: Identifier | None = None
    """The CAPA that was not effective; required for origin INEFFECTIVE."""
    severity: Severity = Field(examples=[Severity.MAJOR])
    """Severity of what it answers; a RECOMMENDATION needs no CAPA."""
    finding: Text = Field(examples=["Batch B-002 failed impurity I-3 with 0.27 %."])
    """What it answers."""
    is_repeat: bool = False
    """Whether the same was found before."""
    owner: ShortText = Field(examples=["Head of QC, site"])
    """Who owns it at the site: a person id or a name."""
    plan: CorrectivePlan | None = None
    """The plan, when it has been accepted with the response to an audit."""


class CapaPlan(Form):
    """Say what will be done, by whom and until when."""

    action = Action(
        Process.CAPA,
        "plan",
        "Plan the CAPA",
        frozenset({Role.CDMO_QA}),
        clock="capa.plan",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    plan: CorrectivePlan
    """The plan."""


class CapaPlanDecision(Decision):
    """Accept the plan, or send it back for rework."""

    action = Action(
        Process.CAPA,
        "accept-plan",
        "Decide on the CAPA plan",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        clock="capa.plan.decide",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
        unchecked="the plan was checked when it was submitted; its quality is a judgement",
    )

    accept: bool = Field(examples=[True])
    """Whether the plan is accepted."""
    reason: Text = Field(examples=["The root cause is shown and each action is dated."])
    """Why."""

    def approves(self) -> bool:
        return self.accept


class CapaImplementation(Form):
    """Report that the CAPA is implemented, with evidence."""

    action = Action(
        Process.CAPA,
        "implement",
        "Report implementation",
        frozenset({Role.CDMO_QA}),
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    done: Text = Field(examples=["SOP-QC-011 v5 is effective; 14 of 14 analysts are trained."])
    """What was done."""
    completed_on: date = Field(examples=["2026-05-28"])
    """Day on which the last action was complete."""
    evidence: Evidence
    """Documents that show it; at least one."""


class CapaVerification(Decision):
    """Verify the implementation, or send it back."""

    action = Action(
        Process.CAPA,
        "verify",
        "Verify the implementation",
        frozenset({Role.SUPPLIER_QUALITY, Role.LEAD_AUDITOR}),
        clock="capa.verify",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    verified: bool = Field(examples=[True])
    """Whether it is implemented as planned."""
    reason: Text = Field(examples=["SOP and training records were read."])
    """What was checked, or what is missing."""

    def approves(self) -> bool:
        return self.verified


class EffectivenessResult(StrEnum):
    """Whether a CAPA has removed its cause."""

    EFFECTIVE = "EFFECTIVE"
    INEFFECTIVE = "INEFFECTIVE"


class EffectivenessCheck(Decision):
    """Judge whether the CAPA works. If not, a new linked CAPA is opened and the finding counts as repeat."""

    action = Action(
        Process.CAPA,
        "check-effectiveness",
        "Check effectiveness",
        frozenset({Role.SUPPLIER_QUALITY, Role.LEAD_AUDITOR}),
        clock="capa.effectiveness.check",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
        unchecked="the measured value comes from the site; what it means is a judgement",
    )

    result: EffectivenessResult = Field(examples=[EffectivenessResult.EFFECTIVE])
    """The judgement."""
    measured: ShortText = Field(examples=["0 in 90 days"])
    """The value that was measured."""
    reason: Text = Field(examples=["The target is met in the whole window."])
    """Why."""

    def approves(self) -> bool:
        return self.result is EffectivenessResult.EFFECTIVE


class CapaCancellation(Form):
    """Cancel the CAPA, for example because its finding was withdrawn."""

    action = Action(
        Process.CAPA,
        "cancel",
        "Cancel the CAPA",
        frozenset({Role.QA_APPROVER}),
        meaning=Meaning.APPROVED,
        while_on_hold=True,
        audience=Audience.SHARED,
    )

    reason: Text = Field(examples=["The finding was withdrawn after dispute."])
    """Why."""


CAPA_FORMS = Forms(
    CapaRequest,
    CapaPlan,
    CapaPlanDecision,
    CapaImplementation,
    CapaVerification,
    EffectivenessCheck,
    CapaCancellation,
)


def plan_clock(origin: CapaOrigin) -> str:
    """Policy key of the clock for the plan: `scar.response` if a SCAR asks for it, else `capa.plan` (section 9)."""
    return "scar.response" if origin is CapaOrigin.SCAR else "capa.plan"


def due_clock(severity: Severity) -> str:
    """Policy key of the clock for implementation. A recommendation has none: it needs no CAPA."""
    return {
        Severity.CRITICAL: "capa.due.critical",
        Severity.MAJOR: "capa.due.major",
        Severity.OTHER: "capa.due.other",
    }[severity]


def refuse_unless_origin_fits(request: CapaRequest) -> None:
    """Raise `Refused` unless the request names what its origin asks for (section 6)."""
    faults: dict[str, str] = {}
    audit = request.origin is CapaOrigin.AUDIT
    if audit and request.audit_id is None:
        faults["audit_id"] = "is required for origin AUDIT"
    if audit and request.finding_no is None:
        faults["finding_no"] = "is required for origin AUDIT"
    if (request.origin is CapaOrigin.INEFFECTIVE) != (request.replaces is not None):
        faults["replaces"] = "is given exactly for origin INEFFECTIVE"
    if request.audit_id is not None and request.scope_ids:
        faults["scope_ids"] = "are those of the audit"
    if request.severity is Severity.RECOMMENDATION:
        faults["severity"] = "a recommendation needs no CAPA"
    if faults:
        raise broken("capa.request", "The request does not fit its origin.", **faults)


def refuse_unless_planned(
    form: CapaPlan, severity: Severity, *, today: date, latest_due: Mapping[Severity, date]
) -> None:
    """Raise `Refused` with every fault of a plan (`plan_faults`)."""
    faults = plan_faults(form.plan, severity, today=today, latest_due=latest_due, path="plan")
    if faults:
        raise broken("capa.plan", "The plan cannot be accepted like this.", **faults)


def refuse_unless_implemented(form: CapaImplementation, *, today: date) -> None:
    """Raise `Refused` when completion is reported ahead of time. Evidence is required by the form itself."""
    if form.completed_on > today:
        raise broken("capa.implement", "The CAPA is not implemented yet.", completed_on="is in the future")


def barred_from_verifying(*persons: str) -> dict[str, str]:
    """Who may not verify or judge the CAPA: its owner and whoever reported it implemented (S7)."""
    return dict.fromkeys(persons, "S7")


def effectiveness_ends(
    severity: Severity, plan: CorrectivePlan | None, *, implemented_on: date, default: date
) -> date | None:
    """Last day of the effectiveness window; `None` when no check is due.

    Source: policy key `capa.effectiveness`; only critical and major findings have a window. `default` is its end by
    policy, for a CAPA whose plan names no window.
    """
    if not needs_effectiveness_check(severity):
        return None
    if plan is None or plan.effectiveness is None:
        return default
    return implemented_on + timedelta(days=plan.effectiveness.window_days)


def renewed(request: CapaRequest, capa_id: str) -> CapaRequest:
    """The new CAPA after an ineffective one: linked to it, marked as repeat, without a plan (section 6)."""
    return request.model_copy(
        update={"origin": CapaOrigin.INEFFECTIVE, "replaces": capa_id, "is_repeat": True, "plan": None}
    )


def suggested_capa_plan(
    severity: Severity,
    *,
    latest_due: Mapping[Severity, date],
    default_window_days: int,
    owner: str | None = None,
) -> dict[str, JsonValue]:
    """Prefill of `CapaPlan`."""
    return {
        "plan": suggested_corrective_plan(
            severity, latest_due=latest_due, default_window_days=default_window_days, owner=owner
        )
    }
