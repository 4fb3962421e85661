"""Handing the questionnaire in, declaring it, reviewing it, and deciding without it (section 4)."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.core.attestations import Worded
from domain.core.document import Sha256
from domain.core.forms import Action, Audience, Decision, Form, Meaning, Process, Value
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text
from domain.qualification.questionnaire import QuestionId
from domain.qualification.questionnaire_answers import Answers, Gap, Questions, missing
from domain.qualification.questionnaire_drafts import KeptAnswer, QuestionnaireState

_DECLARATION = "The answers are complete and true to the best of our knowledge."


class QuestionnaireHandIn(Form):
    """Hand the questionnaire in. All mandatory questions are answered; the drafts are closed with it."""

    action = Action(
        Process.QUALIFICATION,
        "hand-in-questionnaire",
        "Hand the questionnaire in",
        frozenset({Role.CDMO_QA}),
        clock="sq.response",
        audience=Audience.SHARED,
    )

    note: Text | None = None
    """Anything the reader should know."""


class QuestionnaireDeclaration(Decision):
    """Declare that the answers are complete and true, or open them again."""

    action = Action(
        Process.QUALIFICATION,
        "declare-questionnaire",
        "Declare the questionnaire complete and true",
        frozenset({Role.CDMO_QU_HEAD}),
        clock="sq.response",
        meaning=Meaning.AUTHORED,
        audience=Audience.SHARED,
    )

    declare: bool = Field(examples=[True])
    """Whether the answers are declared. If not, they are open again."""
    answers_sha256: Sha256 = Field(examples=["0" * 64])
    """Hash of the answers that were read, as shown with the questionnaire."""
    statement: Annotated[Text, Worded(_DECLARATION)] = Field(examples=[_DECLARATION])
    """The declaration; or why it is not made."""

    def approves(self) -> bool:
        return self.declare


class QuestionnaireVerdict(StrEnum):
    """What becomes of a questionnaire that was handed in."""

    ACCEPT = "ACCEPT"
    CLARIFY = "CLARIFY"
    """Ask the site again."""
    REFER = "REFER"
    """Leave it to the head of quality."""


class ClarificationQuestion(Value):
    """What is asked about an answer."""

    q_id: QuestionId = Field(examples=["1-1"])
    """The question whose answer is not clear."""
    question: Text = Field(examples=["Please give the number of the authorisation."])
    """What the site shall say; it reads this."""


class QuestionnaireReview(Form):
    """Judge the questionnaire: accept it, ask the site about answers, or refer it to the head of quality."""

    action = Action(
        Process.QUALIFICATION,
        "review-questionnaire",
        "Review the questionnaire",
        frozenset({Role.SUPPLIER_QUALITY}),
        clock="sq.review",
    )

    verdict: QuestionnaireVerdict = Field(examples=[QuestionnaireVerdict.ACCEPT])
    """Accepted only without a critical gap. The site is asked again only so often as the policy allows."""
    questions: tuple[ClarificationQuestion, ...] = Field(default=(), max_length=100)
    """For CLARIFY: what is asked, one entry for each answer."""
    comments: Text = Field(examples=["Answers are consistent with the documents that the site has sent before."])
    """The sponsor's assessment; for REFER what the head of quality should weigh. The site does not read it."""


class OmissionVerdict(StrEnum):
    """How a qualification goes on when the site does not answer, or its answers cannot be accepted."""

    REJECT = "REJECT"
    WITHDRAW = "WITHDRAW"
    GO_ON = "GO_ON"
    """Go on without, and weigh that in the risk assessment."""


class OmissionDecision(Form):
    """Decide how to go on without an answer of the site, or with one that was referred."""

    action = Action(
        Process.QUALIFICATION,
        "decide-without",
        "Decide without the site's answer",
        frozenset({Role.HEAD_QA}),
        clock="sq.decide",
        meaning=Meaning.APPROVED,
    )

    verdict: OmissionVerdict = Field(examples=[OmissionVerdict.GO_ON])
    """Reject the site, withdraw the request, or go on. That there was no answer is evidence in the risk assessment."""
    reason: Text = Field(examples=["The audit will cover what the questionnaire would have told."])
    """Why."""

    def meaning(self) -> Meaning | None:
        return Meaning.REJECTED if self.verdict is OmissionVerdict.REJECT else self.action.meaning


