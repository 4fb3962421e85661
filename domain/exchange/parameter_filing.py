"""What agreed parameters demand of the registration in each market (domain specification, section 7)."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum

from pydantic import Field, JsonValue

from domain.core.countries import Country
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import ShortText, Text

_CASE = re.compile(r"CHG-\d{1,12}")


class FilingImpact(StrEnum):
    """What a market demands before the parameters are used."""

    NO_FILING = "NO_FILING"
    NOTIFY = "NOTIFY"
    """The authority is told; nothing is waited for."""
    PRIOR_APPROVAL = "PRIOR_APPROVAL"
    """Not before the authority has approved."""


class ParameterFiling(Value):
    """What one market demands."""

    market: Country = Field(examples=["EU"])
    """The market: ISO 3166-1 code, or EU for the Union."""
    filing: FilingImpact
    """NO_FILING, NOTIFY or PRIOR_APPROVAL."""
    approved_on: date | None = None
    """Day from which the approval holds; only with PRIOR_APPROVAL. Without it the parameters wait."""
    reference: ShortText | None = None
    """Number of the notification or approval; needed with `approved_on`."""


class FilingStatement(Form):
    """State for every market of the scope what the parameters demand there, and under which change they are used."""

    action = Action(
        Process.EXCHANGE,
        "state-filing",
        "State what is to be filed",
        frozenset({Role.REG_AFFAIRS}),
        clock="tx.filing",
        meaning=Meaning.REVIEWED,
    )

    filings: tuple[ParameterFiling, ...] = Field(max_length=50, examples=[[]])
    """Every market of the scope, each once."""
    change: ShortText | None = Field(default=None, examples=["CC-2025-0041"])
    """The approved change by which the set takes the place of another one, where it does.

    The case of a change of the site (`CHG-1`), or the number of a change control that is kept elsewhere.
    """
    comment: Text = Field(examples=["The dossier names the range that was agreed on."])
    """What the statement rests on."""


def refuse_unless_stated(form: FilingStatement, markets: Collection[str], *, replaces: bool) -> None:
    """Raise `Refused` unless every market is stated once, and a set that `replaces` another names its change."""
    faults: dict[str, str] = {}
    named = [each.market for each in form.filings]
    if missing := sorted(set(markets) - set(named)):
        faults["filings"] = f"lacks {', '.join(missing)}"
    for index, each in enumerate(form.filings):
        if each.market in named[:index]:
            faults[f"filings.{index}.market"] = "is named twice"
        elif each.market not in markets:
            faults[f"filings.{index}.market"] = "is no market of the scope"
        if each.approved_on is not None and each.filing is not FilingImpact.PRIOR_APPROVAL:
            faults[f"filings.{index}.approved_on"] = f"is given only with {FilingImpact.PRIOR_APPROVAL}"
        elif each.approved_on is not None and each.reference is None:
            faults[f"filings.{index}.reference"] = "name the approval"
    if replaces and form.change is None:
        faults["change"] = "name the approved change: the set takes the place of another one"
    if faults:
        raise broken("section 7, filing", "The statement is not complete.", **faults)


def change_case(change: str | None) -> str | None:
    """The case of a change, if a reference names one, whatever its case and outer spaces.

    Any other reference is to a change control that is kept elsewhere.
    """
    named = change.strip().upper() if change is not None else ""
    return named if _CASE.fullmatch(named) else None


def refuse_unless_approved_change(*, known: bool, approved: bool) -> None:
    """Raise `Refused` unless the case of a change that is named concerns the scope and is approved."""
    if not (known and approved):
        fault = "is not approved" if known else "is no change of this scope"
        raise broken("section 7, filing", "The parameters are used under an approved change.", change=fault)


def pending_markets(form: FilingStatement) -> list[str]:
    """Markets whose authority has yet to approve."""
    waits = FilingImpact.PRIOR_APPROVAL
    return sorted(each.market for each in form.filings if each.filing is waits and each.approved_on is None)


def effective_on(form: FilingStatement, today: date) -> date:
    """The day from which the parameters can be used, once no market is pending: the last day of approval, or today."""
    return max([today, *(each.approved_on for each in form.filings if each.approved_on is not None)])


def suggested_filings(markets: Iterable[str], change: str | None) -> dict[str, JsonValue]:
    """Prefill: the markets and the newest approved change. What each demands is left to regulatory affairs."""
    known: dict[str, JsonValue] = {"filings": [{"market": market} for market in sorted(markets)]}
    return known | ({"change": change} if change is not None else {})
