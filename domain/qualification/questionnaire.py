"""The self-assessment questionnaire as a versioned template: typed questions in sections (section 4).

A questionnaire is a screen, not a substitute for an audit. What its answers mean is said with each question, so that
a new version of the template changes no line of code.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator

from domain.core.anew import Excepted
from domain.core.forms import Value
from domain.core.text import SAYS_SOMETHING, AsPrinted, ShortText, Text
from domain.core.yaml_text import read
from domain.site.site import Activity

STANDARD = "SQ-GMP"
"""The template that is sent to a site."""

TemplateId = Annotated[str, Field(pattern=r"^SQ-[A-Z][A-Z0-9]{0,19}$")]
"""SQ and a word. Also the stream of its versions in the journal."""
QuestionId = Annotated[str, Field(pattern=r"^[1-9][0-9]?-[1-9][0-9]?$")]
"""Section and number in it: `16-3`. The same in every version; a question that means something else gets a new one."""


Choice = Annotated[ShortText, Excepted(SAYS_SOMETHING, "`No` and `none` answer a question")]
"""An answer to choose."""


class AnswerType(StrEnum):
    """What kind of answer a question takes."""

    BOOL = "BOOL"
    TEXT = "TEXT"
    NUMBER = "NUMBER"
    ENUM = "ENUM"
    DATE = "DATE"
    FILE = "FILE"


class GapRule(Value):
    """Which answers are a gap; one that fits is enough."""

    values: Annotated[tuple[StrictBool | Choice, ...], Field(max_length=20)] = ()
    """For BOOL and ENUM: these answers."""
    below: float | None = None
    """For NUMBER: every smaller number."""
    above: float | None = None
    """For NUMBER: every larger number."""
    older_than_months: Annotated[int, Field(ge=1, le=600)] | None = None
    """For DATE: every day that lies more months back."""

    def types(self) -> frozenset[AnswerType]:
        """The types of questions that the rule can judge; none if it says nothing or too much."""
        said = [
            kinds
            for given, kinds in (
                (bool(self.values), {AnswerType.BOOL, AnswerType.ENUM}),
                (self.below is not None or self.above is not None, {AnswerType.NUMBER}),
                (self.older_than_months is not None, {AnswerType.DATE}),
            )
            if given
        ]
        return frozenset.intersection(*map(frozenset, said)) if said else frozenset()


class Question(Value):
    """One question, its kind of answer and what its answer means."""

    q_id: QuestionId = Field(examples=["1-1"])
    """Section and number in it."""
    text: Annotated[Text, Field(max_length=1000)] = Field(examples=["Is the quality unit independent of production?"])
    """The question in plain language."""
    type: AnswerType = Field(examples=[AnswerType.BOOL])
    """What kind of answer it takes. A FILE question is answered by documents."""
    mandatory: bool = True
    """Whether the questionnaire is incomplete without it."""
    unit: AsPrinted | None = None
    """Unit of a NUMBER."""
    minimum: float | None = None
    """Smallest NUMBER that is accepted."""
    maximum: float | None = None
    """Largest NUMBER that is accepted."""
    options: Annotated[tuple[Choice, ...], Field(max_length=20)] = ()
    """The answers to choose from, for ENUM."""
    gap: GapRule | None = None
    """Which answers are a gap that the risk assessment weighs."""
    critical_gap: GapRule | None = None
    """Which answers bar the acceptance of the questionnaire."""
    excusable: bool = False
    """Whether N/A with its reason clears the critical gap. By default it does not: who calls a critical demand, such as
    the right to audit, not applicable has not met it."""
    weight: Annotated[int, Field(ge=0, le=10)] = 1
    """Its share of the score, for questions that have a gap rule."""
    activities: Annotated[tuple[Activity, ...], Field(max_length=len(Activity))] = ()
    """The activities it is asked for; all if none is named."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if faults := ", ".join(_faults(self)):
            raise ValueError(f"question {self.q_id}: {faults}")
        return self


def _faults(question: Question) -> Iterable[str]:
    kind = question.type
    ranged = question.unit is not None or question.minimum is not None or question.maximum is not None
    if ranged and kind is not AnswerType.NUMBER:
        yield "only a NUMBER has a unit and a range"
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        yield "the minimum is above the maximum"
    if (kind is AnswerType.ENUM) != (len(question.options) > 1):
        yield "an ENUM has two options or more, no other type has any"
    if len(set(question.options)) != len(question.options):
        yield "an option is named twice"
    for name, rule in (("gap", question.gap), ("critical_gap", question.critical_gap)):
        if rule is None:
            continue
        if kind not in rule.types():
            yield f"its {name} does not judge a {kind}"
        elif not set(rule.values) <= ({True, False} if kind is AnswerType.BOOL else set(question.options)):
            yield f"its {name} names an answer that cannot be given"
    if question.excusable and question.critical_gap is None:
        yield "only a critical gap can be excused"


class Section(Value):
    """A section of questions."""

    number: int = Field(ge=1, le=99, examples=[1])
    """Counted from 1."""
    title: ShortText = Field(examples=["Company, ownership and licences"])
    """What it is about."""
    questions: tuple[Question, ...] = Field(min_length=1, max_length=99)
    """Its questions, in order."""


class Template(Value):
    """A version of a questionnaire. Cases keep the version that was sent to them."""

    template_id: TemplateId = Field(examples=[STANDARD])
    """The same in every version."""
    version: int = Field(ge=1, le=1_000_000, examples=[1])
    """Counted from 1."""
    title: ShortText = Field(examples=["Self-assessment of a GMP site"])
    """Title as shown to the site."""
    sections: tuple[Section, ...] = Field(min_length=1, max_length=40)
    """Sections, in order."""

    @model_validator(mode="after")
    def _is_numbered(self) -> Self:
        if [section.number for section in self.sections] != list(range(1, len(self.sections) + 1)):
            raise ValueError("The sections must be numbered from 1 on, without a gap.")
        seen: set[str] = set()
        for section in self.sections:
            for question in section.questions:
                if question.q_id in seen:
                    raise ValueError(f"Question {question.q_id} appears twice.")
                if question.q_id.partition("-")[0] != str(section.number):
                    raise ValueError(f"Question {question.q_id} does not belong into section {section.number}.")
                seen.add(question.q_id)
        return self


def load(text: str) -> Template:
    """Read a template from YAML or JSON. Raises `Refused` (FORM_INVALID) that names each place that is wrong."""
    return read(text, Template, "questionnaire")


def applies(question: Question, activity: Activity) -> bool:
    """Whether the question is asked for the activity."""
    return not question.activities or activity in question.activities


def applicable(template: Template, activity: Activity) -> dict[str, Question]:
    """The questions that are asked for the activity, by id, in the order of the template."""
    return {
        question.q_id: question
        for section in template.sections
        for question in section.questions
        if applies(question, activity)
    }
