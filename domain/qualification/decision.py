"""Deciding on a qualification, and the conditions of a conditional approval (domain specification, section 4)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.asl.asl import AslStatus
from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.people import DECIDERS, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import ShortText, Text


class QualificationOutcome(StrEnum):
    """What is decided on a site and scope."""

    APPROVED = "APPROVED"
    CONDITIONALLY_APPROVED = "CONDITIONALLY_APPROVED"
    REJECTED = "REJECTED"


class OversightModel(StrEnum):
    """How the sponsor watches the site: person in plant, resident, periodic or virtual."""

    PIP = "PIP"
    RESIDENT = "RESIDENT"
    PERIODIC = "PERIODIC"
    VIRTUAL = "VIRTUAL"


class Condition(Value):
    """What must be met by a day. Unmet on its day, it suspends the site for new orders by itself."""

    text: Text = Field(examples=["A person in plant attends the next three batches."])
    """What must be met."""
    owner: ShortText = Field(examples=["Head of production, site"])
    """Who sees to it: a person id or a name."""
    due: date = Field(examples=["2027-06-30"])
    """Last day, in the site's time zone."""
    verification: Text = Field(examples=["Three signed observer reports."])
    """How it is shown that the condition is met."""
    release_relevant: bool = True
    """Whether batches may be released only once it is met."""


Conditions = Annotated[tuple[Condition, ...], Field(max_length=30)]


class DecisionProposal(Form):
    """Propose the decision on the site and scope, with everything it rests on complete."""

    action = Action(
        Process.QUALIFICATION,
        "propose",
        "Propose the decision",
        frozenset({Role.QA_APPROVER}),
        clock="qualification.propose",
        meaning=Meaning.AUTHORED,
    )

    outcome: QualificationOutcome = Field(examples=[QualificationOutcome.APPROVED])
    """What is to be decided."""
    rationale: Text = Field(examples=["Questionnaire, documents, audit and agreement are complete; no open critical."])
    """Why."""
    valid_from: Annotated[date | None, Known("the first day that it may have")] = None
    """First day of the status, today or later; required unless REJECTED."""
    next_requal_due: Annotated[date | None, Known("the last day that the policy allows")] = None
    """Day by which the site is qualified again; required unless REJECTED."""
    oversight_model: OversightModel = Field(default=OversightModel.PERIODIC, examples=[OversightModel.PERIODIC])
    """How the site is watched."""
    conditions: Conditions = ()
    """Required for CONDITIONALLY_APPROVED, each with its day; none otherwise."""
    conditional_to: date | None = None
    """Last day of a conditional approval; required for CONDITIONALLY_APPROVED."""
    audit_interval_months: int | None = Field(default=None, ge=1, le=120)
    """Months to the next full-scope audit where that is to be sooner than the tier asks for."""


class _OnProposal(Decision):
    """A signature on the proposal."""

    approve: bool = Field(examples=[True])
    """Whether the proposal is signed; a no sends it back."""
    proposal: RecordVersion
    """The version of the proposal that was read."""
    reason: Text = Field(examples=["The evidence carries the decision."])
    """Why."""

    def approves(self) -> bool:
        return self.approve


class DecisionSignature(_OnProposal):
    """Sign the decision as head of quality. It takes effect with the last signature that it needs."""

    action = Action(
        Process.QUALIFICATION,
        "decide",
        "Sign the decision",
        frozenset({Role.HEAD_QA}),
        clock="qualification.decide",
        meaning=Meaning.APPROVED,
    )


class DecisionCoSignature(_OnProposal):
    """Co-sign the decision as qualified person: for products of the EU, and when a suspension ends.

    Another member of the quality unit co-signs the end of a suspension where no market of the scope needs one.
    """

    action = Action(
        Process.QUALIFICATION,
        "co-sign",
        "Co-sign the decision",
        DECIDERS,
        clock="qualification.decide",
        meaning=Meaning.APPROVED,
        by_market=True,
    )


