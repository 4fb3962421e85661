"""Registered specifications: the tests of a product, and the limits that its results are compared with (ICH Q6A)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.core.countries import Country
from domain.core.forms import Value
from domain.core.names import name_key
from domain.core.refusals import broken
from domain.core.rounding import decimals_of
from domain.core.text import AsPrinted, Determined, ShortText
from domain.core.units import Unit
from domain.exchange.parameters import Number

PREFIX = "SPEC-"


class ResultKind(StrEnum):
    """What a result of a test is."""

    NUMERIC = "NUMERIC"
    TEXT = "TEXT"


class LineMode(StrEnum):
    """How a batch meets a line (section 19, gate G9)."""

    EVERY_BATCH = "EVERY_BATCH"
    """Each batch is tested."""
    PERIODIC = "PERIODIC"
    """Not each batch is tested; the last one that was stands for those after it (ICH Q6A, 2.1)."""
    RTRT = "RTRT"
    """Real time release testing: data of the process take the place of a test of the product (EU GMP Annex 17)."""
    PARAMETRIC = "PARAMETRIC"
    """Parametric release: data of the sterilisation take the place of the test for sterility (EU GMP Annex 17)."""
    LIMIT_TEST = "LIMIT_TEST"
    """The test only shows that a limit is kept: `complies`, or below the limit, is its result."""

    @property
    def rests_on_data(self) -> bool:
        """Whether data of the batch take the place of a test of the product."""
        return self in (LineMode.RTRT, LineMode.PARAMETRIC)

    @property
    def words(self) -> str:
        """The mode as people say it."""
        return _MODES[self]

    @property
    def needs_approval(self) -> bool:
        """Whether a market has to have approved it."""
        return self is LineMode.PERIODIC or self.rests_on_data


_MODES = {
    LineMode.EVERY_BATCH: "testing of each batch",
    LineMode.PERIODIC: "periodic testing",
    LineMode.RTRT: "real time release testing",
    LineMode.PARAMETRIC: "parametric release",
    LineMode.LIMIT_TEST: "a limit test",
}


class ModeApproval(Value):
    """A market has approved the mode of a line."""

    market: Country = Field(examples=["EU"])
    """The market."""
    reference: ShortText = Field(examples=["EMEA/H/C/000123/II/0042, report PR-17 on the sterilisation"])
    """The approval there, and the data that it rests on."""


class SpecificationStatus(StrEnum):
    """Where a version of a specification stands."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    """The only one that counts."""
    REJECTED = "REJECTED"


class SpecifiedTest(Value):
    """One test, and what its results must be. Every individual result is compared; none is averaged away."""

    name: Determined = Field(examples=["Impurity I-3"])
    """Name as certificates print it, unique in the specification; case and spaces do not matter."""
    method: ShortText = Field(examples=["HPLC AM-017"])
    """The registered method."""
    kind: ResultKind = Field(examples=[ResultKind.NUMERIC])
    """Whether a result is a number or a text."""
    unit: Unit | None = Field(default=None, examples=["%"])
    """UCUM unit of the limits; `1` for a number without a unit. Required for numbers."""
    lower: Number | None = None
    """Lower limit. A test with numeric results has one limit at least."""
    lower_inclusive: bool = True
    """Whether the lower limit itself passes."""
    upper: Number | None = Field(default=None, examples=["0.15"])
    """Upper limit."""
    upper_inclusive: bool = True
    """Whether the upper limit itself passes: `≤ 0.15` against `< 0.15`."""
    decimals: int | None = Field(default=None, ge=0, le=10, examples=[2])
    """Decimals that the limits are stated to; by default those they are written with."""
    replicates_min: int = Field(default=1, ge=1, le=50)
    """Individual results that a certificate must list at least."""
    reporting_threshold: Number | None = Field(default=None, ge=0)
    """Below this nothing is reported as a number (ICH Q3A); what `not detected` is at most."""
    expected: AsPrinted | None = Field(default=None, examples=["Conforms"])
    """What a text result must be. Required for texts."""
    identity: bool = False
    """Whether it shows the identity; the sponsor's own testing includes every such test (21 CFR 211.84(d)(2))."""

    mode: LineMode = LineMode.EVERY_BATCH
    """How a batch meets the line."""
    within: int | None = Field(default=None, ge=1, le=200, examples=[10])
    """Of a line that is tested periodically: the last tested batch is one of so many that were made before."""
    approvals: Annotated[tuple[ModeApproval, ...], Field(max_length=60)] = ()
    """The markets that have approved the mode; required where not each batch is tested. Elsewhere it fails."""

    @property
    def takes_words(self) -> bool:
        """Whether `complies` is a result, though the limit is a number."""
        return self.mode is LineMode.LIMIT_TEST or self.mode.rests_on_data

    def places(self) -> int:
        """The decimals that results are rounded to."""
        stated = [decimals_of(limit) for limit in (self.lower, self.upper) if limit is not None]
        return self.decimals if self.decimals is not None else max(stated, default=0)


