"""Putting a site on probation (domain specification, section 5): two signatures, measures, a day of review."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, JsonValue

from domain.core.attestations import Known
from domain.core.document import RecordVersion
from domain.core.forms import Action, Decision, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.status.suspension import REVIEW_DAYS_MAX, Criteria


class ProbationDecision(Decision):
    """Put the site on probation for the scope, or decline the proposal. The head of quality confirms it."""

    yes_protects = True
    action = Action(
        Process.STATUS,
        "put-on-probation",
        "Decide on probation",
        frozenset({Role.QA_APPROVER}),
        clock="probation.decide",
        meaning=Meaning.APPROVED,
    )

    put: bool = Field(examples=[True])
    """Whether the site is put on probation."""
    rationale: Text = Field(examples=["Three CAPAs are late by more than a month."])
    """Why."""
    measures: Criteria = Field(examples=[["All late CAPAs are implemented, and none is late for two months."]])
    """What the site must show before the probation ends; at least one with a probation, none without."""
    review_on: Annotated[date | None, Known("the usual time")] = Field(examples=["2027-05-01"])
    """Day of the first review, within 90 days; null exactly when the site is not put on probation."""

    def approves(self) -> bool:
        return self.put


class ProbationConfirmation(Decision):
    """Confirm the probation as head of quality. It takes effect with this signature; a no sends it back."""

    action = Action(
        Process.STATUS,
        "confirm-probation",
        "Confirm the probation",
        frozenset({Role.HEAD_QA}),
        clock="probation.decide",
        meaning=Meaning.APPROVED,
    )

    confirm: bool = Field(examples=[True])
    """Whether the probation is confirmed."""
    decision: RecordVersion
    """The version of the decision that was read."""
    reason: Text = Field(examples=["The measures answer the cause."])
    """Why."""

    def approves(self) -> bool:
        return self.confirm


def refuse_unless_measured(decision: ProbationDecision, *, today: date) -> None:
    """Raise `Refused` with every fault of a decision on probation."""
    faults: dict[str, str] = {}
    if decision.put != bool(decision.measures):
        faults["measures"] = "are given exactly with a probation"
    latest = today + timedelta(days=REVIEW_DAYS_MAX)
    if decision.put != (decision.review_on is not None):
        faults["review_on"] = "is given exactly with a probation"
    elif decision.review_on is not None and not today < decision.review_on <= latest:
        faults["review_on"] = f"must be after {today} and not after {latest}"
    if faults:
        raise broken("probation.decide", "The decision breaks a rule.", **faults)


def suggested_probation(*, today: date, every_days: int) -> dict[str, JsonValue]:
    """Prefill of the decision: a first review after the usual time."""
    return {"review_on": (today + timedelta(days=every_days)).isoformat()}
