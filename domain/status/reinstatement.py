"""Lifting a suspension or probation: proposed with evidence, signed by two others (domain specification, section 5)."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.asl.asl import AslStatus
from domain.asl.lifting import Hindrances, critical_to
from domain.core.document import Evidence, RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.people import DECIDERS, Role
from domain.core.refusals import broken
from domain.core.text import Identifier, Text
from domain.qualification.decision import Conditions
from domain.status.suspension import Criteria


class ReinstatedStatus(StrEnum):
    """What the status becomes."""

    APPROVED = "APPROVED"
    CONDITIONALLY_APPROVED = "CONDITIONALLY_APPROVED"
    PROBATION = "PROBATION"


class CriterionMet(Value):
    """How one exit criterion is met."""

    number: int = Field(ge=1, le=30, examples=[1])
    """Number of the criterion, counted from 1."""
    finding: Text = Field(examples=["The audit trail is on; three reviews in a row found no gap."])
    """What was seen."""
    evidence: Evidence
    """Documents that show it; at least one."""
    shown_by: Annotated[tuple[Identifier, ...], Field(max_length=20)] = Field(default=(), examples=[["CAPA-1"]])
    """Records of the site that show it, by their ids, at least one, concluded since the status was decided: an audit, a
    verified CAPA, a qualification, a risk review, a reviewed agreement, a change, an inspection, a certificate."""


_EXAMPLE = {
    "number": 1,
    "finding": "The audit trail is on; three reviews in a row found no gap.",
    "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}],
    "shown_by": ["CAPA-1"],
}


class ReinstatementProposal(Form):
    """Propose that a suspension, probation or conditional status ends. Batches on hold stay held."""

    action = Action(
        Process.STATUS,
        "propose-reinstatement",
        "Propose reinstatement",
        frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        meaning=Meaning.AUTHORED,
    )

    status: ReinstatedStatus = Field(examples=[ReinstatedStatus.APPROVED])
    """What the status becomes; another one than it is."""
    criteria: Annotated[tuple[CriterionMet, ...], Field(max_length=30)] = Field(examples=[[_EXAMPLE]])
    """Every exit criterion with its evidence, each once; none where the status is a conditional approval."""
    rationale: Text = Field(examples=["All exit criteria are met and verified on site."])
    """Why."""
    conditions: Conditions = ()
    """Required for CONDITIONALLY_APPROVED, each with its day; none otherwise."""
    conditional_to: date | None = None
    """Last day of a conditional approval; required for CONDITIONALLY_APPROVED."""
    measures: Criteria = ()
    """What ends the probation; required for PROBATION, none otherwise."""


class _OnReinstatement(Decision):
    """A signature on the proposal."""

    approve: bool = Field(examples=[True])
    """Whether the proposal is signed; a no sends it back."""
    proposal: RecordVersion
    """The version of the proposal that was read."""
    reason: Text = Field(examples=["The evidence carries the reinstatement."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class ReinstatementSignature(_OnReinstatement):
    """Sign the reinstatement as head of quality."""

    action = Action(
        Process.STATUS,
        "sign-reinstatement",
        "Sign the reinstatement",
        frozenset({Role.HEAD_QA}),
        clock="suspend.lift",
        meaning=Meaning.APPROVED,
    )


class ReinstatementCoSignature(_OnReinstatement):
    """Co-sign the reinstatement as qualified person. The new status takes effect with this signature.

    Another member of the quality unit co-signs where no market of the scope needs one. No batch is decided on.
    """

    action = Action(
        Process.STATUS,
        "co-sign-reinstatement",
        "Co-sign the reinstatement",
        DECIDERS,
        clock="suspend.lift",
        meaning=Meaning.APPROVED,
        by_market=True,
    )


def refuse_unless_reinstatable(
    proposal: ReinstatementProposal,
    *,
    status: AslStatus | None,
    criteria: Sequence[str],
    today: date,
    latest_conditional: date,
) -> None:
    """Raise `Refused` with every fault of a proposal (section 5).

    `criteria` are the exit criteria in force, `latest_conditional` the last day that a conditional approval may have
    (policy key `conditional_approval_max`).
    """
    faults = _condition_faults(proposal, today, latest_conditional)
    if (proposal.status is ReinstatedStatus.PROBATION) != bool(proposal.measures):
        faults["measures"] = "are given exactly for PROBATION"
    if status is not None and proposal.status.value == status.value:
        faults["status"] = f"is {status} already"
    expected, given = set(range(1, len(criteria) + 1)), [each.number for each in proposal.criteria]
    if set(given) != expected or len(given) != len(expected):
        faults["criteria"] = f"must show each of the exit criteria {sorted(expected)} once"
    if faults:
        raise broken("section 5", "The proposal breaks a rule.", **faults)


def refuse_unless_shown(proposal: ReinstatementProposal, faults: Mapping[str, str]) -> None:
    """Raise `Refused` unless each criterion is met by records that say so; `faults` by the id of a record (law 3)."""
    found: dict[str, str] = {}
    for index, criterion in enumerate(proposal.criteria):
        if not criterion.shown_by:
            found[f"criteria.{index}.shown_by"] = "name the record that shows it"
        for place, record in enumerate(criterion.shown_by):
            if record in faults:
                found[f"criteria.{index}.shown_by.{place}"] = faults[record]
    if found:
        raise broken("section 20", "A criterion is met by a record that says so.", **found)


def _condition_faults(proposal: ReinstatementProposal, today: date, latest: date) -> dict[str, str]:
    faults: dict[str, str] = {}
    conditional = proposal.status is ReinstatedStatus.CONDITIONALLY_APPROVED
    if conditional != bool(proposal.conditions):
        faults["conditions"] = "are given exactly for CONDITIONALLY_APPROVED"
    if conditional != (proposal.conditional_to is not None):
        faults["conditional_to"] = "is given exactly for CONDITIONALLY_APPROVED"
    if proposal.conditional_to is not None and not today < proposal.conditional_to <= latest:
        faults["conditional_to"] = f"must be after {today} and not after {latest}"
    last = proposal.conditional_to or latest
    for index, condition in enumerate(proposal.conditions):
        if not today <= condition.due <= last:
            faults[f"conditions.{index}.due"] = f"must not be before {today} nor after {last}"
    return faults


def hindrances_to(status: ReinstatedStatus, found: Hindrances, *, criteria: bool) -> dict[str, str]:
    """What stands in the way of a new status, by the part that is missing. `criteria`: whether there are any."""
    missing: dict[str, str] = {}
    if not criteria:
        missing["criteria"] = "are not set; a review sets them"
    missing |= critical_to(found)
    if found.impact_not_assessed:
        missing["impact"] = "on released batches is not assessed"
    if found.unreviewed_batches:
        missing["batches"] = f"are released and not reviewed: {', '.join(found.unreviewed_batches)}"
    if found.expired_certificates:
        missing["certificates"] = f"have expired: {', '.join(found.expired_certificates)}"
    if found.agreement_lapsed:
        missing["agreement"] = "has lapsed"
    if found.requalification_overdue:
        missing["requalification"] = "is overdue; it takes the place of a reinstatement"
    if status is ReinstatedStatus.APPROVED and found.unmet_conditions:
        missing["conditions"] = f"are not met: {', '.join(found.unmet_conditions)}"
    return missing
