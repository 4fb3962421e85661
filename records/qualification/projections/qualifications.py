"""Qualifications, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.qualification.conditions import ConditionalRenewal, ConditionStatus, ConditionVerification
from domain.qualification.decision import DecisionProposal, DecisionSignature, QualificationOutcome
from records.asl.tables.listing import ConditionRow
from records.core.payloads import part, submitted
from records.core.projections.tasks import move_clocks
from records.core.projectors import follows
from records.core.tables.cases import RecordRow
from records.qualification.tables.qualification import QualificationRow

follows("qualification.renew", order=-1)(move_clocks)
"""A renewal gives the conditions of an approval other days."""


@follows("qualification.request", order=1)
async def open_qualification(session: AsyncSession, event: Event) -> None:
    """A requested qualification is listed."""
    form, order = part(event, "form"), part(event, "order")
    scopes = order["scope_ids"]
    assert isinstance(scopes, list)
    session.add(
        QualificationRow(
            case_id=event.stream,
            kind=str(event.payload["kind"]),
            site_id=str(order["site_id"]),
            scope_id=str(scopes[0]),
            need_by=date.fromisoformat(str(form["need_by"])),
        )
    )


@follows("qualification.decide", "qualification.co-sign")
async def decide(session: AsyncSession, event: Event) -> None:
    """The last signature puts a proposal into force, with its conditions."""
    form, effect = part(event, "form"), part(event, "effect")
    if not effect.get("in_force"):
        return
    signature = DecisionSignature.stored(form)
    record = await session.get_one(RecordRow, (event.stream, DecisionProposal.action.name, signature.proposal.version))
    proposal = DecisionProposal.stored(record.form)
    row = await session.get_one(QualificationRow, event.stream)
    row.decision, row.decided_at, row.valid_to = proposal.outcome.value, event.occurred_at, proposal.conditional_to
    for number, condition in enumerate(proposal.conditions, 1):
        session.add(
            ConditionRow(
                case_id=event.stream,
                number=number,
                scope_id=row.scope_id,
                text=condition.text,
                owner=condition.owner,
                due_on=condition.due,
                verification=condition.verification,
                release_relevant=condition.release_relevant,
            )
        )


@follows(*ConditionVerification.action.event_types())
async def meet_condition(session: AsyncSession, event: Event) -> None:
    """A condition is met, in time or late."""
    form = submitted(event, ConditionVerification)
    condition = await session.get_one(ConditionRow, (event.stream, form.number))
    condition.status = ConditionStatus.MET.value
    condition.met_at, condition.met_by = event.occurred_at, event.actor.person


@follows("qualification.condition_unmet", "status.condition_unmet")
async def miss_condition(session: AsyncSession, event: Event) -> None:
    """The day of a condition has passed."""
    condition = await session.get_one(ConditionRow, (event.stream, event.payload["number"]))
    if condition.status == ConditionStatus.OPEN.value:
        condition.status = ConditionStatus.UNMET.value


@follows("qualification.renew")
async def renew(session: AsyncSession, event: Event) -> None:
    """More time, with a new day for each open condition."""
    form = submitted(event, ConditionalRenewal)
    row = await session.get_one(QualificationRow, event.stream)
    row.valid_to, row.renewals = form.conditional_to, row.renewals + 1
    for due in form.dues:
        (await session.get_one(ConditionRow, (event.stream, due.number))).due_on = due.due


@follows("case.closed", order=1)
async def end(session: AsyncSession, event: Event) -> None:
    """A case that is rejected before a proposal was made has that for its decision."""
    row = await session.get(QualificationRow, event.stream)
    if row is not None and event.payload["outcome"] == QualificationOutcome.REJECTED.value:
        row.decision = QualificationOutcome.REJECTED.value
        row.decided_at = row.decided_at or event.occurred_at
