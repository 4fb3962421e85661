"""What the sponsor makes of a change at a site: its tier, its consequences, the decision (section 5).

Silence is no consent: without a decision a change stays not approved, whatever passes (section 9, `change.notify`).
"""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.change.site_change import (
    ChangeImplementation,
    ChangeNotification,
    ChangeSupplement,
    ChangeWithdrawal,
)
from domain.core.countries import Country
from domain.core.forms import Action, Audience, Decision, Form, Forms, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.policy.change_tier import ChangeTier, is_lower

_CLOCK = "change.decide"


class ChangeClassification(Form):
    """Say in which tier the sponsor sees the change, and whom it concerns. A tier is raised, never lowered."""

    action = Action(Process.CHANGE, "classify", "Classify the change", frozenset({Role.SUPPLIER_QUALITY}), clock=_CLOCK)

    sponsor_tier: ChangeTier = Field(examples=[ChangeTier.APPROVAL])
    """The tier: at least that of the quality agreement and that of the site."""
    rationale: Text = Field(examples=["The size of the reactor is a registered detail."])
    """Why, for the sponsor's own people."""
    scope_ids: tuple[Identifier, ...] = Field(default=(), max_length=100)
    """The scopes of the site that it concerns; none only if the site has none."""
    needs_regulatory: bool = Field(examples=[False])
    """Whether regulatory affairs is heard. It always is for APPROVAL."""


class Filing(StrEnum):
    """What a change demands of the registration in a market."""

    NO_FILING = "NO_FILING"
    VARIATION = "VARIATION"


class MarketFiling(Value):
    """What one market demands."""

    market: Country = Field(examples=["EU"])
    """The market."""
    filing: Filing
    """Whether a variation is filed."""
    reference: ShortText | None = None
    """Given exactly for VARIATION: its type, or its number once it has one."""


class ChangeRegulatoryAssessment(Form):
    """Say for each market what is to be filed before the change is used."""

    action = Action(
        Process.CHANGE,
        "assess-regulatory",
        "Assess what is to be filed",
        frozenset({Role.REG_AFFAIRS}),
        clock=_CLOCK,
        meaning=Meaning.REVIEWED,
    )

    filings: tuple[MarketFiling, ...] = Field(max_length=50, examples=[[]])
    """Every market of the scopes concerned, each once."""
    comment: Text = Field(examples=["The dossier names the reactor's material, not its size."])
    """What the assessment rests on."""


class ChangeTechnicalAssessment(Form):
    """Say what the change means for the product."""

    action = Action(
        Process.CHANGE,
        "assess-technical",
        "Assess what it means for the product",
        frozenset({Role.CMC_LEAD}),
        clock=_CLOCK,
        meaning=Meaning.REVIEWED,
        unchecked="what a change means for the product is a judgement of its own",
    )

    impact: Text = Field(examples=["Heat transfer is slower; the dosing time has to be shown again."])
    """What it means for quality attributes, process parameters and stability."""
    needs_comparability: bool = Field(examples=[True])
    """Whether batches before and after are compared."""
    needs_validation: bool = Field(examples=[False])
    """Whether the process or a method is validated again."""
    supported: bool = Field(examples=[True])
    """Whether the change is supported technically."""


def stands_against(filings: Iterable[MarketFiling], touched: Iterable[Country]) -> list[str]:
    """What stands against a batch that is made under an approved change, by market (gate G10); nothing if it is free.

    `touched` are the markets in which the site says that it touches what is registered.
    """
    assessed = {each.market: each.filing for each in filings}
    waiting = [f"waits for a variation in {market}" for market, it in assessed.items() if it is Filing.VARIATION]
    unseen = sorted(set(touched) - assessed.keys())
    return waiting + [f"touches the registration in {market} and was not assessed" for market in unseen]


class ChangeVerdict(StrEnum):
    """What the sponsor says to a change."""

    APPROVED = "APPROVED"
    APPROVED_WITH_CONDITIONS = "APPROVED_WITH_CONDITIONS"
    REJECTED = "REJECTED"
    MORE_INFO = "MORE_INFO"
    """The site answers a question first; then it is decided again."""

    @property
    def approves(self) -> bool:
        """Whether the site may use the change."""
        return self in (ChangeVerdict.APPROVED, ChangeVerdict.APPROVED_WITH_CONDITIONS)


_MEANINGS = {ChangeVerdict.REJECTED: Meaning.REJECTED, ChangeVerdict.MORE_INFO: Meaning.REVIEWED}


