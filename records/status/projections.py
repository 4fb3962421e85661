"""Suspensions, and conditions of reinstatements, as functions of the journal."""

from datetime import date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.asl.asl import AslStatus
from domain.asl.request import StatusRequest
from domain.batch.holds.holds import BatchState
from domain.core.events import Event
from domain.status.reinstatement import ReinstatementCoSignature, ReinstatementProposal
from domain.status.suspension import REVIEW_DAYS, SuspensionOrder, SuspensionReview, suggested_order
from records.asl.tables.listing import AslRow, ConditionRow
from records.batch.tables.batches import BatchRow
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow, RecordRow, TaskRow
from records.status.cases import what_is_asked
from records.status.tables import SuspensionRow


@follows("status.request", order=1)
async def open_in_force(session: AsyncSession, event: Event) -> None:
    """A suspension that a rule or another case has put into force is listed with the case that leads out of it."""
    request = submitted(event, StatusRequest)
    if not request.in_force:
        return
    newest = select(AslRow).where(col(AslRow.scope_id) == request.scope_id).order_by(col(AslRow.number).desc())
    statement = (await session.exec(newest.limit(1))).first()
    session.add(
        SuspensionRow(
            case_id=event.stream,
            scope_id=request.scope_id,
            site_id=request.site_id,
            scope=request.proposed_scope.value if request.proposed_scope else "",
            reason_code=request.reason_code.value,
            narrative=request.narrative,
            decided_at=event.occurred_at,
            effective_at=statement.effective_from if statement else event.occurred_at,
            affected_batches=await _batches(session, request.scope_id),
            review_every_days=REVIEW_DAYS,
        )
    )


@follows("status.merged")
async def join(session: AsyncSession, event: Event) -> None:
    """What another case has put into force reaches further than before; what is proposed is suggested for decision."""
    request = submitted(event, StatusRequest)
    if not request.in_force:
        await _suggest(session, event)
    row = await session.get(SuspensionRow, event.stream)
    if request.in_force and request.proposed_scope is not None and row is not None:
        await _widen(session, row, request.proposed_scope.value)


@follows("status.withdraw-request")
async def withdraw(session: AsyncSession, event: Event) -> None:
    """What was withdrawn is not suggested any more."""
    await _suggest(session, event)


@follows("status.suspend")
async def suspend(session: AsyncSession, event: Event) -> None:
    """A suspension, with the batches that were open or certified then."""
    order = submitted(event, SuspensionOrder)
    if order.scope is None:
        return
    case = await session.get_one(CaseRow, event.stream)
    needs = {"AUTHORITY": order.notify_authority, "CUSTOMERS": order.notify_customers}
    session.add(
        SuspensionRow(
            case_id=event.stream,
            scope_id=case.scope_ids[0],
            site_id=case.site_id,
            scope=order.scope.value,
            reason_code=order.reason_code.value,
            narrative=order.narrative,
            decided_at=event.occurred_at,
            effective_at=order.effective_at or event.occurred_at,
            affected_batches=await _batches(session, case.scope_ids[0]),
            notify=[who for who, needed in needs.items() if needed],
            exit_criteria=list(order.exit_criteria),
            review_every_days=order.review_every_days,
            next_review=date.fromisoformat(part(event, "effect")["review_on"]),
        )
    )


@follows("status.review")
async def review(session: AsyncSession, event: Event) -> None:
    """Exit criteria, reach and the next review, as the review has left them."""
    form, row = submitted(event, SuspensionReview), await session.get(SuspensionRow, event.stream)
    if row is None:  # a probation
        return
    row.next_review = form.next_review
    if form.exit_criteria is not None:
        row.exit_criteria = list(form.exit_criteria)
    if form.scope is not None:
        await _widen(session, row, form.scope.value)


@follows("asl.changed", order=1)
async def lift(session: AsyncSession, event: Event) -> None:
    """Another status ends the suspensions of a scope, whoever decided it."""
    if event.payload["status"] == AslStatus.SUSPENDED.value:
        return
    query = select(SuspensionRow).where(
        col(SuspensionRow.scope_id) == event.payload["scope_id"], col(SuspensionRow.lifted_at).is_(None)
    )
    for row in (await session.exec(query)).all():
        row.lifted_at = datetime.fromisoformat(str(event.payload["effective_from"]))
        row.lifted_in = str(event.payload["decided_in"])


@follows("status.co-sign-reinstatement")
async def reinstate(session: AsyncSession, event: Event) -> None:
    """The conditions of a conditional reinstatement."""
    effect = part(event, "effect")
    if not effect.get("in_force"):
        return
    version = submitted(event, ReinstatementCoSignature).proposal.version
    record = await session.get_one(RecordRow, (event.stream, ReinstatementProposal.action.name, version))
    case = await session.get_one(CaseRow, event.stream)
    proposal = ReinstatementProposal.stored(record.form)
    for number, condition in enumerate(proposal.conditions, int(str(effect["first_condition"]))):
        session.add(
            ConditionRow(
                case_id=event.stream,
                number=number,
                scope_id=case.scope_ids[0],
                text=condition.text,
                owner=condition.owner,
                due_on=condition.due,
                verification=condition.verification,
                release_relevant=condition.release_relevant,
            )
        )


async def _suggest(session: AsyncSession, event: Event) -> None:
    """The open decision suggests what is still asked for, with the widest reach of it."""
    case = await session.get_one(CaseRow, event.stream)
    suggested = suggested_order(*await what_is_asked(session, case, event))
    query = select(TaskRow).where(
        col(TaskRow.case_id) == event.stream,
        col(TaskRow.action) == SuspensionOrder.action.name,
        col(TaskRow.state) == "OPEN",
    )
    for task in (await session.exec(query)).all():
        task.prefill = {**task.prefill, **suggested}


async def _widen(session: AsyncSession, row: SuspensionRow, scope: str) -> None:
    row.scope = scope
    row.affected_batches = sorted({*row.affected_batches, *await _batches(session, row.scope_id)})


async def _batches(session: AsyncSession, scope_id: str) -> list[str]:
    query = select(BatchRow.batch_id).where(
        col(BatchRow.scope_id) == scope_id, col(BatchRow.state) != BatchState.CLOSED.value
    )
    return sorted((await session.exec(query)).all())
