"""Parameter sets: agreed parameters of a process and the quality attributes that they control (section 7).

ICH Q8(R2) and Q11: a critical process parameter is one whose variability has an impact on a critical quality attribute.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.core.document import Documents
from domain.core.forms import Value
from domain.core.text import Determined, Names, ShortText, Text
from domain.core.units import Unit


def _in_figures(value: object) -> object:
    """Digits of other scripts and underscores are numbers to a computer, and not to who reads a batch record."""
    if isinstance(value, str) and not _FIGURES.fullmatch(value):
        raise ValueError("Write the number in figures, such as 41.2.")
    return value


_FIGURES = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
Number = Annotated[Decimal, BeforeValidator(_in_figures), Field(max_digits=20, decimal_places=10, allow_inf_nan=False)]
"""A measured or agreed value: exact, up to 20 digits, 10 of them after the point."""


class ParameterClass(StrEnum):
    """How much a parameter matters (section 7)."""

    CPP = "CPP"
    """Critical: its variability has an impact on a critical quality attribute."""
    KPP = "KPP"
    """Key: it matters for the process, not for the quality of the product."""
    NON = "NON"


class ParameterSetStatus(StrEnum):
    """Where a parameter set stands."""

    DRAFT = "DRAFT"
    AGREED = "AGREED"
    """Signed by all four; what is registered waits for regulatory affairs."""
    EFFECTIVE = "EFFECTIVE"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"
    """Agreed, but given up before it was effective."""


class Parameter(Value):
    """One parameter of one step, with its normal operating range (NOR) and its proven acceptable range (PAR)."""

    step: ShortText = Field(examples=["Coupling"])
    """The step of the process."""
    name: Determined = Field(examples=["Coupling temperature"])
    """Name, unique in the set."""
    unit: Unit = Field(examples=["Cel"])
    """UCUM unit of the target and of both ranges."""
    target: Number = Field(examples=["40"])
    """What is aimed at."""
    nor_low: Number = Field(examples=["35"])
    """Lower end of the normal operating range, itself included."""
    nor_high: Number = Field(examples=["45"])
    """Upper end of the normal operating range, itself included."""
    par_low: Number = Field(examples=["30"])
    """Lower end of the proven acceptable range, itself included."""
    par_high: Number = Field(examples=["50"])
    """Upper end of the proven acceptable range, itself included."""
    par_unit: Unit | None = Field(default=None, examples=["Cel"])
    """Unit of the proven acceptable range as it was written; must be the same unit."""
    parameter_class: ParameterClass = Field(examples=[ParameterClass.CPP])
    """CPP, KPP or NON."""
    linked_cqas: Names = Field(default=(), examples=[["Impurity I-3"]])
    """Names of the quality attributes that it has an impact on; at least one for a CPP."""
    control: Text | None = Field(default=None, examples=["Jacket control, alarm at 46 °C"])
    """How it is controlled."""
    sample_point: ShortText | None = None
    """Where it is measured."""
    scale: ShortText | None = None
    """The scale that the ranges were shown at."""
    evidence: Documents = ()
    """Documents that show the ranges."""
    registered: bool = False
    """Whether it is part of a marketing authorisation."""


class QualityAttribute(Value):
    """One critical quality attribute and its limits. At least one limit is given."""

    name: Determined = Field(examples=["Impurity I-3"])
    """Name, unique in the set."""
    method: ShortText = Field(examples=["HPLC AM-017"])
    """Method by which it is tested."""
    unit: Unit = Field(examples=["%"])
    """UCUM unit of the limits."""
    limit_low: Number | None = None
    """Lower limit, itself included."""
    limit_high: Number | None = Field(default=None, examples=["0.15"])
    """Upper limit, itself included."""
    stage: ShortText = Field(default="Release", examples=["Release"])
    """Where it applies: in process, release, shelf life."""
    rationale: Text | None = None
    """Why no parameter controls it, if none does."""


class ParameterContent(Value):
    """What a parameter set says."""

    parameters: tuple[Parameter, ...] = Field(min_length=1, max_length=200)
    """Parameters, in the order of the process."""
    attributes: tuple[QualityAttribute, ...] = Field(min_length=1, max_length=100)
    """Critical quality attributes."""