def refuse_unless_proposable(
    proposal: DecisionProposal,
    obstacles: Mapping[str, str],
    *,
    today: date,
    latest_conditional: date,
    latest_requal: date,
    audit_interval: int | None,
) -> None:
    """Raise `Refused` with every fault of a proposal (section 4).

    `obstacles` names what still stands in the way of any approval. `latest_conditional` is the last day a conditional
    approval may have (policy key `conditional_approval_max`), `latest_requal` that of the next requalification,
    `audit_interval` the months the risk tier asks for.
    """
    faults = _condition_faults(proposal, today, latest_conditional)
    if proposal.outcome is not QualificationOutcome.REJECTED:
        if proposal.valid_from is None or proposal.valid_from < today:
            faults["valid_from"] = f"is required and must not be before {today}"
        elif proposal.next_requal_due is not None and proposal.valid_from >= proposal.next_requal_due:
            faults["valid_from"] = f"must be before {proposal.next_requal_due}"
        if proposal.next_requal_due is None or not today < proposal.next_requal_due <= latest_requal:
            faults["next_requal_due"] = f"is required, after {today} and not after {latest_requal}"
    if proposal.audit_interval_months and audit_interval and proposal.audit_interval_months > audit_interval:
        faults["audit_interval_months"] = f"may be sooner than {audit_interval} months, not later"
    if faults:
        raise broken("section 4", "The proposal breaks a rule.", **faults)
    refuse_if_hindered(proposal.outcome, obstacles)


def _condition_faults(proposal: DecisionProposal, today: date, latest_conditional: date) -> dict[str, str]:
    faults: dict[str, str] = {}
    conditional = proposal.outcome is QualificationOutcome.CONDITIONALLY_APPROVED
    if conditional != bool(proposal.conditions):
        faults["conditions"] = "are given exactly for CONDITIONALLY_APPROVED"
    if conditional != (proposal.conditional_to is not None):
        faults["conditional_to"] = "is given exactly for CONDITIONALLY_APPROVED"
    if proposal.conditional_to is not None and not today < proposal.conditional_to <= latest_conditional:
        faults["conditional_to"] = f"must be after {today} and not after {latest_conditional}"
    first, last = proposal.valid_from or today, proposal.conditional_to or latest_conditional
    for index, condition in enumerate(proposal.conditions):
        if not max(today, first) <= condition.due <= last:
            faults[f"conditions.{index}.due"] = f"must not be before {max(today, first)} nor after {last}"
    return faults


def refuse_if_outdated(proposal: DecisionProposal, today: date) -> None:
    """Raise `Refused` when a proposal has waited so long that its days have passed; then it is made anew."""
    days = {
        "next_requal_due": proposal.next_requal_due,
        "conditional_to": proposal.conditional_to,
        **{f"conditions.{index}.due": condition.due for index, condition in enumerate(proposal.conditions)},
    }
    if passed := {name: f"{day} has passed" for name, day in days.items() if day is not None and day < today}:
        raise broken("section 4", "The proposal is out of date; send it back.", **passed)


def refuse_if_hindered(outcome: QualificationOutcome, obstacles: Mapping[str, str]) -> None:
    """Raise `Refused(GATE_CLOSED)` naming what is missing for an approval; a rejection is always possible."""
    if outcome is not QualificationOutcome.REJECTED and obstacles:
        message = f"Not yet: {'; '.join(f'{name} {why}' for name, why in obstacles.items())}."
        raise Refused(Code.GATE_CLOSED, message, fields=dict(obstacles), rule="section 4")


def needs_co_signature(outcome: QualificationOutcome, status: AslStatus | None, *, certified: bool) -> bool:
    """Whether a qualified person signs too: of what a qualified person certifies (section 4), and to end a suspension.

    `certified` says whether that is so for any market of the scope.
    """
    if outcome is QualificationOutcome.REJECTED:
        return False
    return certified or ends_a_suspension(outcome, status)


def ends_a_suspension(outcome: QualificationOutcome, status: AslStatus | None) -> bool:
    """Whether the decision leads out of a suspension, or out of an approval that has expired (section 5)."""
    return outcome is not QualificationOutcome.REJECTED and status in (AslStatus.SUSPENDED, AslStatus.EXPIRED)


def refuse_unless_reopened(outcome: QualificationOutcome, status: AslStatus | None, *, known: bool) -> None:
    """Raise `Refused` when a scope was disqualified or retired while its qualification was open (section 4).

    `known` says whether the case was begun, for a disqualified scope reopened, in view of that status.
    """
    if outcome is QualificationOutcome.REJECTED or status is None or not status.is_final or known:
        return
    message = f"The scope was {status.lower()} meanwhile; another qualification has to be requested."
    raise broken("section 4", message, outcome="can only be REJECTED")


def suggested_proposal(*, today: date, requal_due: date) -> dict[str, JsonValue]:
    """Prefill of a proposal: the first day that it may have, and the last of the next qualification."""
    return {"valid_from": today.isoformat(), "next_requal_due": requal_due.isoformat()}
