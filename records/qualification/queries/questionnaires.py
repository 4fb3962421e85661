"""Questionnaires as people see them: versions for the sponsor, the one of a case for the site as well (S6).

What an answer means (gaps, weights, score) is the sponsor's own.
"""

from pydantic import AwareDatetime
from sqlmodel import col, literal, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import tuple_

from domain.core.document import DocumentReference
from domain.core.forms import Process
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.qualification.questionnaire import AnswerType, Question, Section, Template, applies
from domain.qualification.questionnaire_answers import AnswerValue, completeness, missing
from domain.qualification.questionnaire_drafts import KeptAnswer, QuestionnaireState
from domain.qualification.questionnaire_forms import Asked
from domain.qualification.views import QuestionnaireSummary
from records.core.queries import pages
from records.core.queries.visibility import reads_everything, visible_case
from records.qualification.questionnaires import Questionnaire, questionnaire_of, template_of
from records.qualification.tables.questionnaires import QuestionnaireTemplateRow


class TemplateSummary(View):
    """A version of a questionnaire in a list."""

    template_id: str
    version: int
    title: str
    reason: str | None
    """Why it was made; none for the version that the system came with."""
    registered_at: AwareDatetime
    registered_by: str
    url: str


class TemplateList(View):
    """A page of versions."""

    items: tuple[TemplateSummary, ...]
    next: str | None = None
    """Cursor of the next page; absent on the last one."""


class AnswerView(View):
    """An answer as it stands."""

    version: int
    """To be named when it is changed."""
    value: AnswerValue | None
    documents: tuple[DocumentReference, ...]
    na_reason: str | None
    comment: str | None
    by_name: str
    at: AwareDatetime


class QuestionView(View):
    """A question with its answer."""

    q_id: str
    text: str
    type: AnswerType
    mandatory: bool
    unit: str | None
    minimum: float | None
    maximum: float | None
    options: tuple[str, ...]
    answer: AnswerView | None = None


class SectionView(View):
    """A section of the questions that are asked of the site."""

    number: int
    title: str
    questions: tuple[QuestionView, ...]


class QuestionnaireView(QuestionnaireSummary):
    """A questionnaire with its questions and answers."""

    case_id: str
    title: str
    missing: tuple[str, ...]
    """Mandatory questions without an answer."""
    open_questions: tuple[Asked, ...]
    """What the site is asked to clarify now."""
    clarifications: tuple[Asked, ...]
    """What it was asked in all rounds."""
    sections: tuple[SectionView, ...]


async def templates(session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int) -> TemplateList:
    """The versions of all questionnaires, by id and version."""
    _refuse_outsiders(actor)
    key = tuple_(col(QuestionnaireTemplateRow.template_id), col(QuestionnaireTemplateRow.version))
    query = select(QuestionnaireTemplateRow)
    if cursor is not None:
        query = query.where(key > tuple_(*map(literal, _key(cursor))))
    order = col(QuestionnaireTemplateRow.template_id), col(QuestionnaireTemplateRow.version)
    rows = (await session.exec(query.order_by(*order).limit(limit + 1))).all()
    following = pages.encode((rows[limit - 1].template_id, rows[limit - 1].version)) if len(rows) > limit else None
    return TemplateList(items=tuple(map(_listed, rows[:limit])), next=following)


async def one_template(session: AsyncSession, actor: Actor, template_id: str, version: int) -> Template:
    """A version of a questionnaire. Raises `Refused`: WRONG_ORGANISATION, NOT_FOUND."""
    _refuse_outsiders(actor)
    return await template_of(session, template_id, version)


async def questionnaire_summary(session: AsyncSession, actor: Actor, case_id: str) -> QuestionnaireSummary | None:
    """The questionnaire of a case that the actor sees; `None` if none was sent."""
    found = await questionnaire_of(session, case_id)
    return _summary(actor, found) if found else None


async def one_questionnaire(session: AsyncSession, actor: Actor, case_id: str) -> QuestionnaireView:
    """The questionnaire of a case with all answers. Raises `Refused` (NOT_FOUND)."""
    await visible_case(session, actor, Process.QUALIFICATION.value, case_id)
    found = await questionnaire_of(session, case_id)
    if found is None:
        raise Refused(Code.NOT_FOUND, "No questionnaire has been sent in this case.")
    return QuestionnaireView(
        **dict(_summary(actor, found)),
        case_id=case_id,
        title=found.template.title,
        missing=missing(found.questions, found.answers),
        open_questions=found.asked if found.state is QuestionnaireState.CLARIFYING else (),
        clarifications=found.all_asked,
        sections=tuple(filter(None, (_section(section, found) for section in found.template.sections))),
    )


def _summary(actor: Actor, found: Questionnaire) -> QuestionnaireSummary:
    row, inside = found.row, reads_everything(actor)
    return QuestionnaireSummary(
        template_id=row.template_id,
        version=row.template_version,
        state=found.state,
        round=row.round,
        sent_at=row.sent_at,
        handed_in_at=row.handed_in_at,
        answers_sha256=row.answers_sha256,
        declared=row.answers_sha256 is not None and row.declared_sha256 == row.answers_sha256,
        completeness=completeness(found.questions, found.answers),
        score=found.score if inside else None,
        gaps=found.gaps if inside else None,
        url=f"/v1/{Process.QUALIFICATION.value}/{row.case_id}/questionnaire",
    )


def _section(section: Section, found: Questionnaire) -> SectionView | None:
    asked = [question for question in section.questions if applies(question, found.activity)]
    shown = tuple(_question(question, found.answers.get(question.q_id)) for question in asked)
    return SectionView(number=section.number, title=section.title, questions=shown) if shown else None


def _question(question: Question, kept: KeptAnswer | None) -> QuestionView:
    return QuestionView(
        **question.model_dump(include=set(QuestionView.model_fields)),
        answer=AnswerView.model_validate(kept, from_attributes=True) if kept else None,
    )


def _listed(row: QuestionnaireTemplateRow) -> TemplateSummary:
    url = f"/v1/questionnaires/{row.template_id}/{row.version}"
    return TemplateSummary(**row.model_dump(exclude={"body"}), url=url)


def _key(cursor: str) -> tuple[str, int]:
    match pages.decode(cursor):
        case (str(template_id), int(version)):
            return template_id, version
    raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields={"cursor": "of another list"})


def _refuse_outsiders(actor: Actor) -> None:
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "What answers mean is the sponsor's own.", rule="S6")