Tests = Annotated[tuple[SpecifiedTest, ...], Field(min_length=1, max_length=200)]


def stream_of(scope_id: str) -> str:
    """The record that all versions of a scope's specification are versions of; also the stream of its events."""
    return f"{PREFIX}{scope_id}"


def limit_of(test: SpecifiedTest) -> str:
    """The registered limit in words: `≤ 0.15 %`."""
    if test.expected is not None:
        return test.expected
    unit = "" if test.unit in (None, "1") else f" {test.unit}"
    parts = []
    if test.lower is not None:
        parts.append(f"{'≥' if test.lower_inclusive else '>'} {test.lower:f}{unit}")
    if test.upper is not None:
        parts.append(f"{'≤' if test.upper_inclusive else '<'} {test.upper:f}{unit}")
    return " and ".join(parts)


def refuse_unless_specified(tests: Sequence[SpecifiedTest]) -> None:
    """Raise `Refused` naming every test that results could not be compared with."""
    keys = [name_key(test.name) for test in tests]
    faults: dict[str, str] = {}
    for index, test in enumerate(tests):
        if keys[index] in keys[:index]:
            faults[f"tests.{index}.name"] = "is named twice"
        found = _text_faults(test) if test.kind is ResultKind.TEXT else _limit_faults(test)
        faults |= {f"tests.{index}.{field}": fault for field, fault in (found | _mode_faults(test)).items()}
    if faults:
        raise broken("G9", "A test is not fully specified.", **faults)


def _mode_faults(test: SpecifiedTest) -> dict[str, str]:
    faults = {}
    if (test.mode is LineMode.PERIODIC) != (test.within is not None):
        faults["within"] = "is given exactly for a line that is tested periodically"
    if test.mode.needs_approval and not test.approvals:
        faults["approvals"] = f"name the markets that have approved {test.mode.words}, with the data"
    if test.approvals and not test.mode.needs_approval:
        faults["approvals"] = "belong to a line of which not each batch is tested"
    markets = [each.market for each in test.approvals]
    if len(set(markets)) < len(markets):
        faults["approvals"] = "name each market once"
    return faults


def _text_faults(test: SpecifiedTest) -> dict[str, str]:
    numeric = ("unit", "lower", "upper", "decimals", "reporting_threshold")
    faults = {name: "belongs to a number" for name in numeric if getattr(test, name) is not None}
    return faults | ({} if test.expected else {"expected": "say what the text must be"})


def _limit_faults(test: SpecifiedTest) -> dict[str, str]:
    faults = {"expected": "belongs to a text"} if test.expected else {}
    if test.unit is None:
        faults["unit"] = "give the unit of the limits; 1 if there is none"
    if test.lower is None and test.upper is None:
        faults["upper"] = "give a limit"
    if test.lower is not None and test.upper is not None and test.lower > test.upper:
        faults["lower"] = "is above the upper limit"
    written = [decimals_of(limit) for limit in (test.lower, test.upper) if limit is not None]
    if test.decimals is not None and written and test.decimals < max(written):
        faults["decimals"] = "are fewer than the limits have"
    return faults
