"""A change that a site announces, and what the site does about it (domain specification, section 5).

EU GMP Chapter 7; ICH Q7 chapter 13; ICH Q10 3.2.3.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, JsonValue

from domain.core.attestations import Known
from domain.core.countries import Country
from domain.core.document import Documents
from domain.core.forms import Action, Audience, Form, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import Identifier, ShortText, Text
from domain.policy.change_tier import ChangeCategory, ChangeTier, gravest


class ChangeStage(StrEnum):
    """Where a change stands. In all stages before APPROVED it is not approved."""

    SUBMITTED = "SUBMITTED"
    ASSESSMENT = "ASSESSMENT"
    DECISION = "DECISION"
    QUESTION = "QUESTION"
    APPROVED = "APPROVED"
    IMPLEMENTED = "IMPLEMENTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class RegisteredImpact(StrEnum):
    """Whether a change touches what is registered in a market."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


class MarketImpact(Value):
    """What the change means for the registration in one market, as the site sees it."""

    market: Country = Field(examples=["EU"])
    """The market: ISO 3166-1 code, or EU for the Union."""
    impact: RegisteredImpact
    """Whether it touches what is registered there."""


class ChangeNotification(Form):
    """Announce a change before its first use. Each change has one case, under the number that the site gives it.

    The sponsor answers; until then the change is not approved, however long that takes.
    """

    action = Action(
        Process.CHANGE,
        "request",
        "Announce a change",
        frozenset({Role.CDMO_QA, Role.CDMO_PM, Role.CDMO_TECH}),
        audience=Audience.SHARED,
        starts=True,
    )

    site_id: Identifier = Field(examples=["VM-02"])
    """The site."""
    scope_ids: tuple[Identifier, ...] = Field(default=(), max_length=100)
    """The scopes of the site that it concerns; empty for all of them."""
    change_id: ShortText = Field(examples=["CC-2025-0041"])
    """The number of the change at the site."""
    category: ChangeCategory = Field(examples=[ChangeCategory.EQUIPMENT])
    """What it concerns."""
    cdmo_tier: ChangeTier = Field(examples=[ChangeTier.APPROVAL])
    """The tier as the site sees it."""
    description: Text = Field(examples=["Reactor R-301 is replaced by one of the same make and twice the size."])
    """What is changed, from what to what."""
    rationale: Text = Field(examples=["The reactor is at the end of its life; the larger one is on stock."])
    """Why it is changed, and why in this tier."""
    registered_impact: tuple[MarketImpact, ...] = Field(default=(), max_length=50)
    """What it means for the registration, by market, each once; UNKNOWN for a market that is not named."""
    earliest_date: date = Field(examples=["2030-09-02"])
    """The earliest day of its first use."""
    evidence: Documents = ()
    """Documents that support it: the change request, comparisons, plans."""


class ChangeSupplement(Form):
    """Answer the sponsor's question about the change."""

    action = Action(
        Process.CHANGE,
        "supplement",
        "Answer the question about the change",
        frozenset({Role.CDMO_QA}),
        clock="clarify.response",
        audience=Audience.SHARED,
        unchecked="the site answers in its own words; its documents are kept",
    )

    answer: Text = Field(examples=["Heat transfer was compared over three batches; the curves are attached."])
    """The answer."""
    evidence: Documents = ()
    """Documents that support it."""


class ConditionMet(Value):
    """How a condition of the approval was met."""

    condition: Annotated[Text, Known("the conditions of the approval")] = Field(
        examples=["Three batches are compared before the first is delivered."]
    )
    """The condition, as the decision words it."""
    how: Text = Field(examples=["Report VR-118 compares batches B-044 to B-046."])
    """How it was met."""


class ChangeImplementation(Form):
    """Report the first use of an approved change. A change in use before its approval is a deviation instead."""

    action = Action(
        Process.CHANGE,
        "implement",
        "Report the first use of the change",
        frozenset({Role.CDMO_QA}),
        audience=Audience.SHARED,
        otherwise="The approved change is not in use; the case stays open until it is used or withdrawn.",
    )

    implemented_on: date = Field(examples=["2030-09-02"])
    """Day of the first use."""
    first_batch: ShortText = Field(examples=["B-044"])
    """Number of the first batch that is made with it."""
    conditions: tuple[ConditionMet, ...] = Field(default=(), max_length=50)
    """How each condition of the approval was met, in the order of the decision."""
    evidence: Documents = ()
    """Documents that show it."""


class ChangeWithdrawal(Form):
    """Give the change up. It must not be used then; to take it up again it is announced under another number."""

    action = Action(
        Process.CHANGE,
        "withdraw",
        "Withdraw the change",
        frozenset({Role.CDMO_QA}),
        audience=Audience.SHARED,
        unchecked="a change may be withdrawn at any stage that offers it",
    )

    reason: Text = Field(examples=["The old reactor can be repaired."])
    """Why."""


def refuse_unless_announced(form: ChangeNotification, *, today: date) -> None:
    """Raise `Refused` with every fault of an announcement. `today` is the day at the site."""
    faults: dict[str, str] = {}
    if form.earliest_date < today:
        faults["earliest_date"] = "is in the past: what is in use already is reported as a deviation"
    markets = [each.market for each in form.registered_impact]
    for index, market in enumerate(markets):
        if market in markets[:index]:
            faults[f"registered_impact.{index}.market"] = "is named twice"
    if faults:
        raise broken("change.notify", "The change cannot be announced like this.", **faults)


def least_tier(agreed: Iterable[ChangeTier], announced: ChangeTier) -> ChangeTier:
    """The tier below which the sponsor never goes: the gravest of the agreements' and the site's (section 1)."""
    return gravest((announced, *agreed))


def is_short_notice(tier: ChangeTier, earliest: date, notice_ends: date) -> bool:
    """Whether the sponsor was told too late. Only for what it approves is there a notice (section 9, `change.notify`).

    `notice_ends` is the first day of use that the notice allows.
    """
    return tier is ChangeTier.APPROVAL and earliest < notice_ends


def refuse_unless_implemented(
    form: ChangeImplementation, *, earliest: date, approved_on: date, conditions: Sequence[str], today: date
) -> None:
    """Raise `Refused` for a first use before the approval or the announced day, and for a condition that is not met.

    `approved_on` is the day of the decision at the site, `earliest` the day that was announced.
    """
    if form.implemented_on < approved_on:
        raise broken(
            "change.notify",
            "A change used before its approval is a deviation. Report a MAJOR site event of type CHANGE_NOTIFICATION.",
            implemented_on=f"is before the approval of {approved_on}",
        )
    faults: dict[str, str] = {}
    if form.implemented_on < earliest:
        faults["implemented_on"] = f"is before {earliest}, the earliest day that was announced"
    elif form.implemented_on > today:
        faults["implemented_on"] = "is in the future"
    if [each.condition for each in form.conditions] != [*conditions]:
        faults["conditions"] = "must be those of the decision, in their order"
    if faults:
        raise broken("section 5, change notification", "The first use cannot be reported like this.", **faults)


def suggested_change_use(conditions: Sequence[str]) -> dict[str, JsonValue]:
    """Prefill of the report of the first use. When it was, and how each condition was met, is left to the site."""
    return {"conditions": [{"condition": text} for text in conditions]}
