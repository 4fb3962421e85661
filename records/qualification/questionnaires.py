"""A questionnaire as the records hold it: what was asked, and the answers as they stand."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.refusals import Code, Refused
from domain.qualification.questionnaire import Question, Template, applicable
from domain.qualification.questionnaire_answers import AnswerContent, Gap, gaps, score
from domain.qualification.questionnaire_drafts import KeptAnswer, QuestionnaireState
from domain.qualification.questionnaire_forms import Asked
from domain.site.site import Activity
from records.qualification.tables.questionnaires import AnswerRow, QuestionnaireRow, QuestionnaireTemplateRow


@dataclass(frozen=True)
class Questionnaire:
    """One questionnaire of a case, with everything that its rules need."""

    row: QuestionnaireRow
    template: Template
    answers: dict[str, KeptAnswer]

    @property
    def activity(self) -> Activity:
        return Activity(self.row.activity)

    @property
    def state(self) -> QuestionnaireState:
        return QuestionnaireState(self.row.state)

    @property
    def questions(self) -> dict[str, Question]:
        """The questions that are asked of the site."""
        return applicable(self.template, self.activity)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The questions of the present round of clarification."""
        return tuple(each for each in self.all_asked if each.round == self.row.round)

    @property
    def all_asked(self) -> tuple[Asked, ...]:
        """The questions of all rounds of clarification."""
        return tuple(Asked.model_validate(each) for each in self.row.asked)

    @property
    def judged_on(self) -> date:
        """The day from which ages are counted: that of the handing in, so that a score does not change by itself."""
        return (self.row.handed_in_at or self.row.sent_at).date()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The answers that fall short."""
        return gaps(self.questions, self.answers, on=self.judged_on)

    @property
    def score(self) -> float:
        """0 to 100."""
        return score(self.questions, self.answers, on=self.judged_on)


async def questionnaire_of(session: AsyncSession, case_id: str) -> Questionnaire | None:
    """The questionnaire of a case; `None` if none was sent."""
    row = await session.get(QuestionnaireRow, case_id)
    if row is None:
        return None
    template = await template_of(session, row.template_id, row.template_version)
    kept = (await session.exec(select(AnswerRow).where(col(AnswerRow.case_id) == case_id))).all()
    return Questionnaire(row, template, {answer.q_id: _kept(answer) for answer in kept})


async def sent_questionnaire(session: AsyncSession, case_id: str) -> Questionnaire:
    """The questionnaire of a case. Raises `Refused` (NOT_OPEN) if none was sent."""
    found = await questionnaire_of(session, case_id)
    if found is None:
        raise Refused(Code.NOT_OPEN, "No questionnaire has been sent in this case.")
    return found


async def template_of(session: AsyncSession, template_id: str, version: int) -> Template:
    """A version of a questionnaire. Raises `Refused` (NOT_FOUND)."""
    row = await session.get(QuestionnaireTemplateRow, (template_id, version))
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such version of a questionnaire.")
    return Template.model_validate(row.body, extra="ignore")


async def newest_version(session: AsyncSession, template_id: str) -> int:
    """The newest version of a questionnaire; 0 if there is none."""
    query = select(QuestionnaireTemplateRow.version).where(col(QuestionnaireTemplateRow.template_id) == template_id)
    return (await session.exec(query.order_by(col(QuestionnaireTemplateRow.version).desc()).limit(1))).first() or 0


def _kept(row: AnswerRow) -> KeptAnswer:
    fields = {name: getattr(row, name) for name in (*AnswerContent.model_fields, "version", "by_name", "at")}
    return KeptAnswer.model_validate(fields, extra="ignore")
