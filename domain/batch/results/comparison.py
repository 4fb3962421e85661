"""A person compares what the program cannot compare: reads the original, and says whether it meets the limit (G9)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from domain.batch.results.analysis_forms import Source
from domain.batch.results.recomputation import ByPerson
from domain.core.attestations import Known
from domain.core.document import DocumentReference
from domain.core.forms import Action, Form, Meaning, Process, Value
from domain.core.names import name_key, party_key
from domain.core.people import Actor, Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import AsPrinted, Determined, ShortText, Text


class UnreadLine(Value):
    """A result that the program cannot compare with a limit, and why."""

    line: int = Field(ge=0, examples=[0])
    """Number of the line on the certificate or report, from 0."""
    test: Determined = Field(examples=["Appearance"])
    """The test."""
    result: AsPrinted = Field(examples=["off-white powder"])
    """The result, as it is written."""
    limit: AsPrinted = Field(examples=["White to off-white powder"])
    """What it is compared with."""
    doubt: ShortText = Field(examples=["reads otherwise than 'white to off-white powder'; a person compares"])
    """Why the program cannot."""

    @property
    def key(self) -> tuple[int, str, str]:
        """What is asked: the same line is asked about anew where the limit or the doubt is another one."""
        return self.line, self.limit, self.doubt


class ComparedLine(UnreadLine):
    """What a person says of it."""

    meets: bool = Field(examples=[True])
    """Whether the result meets the limit. One that does not is outside its specification."""
    reason: Text = Field(examples=["The original says off-white powder, which is within the description."])
    """What was read, and why it follows."""


Compared = Annotated[tuple[ComparedLine, ...], Field(min_length=1, max_length=500)]


class ResultComparison(Form):
    """Compare the results that the program cannot compare. Nobody compares what they have entered or tested."""

    action = Action(
        Process.BATCH,
        "compare-results",
        "Compare results with their limits",
        frozenset({Role.QC_REVIEWER}),
        clock="batch.review",
        meaning=Meaning.REVIEWED,
        otherwise="The results count as unread, and nothing is released.",
    )

    source: Annotated[Source, Known("where the results are from")] = Field(examples=[Source.COA])
    """Whether they stand on a certificate or on a report of own testing."""
    report: ShortText = Field(examples=["COA-25-0417"])
    """Its number."""
    lines: Compared
    """Every line that is asked about."""
    original: DocumentReference
    """The original that was read: the document of the certificate or report."""
    raw_data: DocumentReference | None = None
    """Raw data that were read beside it."""


class Entered(NamedTuple):
    """A certificate or report: its document, and whose hands it is."""

    report: str
    document_id: str
    persons: Collection[str]
    analysts: Collection[str] = ()
    """Names as they are printed."""

    def is_by(self, actor: Actor) -> bool:
        """Whether somebody has entered it or tested, under whatever account or delegation."""
        by_name = party_key(actor.name) in map(party_key, self.analysts)
        return by_name or not actor.persons.isdisjoint(self.persons)


def refuse_unless_compared(
    form: ResultComparison, actor: Actor, entered: Entered | None, asked: Sequence[UnreadLine]
) -> None:
    """Raise `Refused` unless another person than who has entered it answers for every line that is asked about."""
    if entered is None or not asked:
        fields = {"report": "has no result that waits for a person"}
        raise Refused(Code.NOT_OPEN, "There is nothing to compare.", fields=fields, rule="G9")
    if entered.is_by(actor):
        message = "You have entered it or tested; another person compares."
        fields = {"report": f"{entered.report} is of your hand"}
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, fields=fields, rule="S1")
    faults = _line_faults(form.lines, asked)
    if form.original.document_id != entered.document_id:
        faults["original"] = f"must be {entered.document_id}, the original of {entered.report}"
    if faults:
        raise broken("G9", "The results are not compared like this.", **faults)


def _line_faults(lines: Sequence[ComparedLine], asked: Iterable[UnreadLine]) -> dict[str, str]:
    known = {each.key: each for each in asked}
    faults: dict[str, str] = {}
    times = Counter(each.key for each in lines)
    for index, each in enumerate(lines):
        wanted = known.get(each.key)
        if wanted is None:
            faults[f"lines.{index}.line"] = "is not asked about, with this limit and doubt"
        elif times[each.key] > 1:
            faults[f"lines.{index}.line"] = "is named twice"
        else:
            faults |= _as_written(index, each, wanted)
    if missing := [f"{each.line} ({each.test})" for key, each in known.items() if key not in times]:
        faults["lines"] = f"lack {', '.join(missing[:20])}"
    return faults


def _as_written(index: int, each: ComparedLine, wanted: UnreadLine) -> dict[str, str]:
    names = {"test": name_key(each.test) == name_key(wanted.test), "result": each.result == wanted.result}
    return {f"lines.{index}.{name}": f"is {getattr(wanted, name)}" for name, same in names.items() if not same}


def said_by(line: ComparedLine, form: ResultComparison, by_name: str) -> ByPerson:
    """What a person says of a line, as it is kept."""
    return ByPerson(
        limit=line.limit,
        doubt=line.doubt,
        meets=line.meets,
        by_name=by_name,
        reason=line.reason,
        original=form.original.document_id,
        raw_data=form.raw_data.document_id if form.raw_data is not None else None,
    )
