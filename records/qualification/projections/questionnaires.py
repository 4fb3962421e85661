"""Questionnaires and their answers, as functions of the journal."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.qualification.qualification import QualificationStage
from domain.qualification.questionnaire import Template
from domain.qualification.questionnaire_drafts import QuestionnaireState
from domain.qualification.questionnaire_forms import (
    Asked,
    OmissionDecision,
    QuestionnaireDeclaration,
    QuestionnaireReview,
    drafting_state,
    is_omitted,
    state_after,
)
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow
from records.qualification.tables.questionnaires import AnswerRow, QuestionnaireRow, QuestionnaireTemplateRow


@follows("template.loaded")
async def load_template(session: AsyncSession, event: Event) -> None:
    """A version of a questionnaire."""
    template = Template.model_validate(event.payload["template"], extra="ignore")
    reason = event.payload.get("reason")
    session.add(
        QuestionnaireTemplateRow(
            template_id=template.template_id,
            version=template.version,
            title=template.title,
            body=event.payload["template"],
            reason=reason if isinstance(reason, str) else None,
            registered_at=event.occurred_at,
            registered_by=event.actor.name,
        )
    )


@follows("questionnaire.sent")
async def send(session: AsyncSession, event: Event) -> None:
    """A questionnaire is sent once; a case keeps the version that it got."""
    if await session.get(QuestionnaireRow, event.stream) is not None:
        return
    effect = part(event, "effect")
    case = await session.get_one(CaseRow, event.stream)
    session.add(
        QuestionnaireRow(
            case_id=event.stream,
            template_id=effect["template_id"],
            template_version=effect["version"],
            activity=min(case.order["activities"]),
            state=QuestionnaireState.SENT.value,
            sent_at=event.occurred_at,
            asked=[],
            critical_gaps=[],
        )
    )


@follows("questionnaire.drafted")
async def draft(session: AsyncSession, event: Event) -> None:
    """The answers that a draft has changed."""
    versions = part(event, "effect")["versions"]
    answers: Any = event.payload["answers"]
    for change in answers:
        q_id = change["q_id"]
        if q_id not in versions:
            continue
        said = {name: change[name] for name in ("value", "documents", "na_reason", "comment")}
        said |= {"version": versions[q_id], "by_person": event.actor.person, "by_name": event.actor.name}
        said |= {"at": event.occurred_at}
        if versions[q_id] == 1:  # new, and many at once: no need to look for it
            session.add(AnswerRow(case_id=event.stream, q_id=q_id, **said))
        else:
            (await session.get_one(AnswerRow, (event.stream, q_id))).sqlmodel_update(said)


@follows("qualification.hand-in-questionnaire")
async def hand_in(session: AsyncSession, event: Event) -> None:
    """The answers are closed, under their hash."""
    row = await session.get_one(QuestionnaireRow, event.stream)
    row.state = QuestionnaireState.HANDED_IN.value
    row.handed_in_at, row.handed_in_by = event.occurred_at, event.actor.name
    row.answers_sha256 = part(event, "effect")["sha256"]


@follows("qualification.declare-questionnaire")
async def declare(session: AsyncSession, event: Event) -> None:
    """Declared answers; or they are open again."""
    form = submitted(event, QuestionnaireDeclaration)
    row = await session.get_one(QuestionnaireRow, event.stream)
    if form.declare:
        row.declared_at, row.declared_sha256 = event.occurred_at, form.answers_sha256
    else:
        _open(row)


@follows("qualification.review-questionnaire")
async def review(session: AsyncSession, event: Event) -> None:
    """A verdict; questions open the next round."""
    form, effect = submitted(event, QuestionnaireReview), part(event, "effect")
    row = await session.get_one(QuestionnaireRow, event.stream)
    row.reviewed_at = event.occurred_at
    row.score, row.critical_gaps = effect["score"], effect["critical_gaps"]
    row.state = state_after(form.verdict).value
    if row.state == QuestionnaireState.CLARIFYING:
        row.round += 1
        asked = []
        for each in form.questions:
            answer = await session.get(AnswerRow, (event.stream, each.q_id))
            version = answer.version if answer else 0
            asked.append(Asked(round=row.round, version=version, **dict(each)).model_dump(mode="json"))
        row.asked = [*row.asked, *asked]
        _open(row)


@follows("qualification.decide-without")
async def omit(session: AsyncSession, event: Event) -> None:
    """A questionnaire that was awaited in vain is closed when the qualification goes on without it."""
    row = await session.get(QuestionnaireRow, event.stream)
    if row is None:
        return
    form = submitted(event, OmissionDecision)
    case = await session.get_one(CaseRow, event.stream)
    if is_omitted(QuestionnaireState(row.state), form.verdict, awaited=case.stage == QualificationStage.QUESTIONNAIRE):
        row.state = QuestionnaireState.OMITTED.value


def _open(row: QuestionnaireRow) -> None:
    row.state = drafting_state(row.round).value
    row.handed_in_at = row.handed_in_by = row.answers_sha256 = None
