"""Ending the use of a site for a scope: disqualification and retirement (domain specification, section 5)."""

from collections.abc import Mapping

from pydantic import Field

from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text


class ExitPlan(Value):
    """What becomes of everything that is still at the site."""

    stock: Text = Field(examples=["Two batches of the intermediate are returned and destroyed under quarantine."])
    """Stock of materials and product."""
    records: Text = Field(examples=["Batch records are handed over as certified copies; access stays for five years."])
    """Batch and quality records."""
    stability: Text = Field(examples=["Running studies move to our own laboratory."])
    """Stability studies."""
    retained_samples: Text = Field(examples=["Retained samples move to the warehouse at Mainz."])
    """Retained and reference samples."""


EXAMPLE = {name: field.examples[0] for name, field in ExitPlan.model_fields.items() if field.examples}
"""An exit plan as the examples of its parts give it."""


class DisqualificationDecision(Decision):
    """Disqualify the site for the scope, or decline the proposal. An executive consents to it."""

    yes_protects = True
    action = Action(
        Process.STATUS,
        "disqualify",
        "Decide on disqualification",
        frozenset({Role.HEAD_QA}),
        clock="disqualify.decide",
        meaning=Meaning.APPROVED,
    )

    disqualify: bool = Field(examples=[True])
    """Whether the site is disqualified."""
    rationale: Text = Field(examples=["Records were falsified for years, with the knowledge of the site's management."])
    """Why."""
    exit_plan: ExitPlan | None = Field(examples=[EXAMPLE])
    """What becomes of what is at the site; null exactly when it is not disqualified."""

    def approves(self) -> bool:
        return self.disqualify


class DisqualificationConsent(Decision):
    """Consent to the disqualification. It takes effect with this signature; a no sends it back."""

    action = Action(
        Process.STATUS,
        "consent",
        "Consent to the disqualification",
        frozenset({Role.EXECUTIVE_SPONSOR}),
        clock="disqualify.decide",
        meaning=Meaning.APPROVED,
    )

    consent: bool = Field(examples=[True])
    """Whether it is consented to."""
    decision: RecordVersion
    """The version of the decision that was read."""
    reason: Text = Field(examples=["Supply is covered by the second source."])
    """Why."""

    def approves(self) -> bool:
        return self.consent


class SupplyContinuity(Form):
    """Say how patients stay supplied without the site (ICH Q9(R1), product availability)."""

    action = Action(
        Process.STATUS,
        "plan-supply",
        "Plan the supply without the site",
        frozenset({Role.SUPPLY_CHAIN}),
        clock="supply.continuity",
        unchecked="stock and other sources of supply are kept outside these records",
    )

    stock_covers_days: int = Field(ge=0, le=3650, examples=[120])
    """Days for which the stock lasts."""
    shortage_expected: bool = Field(examples=[False])
    """Whether patients may be left without supply."""
    plan: Text = Field(examples=["The second source takes over from the third quarter; stock covers the time until."])
    """What is done."""


class RetirementDecision(Decision):
    """Retire the site for the scope, or decline the request. Nothing may be open there."""

    action = Action(
        Process.STATUS,
        "retire",
        "Decide on retirement",
        frozenset({Role.QA_APPROVER}),
        clock="retire.decide",
        meaning=Meaning.APPROVED,
    )

    retire: bool = Field(examples=[True])
    """Whether the site is retired for the scope."""
    reason: Text = Field(examples=["The product was discontinued; all duties of the agreement are met."])
    """Why."""

    def approves(self) -> bool:
        return self.retire


def refuse_unless_planned(decision: DisqualificationDecision) -> None:
    """Raise `Refused` when exit plan and decision do not fit (section 5)."""
    if decision.disqualify != (decision.exit_plan is not None):
        fault = {"exit_plan": "is given exactly with a disqualification"}
        raise broken("section 5", "A disqualification has an exit plan.", **fault)


def refuse_while_open(still_open: Mapping[str, str]) -> None:
    """Raise `Refused(GATE_CLOSED)` naming what is still open at the site, by its kind (section 5)."""
    if still_open:
        message = f"Still open: {'; '.join(f'{kind} {which}' for kind, which in still_open.items())}."
        raise Refused(Code.GATE_CLOSED, message, fields=dict(still_open), rule="section 5")