class ChangeDecision(Decision):
    """Decide on the change. The site reads it; what was weighed stays in the assessments."""

    action = Action(
        Process.CHANGE,
        "decide",
        "Decide on the change",
        frozenset({Role.QA_APPROVER}),
        clock=_CLOCK,
        meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )

    verdict: ChangeVerdict = Field(examples=[ChangeVerdict.APPROVED])
    """What the sponsor says. Only an approval lets the site use the change."""
    reason: Text = Field(examples=["The data show that the product stays the same."])
    """Why, in words for the site."""
    conditions: tuple[Text, ...] = Field(default=(), max_length=50)
    """Given exactly with APPROVED_WITH_CONDITIONS: what the site does before, or with, the first use; each once."""
    question: Text | None = None
    """Given exactly with MORE_INFO: what the site has to answer."""

    def approves(self) -> bool:
        return self.verdict.approves

    def meaning(self) -> Meaning | None:
        return _MEANINGS.get(self.verdict, Meaning.APPROVED)


CHANGE_FORMS = Forms(
    ChangeNotification,
    ChangeClassification,
    ChangeRegulatoryAssessment,
    ChangeTechnicalAssessment,
    ChangeDecision,
    ChangeSupplement,
    ChangeImplementation,
    ChangeWithdrawal,
)


def refuse_unless_classified(form: ChangeClassification, least: ChangeTier, *, scope_ids: Iterable[str]) -> None:
    """Raise `Refused` when the tier is lowered, or a scope is missing or not one of the site's `scope_ids`."""
    faults: dict[str, str] = {}
    known = frozenset(scope_ids)
    if is_lower(form.sponsor_tier, least):
        faults["sponsor_tier"] = f"may be raised, not lowered: at least {least}"
    if known and not form.scope_ids:
        faults["scope_ids"] = "name the scopes that the change concerns"
    for index, scope_id in enumerate(form.scope_ids):
        if scope_id not in known:
            faults[f"scope_ids.{index}"] = "is no scope of this site"
        elif scope_id in form.scope_ids[:index]:
            faults[f"scope_ids.{index}"] = "is named twice"
    if faults:
        raise broken("section 5, change notification", "The change cannot be classified like this.", **faults)


def is_consulted_by_regulatory(form: ChangeClassification) -> bool:
    """Whether regulatory affairs is heard before the decision."""
    return form.needs_regulatory or form.sponsor_tier is ChangeTier.APPROVAL


def is_consulted_by_technical(form: ChangeClassification) -> bool:
    """Whether the technical lead is heard before the decision."""
    return form.sponsor_tier is ChangeTier.APPROVAL


def suggested_classification(scope_ids: Iterable[str]) -> dict[str, JsonValue]:
    """Prefill of a classification: the scopes announced. The tier and who is heard are left open."""
    return {"scope_ids": [*scope_ids]}


def refuse_unless_assessed(form: ChangeRegulatoryAssessment, markets: Iterable[str]) -> None:
    """Raise `Refused` unless every market of the scopes is assessed once, a variation with its reference."""
    faults: dict[str, str] = {}
    wanted, named = set(markets), [each.market for each in form.filings]
    if missing := sorted(wanted - set(named)):
        faults["filings"] = f"lacks {', '.join(missing)}"
    for index, each in enumerate(form.filings):
        if each.market in named[:index]:
            faults[f"filings.{index}.market"] = "is named twice"
        elif each.market not in wanted:
            faults[f"filings.{index}.market"] = "is no market of the scopes concerned"
        if (each.reference is not None) != (each.filing is Filing.VARIATION):
            faults[f"filings.{index}.reference"] = f"is given exactly for {Filing.VARIATION}"
    if faults:
        raise broken("section 5, change notification", "The assessment is not complete.", **faults)


def suggested_assessment(markets: Iterable[str]) -> dict[str, JsonValue]:
    """Prefill of a regulatory assessment: the markets. What each demands is left to the assessor."""
    return {"filings": [{"market": market} for market in sorted(markets)]}


def refuse_unless_decidable(form: ChangeDecision) -> None:
    """Raise `Refused` unless conditions and question are given exactly with the verdicts that need them."""
    faults: dict[str, str] = {}
    for field, given, needed_for in (
        ("conditions", bool(form.conditions), ChangeVerdict.APPROVED_WITH_CONDITIONS),
        ("question", form.question is not None, ChangeVerdict.MORE_INFO),
    ):
        if given != (form.verdict is needed_for):
            faults[field] = f"is given exactly with {needed_for}"
    if len(set(form.conditions)) < len(form.conditions):
        faults["conditions"] = "name each condition once"
    if faults:
        raise broken("section 5, change notification", "The decision does not fit its verdict.", **faults)


def refuse_authors(deciding: frozenset[str], authors: frozenset[str]) -> None:
    """Raise `Refused` when who decides has classified or assessed the change (S1)."""
    if deciding & authors:
        message = "Who has classified or assessed the change does not decide on it."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S1")


def approved_conditions(decision: ChangeDecision | None) -> tuple[str, ...]:
    """The conditions under which a change was approved; none without an approval."""
    return decision.conditions if decision is not None and decision.approves() else ()
