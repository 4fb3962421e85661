"""Inspections of sites by authorities, as functions of the journal."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.case import CaseOrder
from domain.core.events import Event
from domain.inspection.answer import AnswerDates, AnswerTo, FiledAnswer, OutcomeReview, WarningLetter
from domain.inspection.inspection import (
    InspectionNotice,
    InspectionOutcome,
    InspectionOutcomeBySponsor,
    InspectionStart,
    InspectionStartBySponsor,
    joined,
)
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.inspection.tables import InspectionRow


@follows(*InspectionNotice.action.event_types(), order=1)
async def notice(session: AsyncSession, event: Event) -> None:
    """An inspection is known."""
    form, effect = submitted(event, InspectionNotice), part(event, "effect")
    order = CaseOrder.model_validate(event.payload["order"])
    due = effect["notify_due_at"]
    session.add(
        InspectionRow(
            case_id=event.stream,
            site_id=order.site_id,
            scope_ids=list(order.scope_ids),
            authority=form.authority,
            reference=form.reference,
            type=form.type.value,
            announced_on=form.announced_on,
            start=form.start,
            products=list(form.products),
            told_at=event.occurred_at,
            notify_due_at=datetime.fromisoformat(str(due)) if due else None,
            notified_late=bool(effect["notified_late"]),
        )
    )


@follows(*InspectionStart.action.event_types(), *InspectionStartBySponsor.action.event_types())
async def begin(session: AsyncSession, event: Event) -> None:
    """It has begun."""
    (await session.get_one(InspectionRow, event.stream)).start = submitted(event, InspectionStart).started_on


@follows(*InspectionOutcome.action.event_types(), *InspectionOutcomeBySponsor.action.event_types())
async def end(session: AsyncSession, event: Event) -> None:
    """It has ended."""
    form, effect = submitted(event, InspectionOutcome), part(event, "effect")
    row = await session.get_one(InspectionRow, event.stream)
    row.end, row.received_on, row.outcome_at = form.end, form.received_on, event.occurred_at
    row.outcome, row.observations = form.outcome.value, form.observations.model_dump(mode="json")
    row.outcome_late, row.redacted = bool(effect["notified_late"]), form.redacted
    row.commitments = joined(row.commitments, form.commitments)
    if effect["answer"] is not None:
        row.answer_due = AnswerDates.model_validate(effect["answer"]).answer_due


@follows(*WarningLetter.action.event_types())
async def warn(session: AsyncSession, event: Event) -> None:
    """A warning letter has come; another one takes its place."""
    row = await session.get_one(InspectionRow, event.stream)
    row.warned_on, row.warned_at = submitted(event, WarningLetter).received_on, event.occurred_at
    row.letter_answer_due = AnswerDates.model_validate(part(event, "effect")["answer"]).answer_due
    row.letter_answered_on = None


@follows(*FiledAnswer.action.event_types())
async def answer(session: AsyncSession, event: Event) -> None:
    """An answer is filed."""
    form, row = submitted(event, FiledAnswer), await session.get_one(InspectionRow, event.stream)
    if form.answers is AnswerTo.WARNING_LETTER:
        row.letter_answered_on = form.filed_on
    else:
        row.answered_on = form.filed_on
    row.commitments = joined(row.commitments, form.commitments)


@follows(*OutcomeReview.action.event_types())
async def review(session: AsyncSession, event: Event) -> None:
    """It is said what it means. After a letter it is said again; nothing that was opened is taken back."""
    form, row = submitted(event, OutcomeReview), await session.get_one(InspectionRow, event.stream)
    row.for_cause = bool(row.for_cause) or form.for_cause
    row.site_closed = bool(row.site_closed) or form.site_closed
    _open(row, part(event, "effect"))


@follows("inspection.followed")
async def follow(session: AsyncSession, event: Event) -> None:
    """What an outcome or a letter demands was opened."""
    _open(await session.get_one(InspectionRow, event.stream), part(event, "opened"))


def _open(row: InspectionRow, opened: dict[str, list[str]]) -> None:
    before = dict(row.opened or {})
    row.opened = before | {kind: joined(before.get(kind, ()), ids) for kind, ids in opened.items()}
