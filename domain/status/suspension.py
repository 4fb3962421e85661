"""Suspending a site for a scope, and what follows while it is suspended (domain specification, sections 5, 9, 10)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, JsonValue

from domain.asl.asl import SuspensionScope
from domain.asl.request import StatusReason, StatusRequest
from domain.core.attestations import Known
from domain.core.document import Documents
from domain.core.forms import Action, Decision, Form, Meaning, Process
from domain.core.people import DECIDERS, Role
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText, Text

REVIEW_DAYS_MAX = 90
"""Longest time between two reviews in days."""
REVIEW_DAYS = 30
"""Days between two reviews if nobody says otherwise (policy key `suspend.review`)."""

Criteria = Annotated[tuple[Text, ...], Field(max_length=30)]
"""What must be shown before the status is lifted."""


_PROPOSED = Known("what was proposed; the widest reach if there is more than one proposal")


class SuspensionOrder(Decision):
    """Suspend the site for the scope, or decline the proposal. All open batches are held with the signature."""

    yes_protects = True
    takes_effect_alone = True
    action = Action(
        Process.STATUS,
        "suspend",
        "Decide on suspension",
        frozenset({Role.HEAD_QA}),
        clock="suspend.decision",
        meaning=Meaning.APPROVED,
    )

    suspend: bool = Field(examples=[True])
    """Whether the site is suspended."""
    scope: Annotated[SuspensionScope | None, _PROPOSED] = Field(examples=[SuspensionScope.NEW_ORDERS_AND_RELEASE])
    """What stops; null exactly when the site is not suspended."""
    reason_code: Annotated[StatusReason, _PROPOSED] = Field(examples=[StatusReason.DI_BREACH])
    """Kind of reason."""
    narrative: Annotated[Text, _PROPOSED] = Field(examples=["Raw data of released batches cannot be relied on."])
    """Why, in words."""
    evidence: Documents = ()
    """Documents that it rests on."""
    effective_at: AwareDatetime | None = None
    """From when it holds: now if left out, or earlier; never later than now."""
    notify_authority: bool = Field(examples=[False])
    """Whether an authority must be told."""
    notify_customers: bool = Field(examples=[False])
    """Whether customers must be told."""
    exit_criteria: Criteria = Field(examples=[["The audit trail is on and reviewed; a follow-up audit confirms it."]])
    """What must be shown before it is lifted; at least one with a suspension, none without."""
    review_every_days: int = Field(default=REVIEW_DAYS, ge=1, le=REVIEW_DAYS_MAX)
    """Days between two reviews."""

    def approves(self) -> bool:
        return self.suspend


class SuspensionImpact(Form):
    """Assess what the suspension means for released batches that are within their shelf life.

    By the qualified person, or the quality unit where no market of the scope needs one. Releases are confirmed in
    person; an assessment that confirms none may be made under a delegation.
    """

    action = Action(
        Process.STATUS,
        "assess-impact",
        "Assess released batches",
        DECIDERS,
        clock="suspend.impact",
        meaning=Meaning.REVIEWED,
        in_person=True,
        by_market=True,
    )

    batches: Annotated[tuple[ShortText, ...], Field(max_length=2000)] = ()
    """Ids or numbers of the released batches that were looked at."""
    confirmed: Annotated[tuple[Identifier, ...], Field(max_length=2000)] = ()
    """Ids of those among them whose release the conclusion confirms; the others are reviewed each in its own case."""
    conclusion: Text = Field(examples=["The raw data of the released batches were read again; no effect was found."])
    """What was looked at and what follows."""
    consider_field_alert: bool = Field(examples=[False])
    """Whether a field alert must be considered: product on the US market may be affected (21 CFR 314.81(b)(1))."""
    not_applicable_because: Text | None = Field(examples=["No batch on the US market is affected."])
    """Why no field alert is considered; null exactly when one is."""

    def is_personal(self) -> bool:
        return self.action.in_person and bool(self.confirmed)


class SuspensionReview(Form):
    """Review a suspension or probation that is in force. It never ends by itself."""

    action = Action(
        Process.STATUS,
        "review",
        "Review the suspension or probation",
        frozenset({Role.HEAD_QA}),
        clock="suspend.review",
        meaning=Meaning.REVIEWED,
    )

    finding: Text = Field(examples=["Two of three criteria are met; the follow-up audit is planned."])
    """Where the exit criteria stand."""
    exit_criteria: Criteria | None = None
    """The exit criteria from now on, all of them; left out: they stay. Required where there are none yet."""
    scope: SuspensionScope | None = None
    """How far a suspension reaches from now on, only if that is further than before."""
    next_review: Annotated[date, Known("the rhythm of the suspension")] = Field(examples=["2027-05-01"])
    """Day of the next review, within 90 days."""


def suggested_order(request: StatusRequest, reach: SuspensionScope | None) -> dict[str, JsonValue]:
    """Prefill of the order: what was proposed, and the widest reach that was (`domain.asl.request.widest`)."""
    return {
        "scope": reach.value if reach else None,
        "reason_code": request.reason_code.value,
        "narrative": request.narrative,
    }


def refuse_unless_ordered(order: SuspensionOrder, *, now: datetime) -> None:
    """Raise `Refused` with every fault of an order. It is effective at once or looks back, never ahead (section 5)."""
    faults: dict[str, str] = {}
    if order.suspend != (order.scope is not None):
        faults["scope"] = "is given exactly with a suspension"
    if order.suspend != bool(order.exit_criteria):
        faults["exit_criteria"] = "are given exactly with a suspension"
    if order.effective_at is not None and not order.suspend:
        faults["effective_at"] = "is given only with a suspension"
    if order.effective_at is not None and order.effective_at > now:
        faults["effective_at"] = "is in the future"
    if faults:
        raise broken("section 5", "The decision breaks a rule.", **faults)


def refuse_before_the_statement(order: SuspensionOrder, effective_from: datetime | None) -> None:
    """Raise `Refused` when an order looks back behind the statement in force, which holds since `effective_from`."""
    if order.effective_at is not None and effective_from is not None and order.effective_at < effective_from:
        fault = f"is before {effective_from.isoformat()}, since when the present status holds"
        raise broken("section 5", "There was nothing to suspend then.", effective_at=fault)


def suggested_impact(certified: Sequence[str]) -> dict[str, JsonValue]:
    """Prefill of the assessment: the released batches to look at."""
    return {"batches": [*certified]}


def refuse_unless_assessed(
    impact: SuspensionImpact, *, certified: Sequence[str], for_others: Collection[str] = ()
) -> None:
    """Raise `Refused` when a released batch is left out, or neither a field alert considered nor a reason given.

    `for_others` are those among them that are released in no market whose decider assesses them.
    """
    faults: dict[str, str] = {}
    for index, batch_id in enumerate(impact.confirmed):
        if batch_id not in certified:
            faults[f"confirmed.{index}"] = "is no released batch of the scope"
        elif batch_id in for_others:
            faults[f"confirmed.{index}"] = "is released by others, who review it in its own case"
    if left_out := sorted(set(certified) - set(impact.batches)):
        faults["batches"] = f"must include {', '.join(left_out)}"
    if impact.consider_field_alert == (impact.not_applicable_because is not None):
        faults["not_applicable_because"] = "is given exactly when no field alert is considered"
    if faults:
        raise broken("suspend.impact", "The assessment breaks a rule.", **faults)


def refuse_unless_reviewed(
    review: SuspensionReview, *, criteria: Sequence[str], in_force: SuspensionScope | None, today: date
) -> None:
    """Raise `Refused` with every fault of a review.

    `criteria` are the exit criteria until now, `in_force` how far the suspension reaches; `None` for a probation.
    """
    faults: dict[str, str] = {}
    if review.exit_criteria is not None and not review.exit_criteria:
        faults["exit_criteria"] = "name at least one"
    if review.exit_criteria is None and not criteria:
        faults["exit_criteria"] = "are required: there are none yet"
    if review.scope is not None and (in_force is None or not review.scope.reaches_further_than(in_force)):
        faults["scope"] = f"must reach further than {in_force}" if in_force else "nothing is suspended"
    latest = today + timedelta(days=REVIEW_DAYS_MAX)
    if not today < review.next_review <= latest:
        faults["next_review"] = f"must be after {today} and not after {latest}"
    if faults:
        raise broken("suspend.review", "The review breaks a rule.", **faults)


def suggested_review(*, today: date, every_days: int) -> dict[str, JsonValue]:
    """Prefill of a review: the next one after the usual time."""
    return {"next_review": (today + timedelta(days=every_days)).isoformat()}
