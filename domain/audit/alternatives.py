"""What may take the place of the sponsor's own audit in a qualification (domain specification, sections 4 and 10)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.asl.asl import next_audit_due
from domain.audit.outcome import Recommendation
from domain.audit.plan import AuditMode, ThirdParty
from domain.audit.waiver import AuditWaiver, WaiverDecision
from domain.core.attestations import Known
from domain.core.document import DocumentReference, RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.refusals import broken
from domain.core.standard import Standards
from domain.core.text import Identifier, Names, ShortText, Text


class QualificationWaiver(AuditWaiver):
    """Ask to qualify without an audit. Only for tier MEDIUM or LOW, never an API for the EU, never twice in a row."""

    action = Action(
        Process.QUALIFICATION,
        "waive-audit",
        "Ask to qualify without an audit",
        frozenset({Role.SUPPLIER_QUALITY}),
        meaning=Meaning.AUTHORED,
    )


class QualificationWaiverDecision(WaiverDecision):
    """Grant or refuse the qualification without an audit. The qualified person is told."""

    action = Action(
        Process.QUALIFICATION,
        "decide-audit-waiver",
        "Decide on qualifying without an audit",
        frozenset({Role.HEAD_QA}),
        clock="audit.waiver.decide",
        meaning=Meaning.WAIVED,
    )


class ThirdPartyReport(Form):
    """Submit the report of an outside auditor in place of an own audit.

    The holder of the manufacturing or import authorisation gives the contract and writes the final assessment [V5].
    """

    action = Action(
        Process.QUALIFICATION,
        "submit-third-party-report",
        "Submit the report of a third-party audit",
        frozenset({Role.SUPPLIER_QUALITY}),
        meaning=Meaning.AUTHORED,
    )

    third_party: ThirdParty
    """Who audited, and under whose contract."""
    contract_giver_is_authorisation_holder: bool = Field(examples=[True])
    """The contract giver holds the manufacturing or import authorisation: must be true."""
    auditor_name: ShortText = Field(examples=["Dr. Ada Lindgren"])
    """Who audited."""
    auditor_qualification: Text = Field(examples=["Certified ICH Q7 auditor since 2015; 40 audits of API sites."])
    """What makes the auditor fit for this site and scope."""
    audited_from: date = Field(examples=["2025-02-11"])
    """First day on site."""
    audited_to: date = Field(examples=["2025-02-13"])
    """Last day on site; not longer ago than the audit interval of the risk tier."""
    mode: AuditMode = Field(examples=[AuditMode.ON_SITE])
    """How it was audited. A first qualification of tier CRITICAL or HIGH takes an audit on site."""
    products: Names = Field(min_length=1, examples=[["ARL-204"]])
    """Products that the audit covered; the product of the scope among them."""
    standards: Standards = Field(examples=[["EU_GMP_II_ICH_Q7"]])
    """Standards that it audited against, each once."""
    report: DocumentReference
    """The report."""
    final_assessment: Text = Field(
        examples=["The report covers the API line and the QC laboratory. We rely on it; two major findings are closed."]
    )
    """The authorisation holder's own assessment of the report."""
    recommendation: Recommendation = Field(examples=[Recommendation.ACCEPTABLE])
    """What the holder concludes from it."""


class ThirdPartyDecision(Decision):
    """Accept the third-party report in place of an own audit, or not."""

    action = Action(
        Process.QUALIFICATION,
        "accept-third-party-report",
        "Decide on the report of the third-party audit",
        frozenset({Role.QA_APPROVER}),
        clock="qualification.decide",
        meaning=Meaning.APPROVED,
    )

    accept: bool = Field(examples=[True])
    """Whether the report takes the place of an own audit."""
    report: RecordVersion
    """The version of the submission that was read."""
    reason: Text = Field(examples=["Contract, auditor and scope fit; the assessment is our own."])
    """Why."""

    def approves(self) -> bool:
        return self.accept


class RecommendationAgreement(Decision):
    """Say as qualified person whether you agree with what the audit recommends [V4].

    The quality unit says it where no market of the scope needs one.
    """

    action = Action(
        Process.QUALIFICATION,
        "agree-recommendation",
        "Agree with the audit's recommendation",
        DECIDERS,
        clock="audit.recommendation",
        meaning=Meaning.REVIEWED,
        by_market=True,
    )

    agree: bool = Field(examples=[True])
    """Whether batches may be certified on the strength of it."""
    recommendation: Annotated[Recommendation, Known("what the audit recommends, to be agreed with or not")] = Field(
        examples=[Recommendation.ACCEPTABLE]
    )
    """What the audit recommends."""
    source: Identifier = Field(examples=["AUD-1"])
    """The audit, or this case if it was waived or done by a third party."""
    reason: Text = Field(examples=["The findings do not touch the quality of the product."])
    """Why."""

    def approves(self) -> bool:
        return self.agree


def refuse_unless_reliable(
    report: ThirdPartyReport, *, tier: str, first_qualification: bool, product: str, interval_months: int, today: date
) -> None:
    """Raise `Refused` unless a third-party report can stand in for an own audit (section 10; EU GMP Chapter 5 [V5]).

    `product` is that of the scope, `interval_months` the audit interval of its risk tier (`audit.interval`).
    """
    faults: dict[str, str] = {}
    if not report.contract_giver_is_authorisation_holder:
        faults["contract_giver_is_authorisation_holder"] = "must be true: the holder of the authorisation contracts it"
    faults |= {
        field: "is in the future"
        for field, day in (("audited_from", report.audited_from), ("audited_to", report.audited_to))
        if day > today
    }
    if report.audited_to < report.audited_from:
        faults["audited_to"] = "is before the first day"
    elif next_audit_due(report.audited_to, interval_months) < today:
        faults["audited_to"] = f"is longer ago than the interval of {interval_months} months"
    if first_qualification and tier in ("CRITICAL", "HIGH") and report.mode is not AuditMode.ON_SITE:
        faults["mode"] = f"a first qualification of tier {tier} takes an audit on site"
    if product not in report.products:
        faults["products"] = f"does not name {product}"
    if len(set(report.standards)) != len(report.standards):
        faults["standards"] = "holds an entry twice"
    if faults:
        raise broken("section 10, third-party audit", "The report cannot take the place of an audit.", **faults)
