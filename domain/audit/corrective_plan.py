"""What a site will do about a finding: root cause, dated actions, effectiveness (domain specification, section 6)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.audit.finding import Severity, needs_effectiveness_check
from domain.core.attestations import Attested, Known
from domain.core.forms import Value
from domain.core.text import SAYS_SOMETHING, ShortText, Text


class RootCauseMethod(StrEnum):
    """A method of root cause analysis."""

    FIVE_WHY = "5WHY"
    FISHBONE = "FISHBONE"
    FMEA = "FMEA"
    OTHER = "OTHER"


class PlannedAction(Value):
    """One dated action."""

    text: Text = Field(examples=["Revise SOP-QC-011 and train all analysts."])
    """What will be done."""
    owner: ShortText = Field(examples=["Head of QC, site"])
    """Who does it."""
    due: Annotated[date, Known("the latest day that the policy allows")] = Field(examples=["2027-06-01"])
    """Until when; not after the due date of the whole plan."""


class Effectiveness(Value):
    """How it will be known that the CAPA works."""

    metric: ShortText = Field(examples=["Balances in use with expired calibration"])
    """What is measured."""
    target: ShortText = Field(examples=["0 in 90 days"])
    """The value that counts as effective."""
    window_days: int = Field(ge=1, le=730, examples=[90])
    """Calendar days after implementation in which it is measured."""


class CorrectivePlan(Value):
    """What the CDMO will do about one finding."""

    root_cause: Annotated[str, Attested(), SAYS_SOMETHING] = Field(
        max_length=4000, examples=["The calibration calendar had no owner during the vacation."]
    )
    """The root cause; a plan without one is refused."""
    method: RootCauseMethod = Field(examples=[RootCauseMethod.FIVE_WHY])
    """How the root cause was found."""
    correction: Text = Field(examples=["Both balances were taken out of use and calibrated."])
    """What was done at once."""
    corrective: Text = Field(examples=["The calendar has an owner and a deputy."])
    """What removes the cause."""
    preventive: Text = Field(examples=["The same is done for all calibrated equipment."])
    """What prevents it elsewhere."""
    actions: tuple[PlannedAction, ...] = Field(min_length=1, max_length=50)
    """The actions, each with a date."""
    owner: ShortText = Field(examples=["Head of QC, site"])
    """Who owns the CAPA: a person id or a name. The owner does not verify it (S7)."""
    due: Annotated[date, Known("the latest day that the policy allows")] = Field(examples=["2027-06-01"])
    """Day by which all is implemented."""
    effectiveness: Effectiveness | None = Field(
        examples=[{"metric": "Balances in use with expired calibration", "target": "0 in 90 days", "window_days": 90}]
    )
    """Required for CRITICAL and MAJOR; may be null for OTHER, where no effectiveness window runs."""


def plan_faults(
    plan: CorrectivePlan, severity: Severity, *, today: date, latest_due: Mapping[Severity, date], path: str
) -> dict[str, str]:
    """What is wrong with a plan, by dotted path below `path` (section 6; policy key `capa.due`).

    `latest_due` is the last day allowed, by severity, counted from `today`.
    """
    faults: dict[str, str] = {}
    latest = latest_due[severity]
    if not plan.root_cause.strip():
        faults[f"{path}.root_cause"] = "is missing"
    if plan.due < today:
        faults[f"{path}.due"] = "is in the past"
    elif plan.due > latest:
        faults[f"{path}.due"] = f"must not be after {latest} for {severity}"
    for index, action in enumerate(plan.actions):
        if action.due > plan.due:
            faults[f"{path}.actions.{index}.due"] = f"is after the due date of the plan, {plan.due}"
    if needs_effectiveness_check(severity) and plan.effectiveness is None:
        faults[f"{path}.effectiveness"] = f"is required for {severity}"
    return faults


def suggested_corrective_plan(
    severity: Severity,
    *,
    latest_due: Mapping[Severity, date],
    default_window_days: int,
    owner: str | None = None,
) -> dict[str, JsonValue]:
    """Prefill of the inside of a plan: the latest due date, and the effectiveness window where one is needed."""
    due = latest_due[severity].isoformat()
    plan: dict[str, JsonValue] = {"due": due, "actions": [{"due": due}]}
    plan["effectiveness"] = {"window_days": default_window_days} if needs_effectiveness_check(severity) else None
    if owner:
        plan["owner"] = owner
    return plan
