"""The steering pair decides when the rounds of an exchange are used up (domain specification, section 7)."""

from collections.abc import Collection
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.core.forms import Action, Audience, Decision, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Text
from domain.exchange.exchange import NextStep
from domain.exchange.round import ItemNumber, numbering_faults


class SteeringChoice(StrEnum):
    """What the pair can decide."""

    DECIDE = "DECIDE"
    """It judges what is open, and the exchange goes on to the agreement."""
    CLOSE_NO_AGREEMENT = "CLOSE_NO_AGREEMENT"
    COMMISSION_STUDY = "COMMISSION_STUDY"
    """A study is made; there is one more round for what it shows."""


class FinalVerdict(StrEnum):
    """What the pair makes of an open item. Nothing stays open."""

    AGREED = "AGREED"
    REJECTED = "REJECTED"
    DEFERRED = "DEFERRED"


class SteeringVerdict(Value):
    """The pair's verdict on one open item."""

    number: ItemNumber
    """The number of the item."""
    verdict: FinalVerdict
    """AGREED, REJECTED or DEFERRED."""


class Steering(Decision):
    """What both of the steering pair answer. Only the same answer of both counts."""

    decision: SteeringChoice
    """DECIDE, CLOSE_NO_AGREEMENT or COMMISSION_STUDY."""
    verdicts: tuple[SteeringVerdict, ...] = Field(default=(), max_length=200)
    """With DECIDE one verdict on each open item; else of no account."""
    reason: Text = Field(examples=["The range is shown; the open point has no impact on the attribute."])
    """Why, in words for both sides."""

    def approves(self) -> bool:
        return self.decision is not SteeringChoice.CLOSE_NO_AGREEMENT


class SteeringDecision(Steering):
    """Decide for the sponsor what becomes of an exchange whose rounds are used up."""

    action = Action(
        Process.EXCHANGE,
        "steer",
        "Decide for the sponsor as the steering pair",
        frozenset({Role.EXECUTIVE_SPONSOR}),
        clock="tx.escalated",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )


class SteeringDecisionForSite(Steering):
    """Decide for the site what becomes of an exchange whose rounds are used up."""

    action = Action(
        Process.EXCHANGE,
        "steer-for-site",
        "Decide for the site as the steering pair",
        frozenset({Role.CDMO_SITE_HEAD}),
        clock="tx.escalated",
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )


_STEPS = {
    SteeringChoice.DECIDE: NextStep.AGREEMENT,
    SteeringChoice.CLOSE_NO_AGREEMENT: NextStep.NO_AGREEMENT,
    SteeringChoice.COMMISSION_STUDY: NextStep.ROUND,
}


def refuse_unless_steered(form: Steering, still_open: Collection[int]) -> None:
    """Raise `Refused` unless a decision on the items judges each that is `still_open` (item numbers) once."""
    if form.decision is not SteeringChoice.DECIDE:
        return
    if faults := numbering_faults("verdicts", [each.number for each in form.verdicts], still_open):
        raise broken("section 7, steering pair", "Judge each open item once.", **faults)


def step_after_steering(one: Steering, other: Steering) -> NextStep:
    """What follows the answers of the pair: what both have said, or the question again if they differ."""
    same = one.decision is other.decision and (
        one.decision is not SteeringChoice.DECIDE or _judged(one) == _judged(other)
    )
    return _STEPS[one.decision] if same else NextStep.ESCALATION


def _judged(form: Steering) -> dict[int, FinalVerdict]:
    return {each.number: each.verdict for each in form.verdicts}


def suggested_steering(still_open: Collection[int]) -> dict[str, JsonValue]:
    """Prefill: the items that are open. The verdicts are left to the pair."""
    return {"verdicts": [{"number": number} for number in sorted(still_open)]}