class Asked(BaseModel):
    """A question of a round of clarification. `version` is that of the answer when it was asked."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    round: int
    """The round that it opened, counted from 2: the first is the sending of the questionnaire."""
    q_id: str
    question: str
    version: int


def refuse_unless_handed_in(state: QuestionnaireState) -> None:
    """Raise `Refused` (NOT_OPEN) unless the questionnaire is handed in and not judged yet."""
    if state is not QuestionnaireState.HANDED_IN:
        raise Refused(Code.NOT_OPEN, f"The questionnaire is not handed in: it is {state}.")


def refuse_unless_complete(questions: Questions, answers: dict[str, KeptAnswer], asked: Iterable[Asked]) -> None:
    """Raise `Refused` naming every mandatory question without an answer, and every one asked about but left as it was.

    Section 4: completeness is 100 % of the mandatory questions.
    """
    faults = {f"answers.{q_id}": "is missing" for q_id in missing(questions, answers)}
    for each in asked:
        kept = answers.get(each.q_id)
        if kept is None or kept.version <= each.version:
            faults.setdefault(f"answers.{each.q_id}", "was asked about; change the answer or comment on it")
    if faults:
        message = f"{len(faults)} questions still wait for an answer; draft it with PATCH on the questionnaire."
        raise broken("section 4, questionnaire", message, **faults)


def refuse_unless_read(form: QuestionnaireDeclaration, current: str | None) -> None:
    """Raise `Refused` (VERSION_STALE) when other answers were read than those handed in (21 CFR 11.70)."""
    if form.answers_sha256 != current:
        raise Refused(
            Code.VERSION_STALE,
            "These are not the answers that were handed in; read them again.",
            fields={"answers_sha256": "is not the hash of the answers handed in"},
            rule="section 3",
        )


def refuse_unless_judged(
    review: QuestionnaireReview,
    questions: Questions,
    answers: Answers,
    gaps: Sequence[Gap],
    *,
    rounds: int,
    loops_max: int,
) -> None:
    """Raise `Refused` unless the verdict fits the answers (section 4).

    `rounds` counts the sending and every clarification; `loops_max` is the policy's `clarification_loops_max`.
    """
    open_points = {f"answers.{q_id}": "is missing" for q_id in missing(questions, answers)}
    open_points |= {f"answers.{gap.q_id}": f"is a critical gap: {gap.says}" for gap in gaps if gap.critical}
    if review.verdict is QuestionnaireVerdict.ACCEPT and open_points:
        message = "A questionnaire is accepted only when it is complete and without a critical gap."
        raise broken("section 4, questionnaire", message, **{"verdict": "cannot be ACCEPT", **open_points})
    if review.verdict is QuestionnaireVerdict.CLARIFY and rounds > loops_max:
        message = f"The site was asked {loops_max} times already. Refer the questionnaire to the head of quality."
        raise Refused(Code.LIMIT_REACHED, message, fields={"verdict": "cannot be CLARIFY"}, rule="section 4")
    if faults := _question_faults(review, questions):
        raise broken("section 4, questionnaire", "The questions do not fit.", **faults)


def _question_faults(review: QuestionnaireReview, questions: Collection[str]) -> dict[str, str]:
    if review.verdict is not QuestionnaireVerdict.CLARIFY:
        return {"questions": f"are for CLARIFY, not for {review.verdict}"} if review.questions else {}
    if not review.questions:
        return {"questions": "say what is to be clarified"}
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for index, each in enumerate(review.questions):
        if each.q_id not in questions:
            faults[f"questions.{index}.q_id"] = "is no question of this questionnaire"
        elif each.q_id in seen:
            faults[f"questions.{index}.q_id"] = "is asked twice"
        seen.add(each.q_id)
    return faults


def drafting_state(rounds: int) -> QuestionnaireState:
    """The state in which answers are drafted: sent in the first round, being clarified in a later one."""
    return QuestionnaireState.SENT if rounds == 1 else QuestionnaireState.CLARIFYING


def state_after(verdict: QuestionnaireVerdict) -> QuestionnaireState:
    """The state that a review leaves."""
    return {
        QuestionnaireVerdict.ACCEPT: QuestionnaireState.ACCEPTED,
        QuestionnaireVerdict.CLARIFY: QuestionnaireState.CLARIFYING,
        QuestionnaireVerdict.REFER: QuestionnaireState.REFERRED,
    }[verdict]


def is_omitted(state: QuestionnaireState, verdict: OmissionVerdict, *, awaited: bool) -> bool:
    """Whether a decision closes the questionnaire: it was not accepted yet and the case goes on without it."""
    return awaited and state is not QuestionnaireState.ACCEPTED and verdict is OmissionVerdict.GO_ON
