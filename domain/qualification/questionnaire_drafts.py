"""Filling a questionnaire in together: drafts of single answers that nobody overwrites unseen (section 14)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from domain.core.forms import Action, Audience, Form
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.qualification.questionnaire import QuestionId, Template, applicable
from domain.qualification.questionnaire_answers import AnswerContent, answer_faults
from domain.site.site import Activity


class QuestionnaireState(StrEnum):
    """Where a questionnaire stands."""

    SENT = "SENT"
    HANDED_IN = "HANDED_IN"
    CLARIFYING = "CLARIFYING"
    """Sent back with questions; only the answers asked about may change."""
    ACCEPTED = "ACCEPTED"
    REFERRED = "REFERRED"
    """Before the head of quality."""
    OMITTED = "OMITTED"
    """The qualification went on without it, or without its acceptance."""

    @property
    def is_open(self) -> bool:
        """Whether answers may be drafted."""
        return self in {QuestionnaireState.SENT, QuestionnaireState.CLARIFYING}


class KeptAnswer(AnswerContent):
    """An answer as it stands, and who put it there."""

    version: int
    """Counts the changes of this answer, from 1."""
    by_name: str
    at: AwareDatetime


class AnswerChange(AnswerContent):
    """One answer as it shall be. What is left out is empty afterwards."""

    q_id: QuestionId = Field(examples=["1-1"])
    """The question."""
    version: int = Field(ge=0, le=1_000_000, examples=[0])
    """The version of the answer that you have read; 0 if there was none."""

    def content(self) -> AnswerContent:
        """The answer alone."""
        return AnswerContent.model_validate(self.model_dump(include=set(AnswerContent.model_fields)))


class AnswerDraft(Form):
    """Draft answers to the questionnaire. Several people may do so at once; all are taken or none."""

    action = Action(
        None,
        "draft-answers",
        "Draft answers to the questionnaire",
        frozenset({Role.CDMO_QA, Role.CDMO_TECH, Role.CDMO_PM, Role.CDMO_QU_HEAD}),
        audience=Audience.SHARED,
    )

    answers: Annotated[tuple[AnswerChange, ...], Field(min_length=1, max_length=300)]
    """The answers to change, each question once."""


def refuse_unless_open(state: QuestionnaireState, handed_in_by: str | None, handed_in_at: datetime | None) -> None:
    """Raise `Refused` (NOT_OPEN) when answers can no longer be drafted, with who handed them in and when."""
    if not state.is_open:
        raise Refused(
            Code.NOT_OPEN,
            f"The questionnaire is {state}; its answers stay as they are.",
            who=handed_in_by,
            when=handed_in_at.isoformat() if handed_in_at else None,
        )


def refuse_unless_valid(
    draft: AnswerDraft, template: Template, activity: Activity, *, asked: Collection[str] | None
) -> None:
    """Raise `Refused` with every fault of a draft (section 4).

    `asked` are the questions of a round of clarification; only these may change in it. `None` before the first one.
    """
    questions = applicable(template, activity)
    every = {question.q_id for section in template.sections for question in section.questions}
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for index, change in enumerate(draft.answers):
        path, question = f"answers.{index}", questions.get(change.q_id)
        if change.q_id in seen:
            faults[f"{path}.q_id"] = "is answered twice"
        elif question is None:
            known = f"is not asked for {activity}" if change.q_id in every else "is no question of this questionnaire"
            faults[f"{path}.q_id"] = known
        elif asked is not None and change.q_id not in asked:
            faults[f"{path}.q_id"] = "is not among the questions asked in this round"
        else:
            faults |= {f"{path}.{field}": fault for field, fault in answer_faults(question, change).items()}
        seen.add(change.q_id)
    if faults:
        raise broken("section 4, questionnaire", "An answer is not valid.", **faults)


def changed(draft: AnswerDraft, kept: Mapping[str, KeptAnswer]) -> dict[str, int]:
    """The answers that the draft changes, with their new versions. Who says what is there already changes nothing.

    Raises `Refused` (CONFLICT) if another version of an answer was read than there is now: nobody overwrites unseen.
    """
    versions: dict[str, int] = {}
    faults: dict[str, str] = {}
    first: KeptAnswer | None = None
    for index, change in enumerate(draft.answers):
        now = kept.get(change.q_id)
        if now is not None and now.model_dump(include=set(AnswerContent.model_fields)) == change.content().model_dump():
            continue
        version = now.version if now else 0
        if change.version != version:
            faults[f"answers.{index}.version"] = (
                f"{now.by_name} changed this answer at {now.at.isoformat()}; it is now version {version}"
                if now
                else "there is no answer yet: its version is 0"
            )
            first = first or now
        versions[change.q_id] = version + 1
    if faults:
        raise Refused(
            Code.CONFLICT,
            "Somebody else has changed an answer meanwhile. Nothing was saved; read it and try again.",
            fields=faults,
            who=first.by_name if first else None,
            when=first.at.isoformat() if first else None,
        )
    return versions
