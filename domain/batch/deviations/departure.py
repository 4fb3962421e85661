"""A parameter outside its proven acceptable range: what is assessed before the decider judges it (gate G6).

EU GMP Annex 16, section 3; domain specification, section 19.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.countries import Country
from domain.core.document import Documents
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import OnRecord, ShortText, Text
from domain.core.units import converted
from domain.exchange.parameters import Parameter

_RULE = "G6, departures"


class Side(StrEnum):
    """On which side of its proven acceptable range a value lies. A cause drives a parameter to one of them."""

    BELOW = "BELOW"
    ABOVE = "ABOVE"


def side_of(value: Decimal, unit: str, parameter: Parameter) -> Side | None:
    """Where a value lies beyond the proven acceptable range; `None` if inside. Raises as `converted` does."""
    told = converted(value, unit, parameter.unit)
    if told < parameter.par_low:
        return Side.BELOW
    return Side.ABOVE if told > parameter.par_high else None


class AttributeImpact(Value):
    """What a departure has done to one quality attribute, as data."""

    attribute: ShortText = Field(examples=["Impurity I-3"])
    """The quality attribute, as in the parameter set."""
    data: Text = Field(examples=["0.11 % in three samples of the batch (limit 0.15 %); spiking study ST-88."])
    """The data that show it."""


Impacts = Annotated[tuple[AttributeImpact, ...], Field(max_length=100)]


class DepartureAssessment(Form):
    """Assess what a departure from a proven acceptable range means for the product. The decider judges on it."""

    action = Action(
        Process.BATCH,
        "assess-departure",
        "Assess a departure from a proven range",
        frozenset({Role.CMC_LEAD}),
        clock="batch.review",
        meaning=Meaning.REVIEWED,
    )

    deviation_id: OnRecord = Field(examples=["DEV-2025-0113"])
    """The deviation that the departure was reported by."""
    assessment: Text = Field(examples=["Between 50 and 53 °C the impurity forms at 0.01 % an hour; 0.11 % was found."])
    """What it means for each quality attribute, and for the range itself."""
    evidence: Documents = ()
    """Data that it rests on."""


class DepartureFilingImpact(StrEnum):
    """What a departure means towards the authority of a market."""

    NONE = "NONE"
    REPORT = "REPORT"
    """It is reported, in the annual report or as the authorisation demands."""
    VARIATION = "VARIATION"
    """The registered range is to be changed before the next batch."""


class DepartureInMarket(Value):
    """What the departure means for the registration in one market."""

    market: Country = Field(examples=["EU"])
    """The market."""
    registered: bool = Field(examples=[True])
    """Whether the parameter is registered there."""
    limit_missed: bool = Field(examples=[False])
    """Whether a registered limit of a control in process or of the product is missed. Then nothing is released."""
    impact: DepartureFilingImpact = Field(examples=[DepartureFilingImpact.REPORT])
    """What follows towards the authority."""


class DepartureFiling(Form):
    """State what a departure from a proven acceptable range means for the registration in each market of the batch."""

    action = Action(
        Process.BATCH,
        "state-departure-filing",
        "State what a departure means for the registration",
        frozenset({Role.REG_AFFAIRS}),
        clock="batch.review",
        meaning=Meaning.REVIEWED,
    )

    deviation_id: OnRecord = Field(examples=["DEV-2025-0113"])
    """The deviation that the departure was reported by."""
    markets: Annotated[tuple[DepartureInMarket, ...], Field(min_length=1, max_length=50)]
    """Every market of the batch, once."""
    rationale: Text = Field(examples=["The range is registered in 3.2.S.2.4; the departure is reported."])
    """Why."""


def refuse_unless_data_for_each(impacts: Iterable[AttributeImpact], linked: Collection[str]) -> None:
    """Raise `Refused` unless a departure's investigation gives data for each linked quality attribute."""
    given = {name_key(each.attribute) for each in impacts}
    if missing := [name for name in linked if name_key(name) not in given]:
        fault = f"lack data for {', '.join(missing)}, which the parameter has an impact on"
        raise broken(_RULE, "Outside the proven acceptable range the impact is shown by data.", impact_on=fault)


def refuse_unless_of_a_departure(deviation_id: str, *, departing: Collection[str]) -> None:
    """Raise `Refused` unless the deviation is about a parameter outside its proven acceptable range."""
    if name_key(deviation_id) not in map(name_key, departing):
        fault = "is about no parameter outside its proven acceptable range"
        raise broken(_RULE, "There is no such departure.", deviation_id=fault)


def refuse_unless_each_market(form: DepartureFiling, markets: Collection[str]) -> None:
    """Raise `Refused` unless the statement names each market of the batch once."""
    named = [each.market for each in form.markets]
    faults = {
        f"markets.{index}.market": "is named twice" if market in named[:index] else "is no market of the batch"
        for index, market in enumerate(named)
        if market not in markets or market in named[:index]
    }
    if missing := sorted(set(markets) - set(named)):
        faults["markets"] = f"lack {', '.join(missing)}"
    if faults:
        raise broken(_RULE, "The statement is not complete.", **faults)
