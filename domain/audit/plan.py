"""The audit plan: mode, standards, areas, days (domain specification, sections 6 and 10)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.audit.request import AuditType
from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.standard import Standards
from domain.core.text import Language, Names, ShortText, Text


class AuditMode(StrEnum):
    """How an audit is held."""

    ON_SITE = "ON_SITE"
    REMOTE = "REMOTE"
    HYBRID = "HYBRID"
    PAPER = "PAPER"


class ThirdParty(Value):
    """An outside auditing body. The contract giver must be the holder of the manufacturing or import authorisation."""

    auditing_body: ShortText = Field(examples=["APIC Audit GmbH"])
    """Who audits."""
    contract_giver: ShortText = Field(examples=["Aurelia Pharma"])
    """The authorisation holder who gives the contract."""
    contract_id: ShortText = Field(examples=["CTR-2026-04"])
    """Number of the contract."""


class AuditPlan(Form):
    """Plan the audit: how, against which standards, where and when."""

    action = Action(
        Process.AUDIT,
        "plan",
        "Plan the audit",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="audit.plan",
        meaning=Meaning.AUTHORED,
    )

    mode: AuditMode = Field(examples=[AuditMode.ON_SITE])
    """How the audit is done. Anything but ON_SITE must be justified."""
    mode_justification: Text | None = None
    """Required unless ON_SITE."""
    not_verifiable: Names = ()
    """Required for REMOTE and PAPER: what cannot be verified that way."""
    standards: Standards = Field(examples=[["EU_GMP_II_ICH_Q7"]])
    """Standards to audit against, each once."""
    areas: Names = Field(min_length=1, examples=[["Production", "QC laboratory"]])
    """Areas to be seen."""
    products: Names = Field(min_length=1, examples=[["ARL-204"]])
    """Products in scope."""
    first_day: Annotated[date, Known("the first days that the notice leaves")] = Field(examples=["2027-04-01"])
    """First day of the audit."""
    last_day: Annotated[date, Known("the first days that the notice leaves")] = Field(examples=["2027-04-03"])
    """Last day of the audit."""
    person_days: float = Field(gt=0, le=200, multiple_of=0.5, examples=[6])
    """Planned person-days, in steps of 0.5."""
    languages: tuple[Language, ...] = Field(min_length=1, max_length=10, examples=[["en"]])
    """Languages the team must cover, ISO 639-1."""
    third_party: ThirdParty | None = None
    """The outside body that audits, if any."""
    prior_findings: Names = ()
    """Ids of earlier findings to check again. Required for FOLLOW_UP audits."""


class PlanDecision(Decision):
    """Approve the plan, or send it back with a reason."""

    action = Action(
        Process.AUDIT,
        "approve-plan",
        "Approve the audit plan",
        frozenset({Role.QA_APPROVER}),
        clock="audit.plan.approve",
        meaning=Meaning.APPROVED,
    )

    approve: bool = Field(examples=[True])
    """Whether the plan is approved."""
    plan: RecordVersion
    """The version of the plan that was read."""
    reason: Text = Field(examples=["Scope and duration fit the risk."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


def days_faults(
    first_day: date, last_day: date, *, earliest: date | None = None, latest: date | None = None
) -> dict[str, str]:
    """What is wrong with a span of audit days: its order, and its first day against the given bounds (inclusive)."""
    faults: dict[str, str] = {}
    if last_day < first_day:
        faults["last_day"] = "is before the first day"
    if earliest is not None and first_day < earliest:
        faults["first_day"] = f"must not be before {earliest}"
    if latest is not None and first_day > latest:
        faults["first_day"] = f"must not be after {latest}"
    return faults


def refuse_unless_plannable(
    plan: AuditPlan,
    *,
    audit_type: AuditType,
    tier: str,
    first_qualification: bool,
    today: date,
    latest_first_day: date | None = None,
) -> None:
    """Raise `Refused` with every fault of a plan (sections 6 and 10).

    `tier` is the risk tier of the site and scope. `latest_first_day` ends the host window of a for-cause audit
    (policy key `audit.notice.for_cause`).
    """
    faults = days_faults(plan.first_day, plan.last_day, earliest=today, latest=latest_first_day)
    if plan.mode is not AuditMode.ON_SITE and plan.mode_justification is None:
        faults["mode_justification"] = f"is required for {plan.mode}"
    if plan.mode in (AuditMode.REMOTE, AuditMode.PAPER) and not plan.not_verifiable:
        faults["not_verifiable"] = f"is required for {plan.mode}"
    if plan.mode is AuditMode.PAPER and first_qualification and tier in ("CRITICAL", "HIGH"):
        faults["mode"] = f"a first qualification of tier {tier} is never on paper"
    for field, values in (("standards", plan.standards), ("languages", plan.languages)):
        if len(set(values)) != len(values):
            faults[field] = "holds an entry twice"
    if audit_type is AuditType.FOLLOW_UP and not plan.prior_findings:
        faults["prior_findings"] = "a follow-up audit names the findings it checks"
    if faults:
        raise broken("audit.plan", "The plan breaks a rule.", **faults)


def suggested_plan(
    *, first_day: date, last_day: date, products: tuple[str, ...] = (), prior_findings: tuple[str, ...] = ()
) -> dict[str, JsonValue]:
    """Prefill of a plan: the days, and the products and findings that are known already."""
    form: dict[str, JsonValue] = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    if products:
        form["products"] = list(products)
    if prior_findings:
        form["prior_findings"] = list(prior_findings)
    return form
