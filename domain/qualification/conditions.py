"""Conditions of an approval: met with evidence, and moved once by renewing it (domain specification, section 4)."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from domain.asl.asl import AslStatus
from domain.core.document import Evidence
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text


class ConditionVerification(Form):
    """Confirm that a condition is met, with evidence."""

    action = Action(
        Process.QUALIFICATION,
        "verify-condition",
        "Verify a condition",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="qualification.condition",
        meaning=Meaning.REVIEWED,
        also=frozenset({Process.STATUS}),
    )

    number: int = Field(ge=1, le=30, examples=[1])
    """Number of the condition in the decision, counted from 1."""
    finding: Text = Field(examples=["Three observer reports are on file; no deviation from the record was seen."])
    """What was seen."""
    evidence: Evidence
    """Documents that show it; at least one."""


class NewDue(Value):
    """Another day for a condition."""

    number: int = Field(ge=1, le=30, examples=[1])
    """Number of the condition."""
    due: date = Field(examples=["2027-09-30"])
    """The new last day."""


class ConditionalRenewal(Form):
    """Renew the conditional approval with new days for the conditions that are still open."""

    action = Action(
        Process.QUALIFICATION,
        "renew",
        "Renew the conditional approval",
        frozenset({Role.HEAD_QA}),
        meaning=Meaning.APPROVED,
    )

    conditional_to: date = Field(examples=["2027-12-31"])
    """New last day of the conditional approval."""
    dues: tuple[NewDue, ...] = Field(max_length=30)
    """A new day for each condition that is not met yet."""
    reason: Text = Field(examples=["The third batch was moved by two months; the first two went well."])
    """Why more time is justified."""


class ConditionStatus(StrEnum):
    """Where a condition stands."""

    OPEN = "OPEN"
    UNMET = "UNMET"
    """Its day has passed; it can still be met."""
    MET = "MET"


class ConditionState(BaseModel):
    """A condition as it stands."""

    model_config = ConfigDict(frozen=True)

    number: int
    due_on: date
    met: bool


def refuse_unless_renewable(
    renewal: ConditionalRenewal,
    conditions: Sequence[ConditionState],
    *,
    status: AslStatus | None,
    renewals: int,
    renewals_max: int,
    today: date,
    latest: date,
) -> None:
    """Raise `Refused` unless a conditional approval may be renewed so (section 4, `conditional_renewals_max`)."""
    if status is not AslStatus.CONDITIONALLY_APPROVED:
        raise Refused(Code.NOT_OPEN, f"The status is {status or 'not decided'}; there is nothing to renew.")
    if renewals >= renewals_max:
        message = f"A conditional approval is renewed at most {renewals_max} times."
        raise Refused(Code.LIMIT_REACHED, message, rule="section 4")
    faults: dict[str, str] = {}
    if not today < renewal.conditional_to <= latest:
        faults["conditional_to"] = f"must be after {today} and not after {latest}"
    unmet = {condition.number for condition in conditions if not condition.met}
    given = [each.number for each in renewal.dues]
    if set(given) != unmet or len(given) != len(unmet):
        faults["dues"] = f"must give a new day for each of {sorted(unmet)}"
    for index, each in enumerate(renewal.dues):
        if not today < each.due <= renewal.conditional_to:
            faults[f"dues.{index}.due"] = f"must be after {today} and not after {renewal.conditional_to}"
    if faults:
        raise broken("section 4", "The renewal breaks a rule.", **faults)
