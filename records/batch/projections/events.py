"""Deviations, results outside specification and changes of batches, as functions of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import DeviationState, OosState, UseKind
from domain.batch.deviations.deviation import BatchChange, DeviationAcceptance, DeviationClosure, DeviationReport
from domain.batch.deviations.reclassification import DeviationReclassification
from domain.batch.making.materials import Use
from domain.batch.results.oos import OosInvestigation, OosLaboratoryPhase, OosOwnLaboratoryPhase, OosReport
from domain.batch.results.oos_review import (
    DiscountConfirmation,
    InvalidationReview,
    RawDataComparison,
    ResamplingDecision,
)
from domain.core.clocks import Deadline
from domain.core.events import Event
from records.batch.numbered import change_of, deviation_of, result_of
from records.batch.projections.batches import keep_use
from records.batch.tables.process import BatchChangeRow, BatchDeviationRow, OosRow
from records.core.payloads import part, submitted
from records.core.projectors import follows


@follows(*DeviationReport.action.event_types())
async def open_deviation(session: AsyncSession, event: Event) -> None:
    """A deviation is known."""
    form = submitted(event, DeviationReport)
    session.add(
        BatchDeviationRow(
            batch_id=event.stream,
            deviation_id=form.deviation_id,
            deviation_class=form.deviation_class.value,
            state=DeviationState.OPEN.value,
            description=form.description,
            parameter=form.parameter,
            detected_at=form.detected_at,
            reported_at=event.occurred_at,
        )
    )
    for number in form.equipment:
        await keep_use(session, event.stream, Use(UseKind.EQUIPMENT, number))


@follows("task.opened", order=-1)
async def date_deviation(session: AsyncSession, event: Event) -> None:
    """The task of its closure says by when it is to be closed."""
    if event.payload["action"] != DeviationClosure.action.name or event.payload["deadline"] is None:
        return
    row = await deviation_of(session, event.stream, str(part(event, "prefill")["deviation_id"]))
    if row is not None and row.due_at is None:
        row.due_at = Deadline.model_validate(event.payload["deadline"]).due_at


@follows(*DeviationClosure.action.event_types())
async def close_deviation(session: AsyncSession, event: Event) -> None:
    """It is investigated, with its impact on the batch."""
    form = submitted(event, DeviationClosure)
    row = await deviation_of(session, event.stream, form.deviation_id)
    assert row is not None, "It is reported before."
    row.state, row.closed_at, row.impact = DeviationState.CLOSED.value, event.occurred_at, form.impact


@follows(*DeviationAcceptance.action.event_types())
async def judge_deviation(session: AsyncSession, event: Event) -> None:
    """The qualified person accepts its assessment, or it is open again."""
    form = submitted(event, DeviationAcceptance)
    row = await deviation_of(session, event.stream, form.deviation_id)
    assert row is not None, "It is reported before."
    if form.accept:
        row.state, row.accepted_by = DeviationState.ACCEPTED.value, event.actor.person
    else:
        row.state, row.closed_at = DeviationState.OPEN.value, None


@follows(*DeviationReclassification.action.event_types())
async def reclassify_deviation(session: AsyncSession, event: Event) -> None:
    """It is graver; what was accepted of the lighter one is judged again."""
    form = submitted(event, DeviationReclassification)
    row = await deviation_of(session, event.stream, form.deviation_id)
    assert row is not None, "It is reported before."
    row.deviation_class = form.deviation_class.value
    if row.state == DeviationState.ACCEPTED.value:
        row.state, row.accepted_by = DeviationState.CLOSED.value, None


@follows(*BatchChange.action.event_types())
async def keep_change(session: AsyncSession, event: Event) -> None:
    """The batch is made under a change; said again, the last word counts."""
    form, case_id = submitted(event, BatchChange), part(event, "effect")["case_id"]
    row = await change_of(session, event.stream, form.change_id)
    if row is None:
        row = BatchChangeRow(batch_id=event.stream, change_id=form.change_id, description=form.description)
        session.add(row)
    row.description, row.case_id = form.description, case_id


@follows(*OosReport.action.event_types())
async def open_result(session: AsyncSession, event: Event) -> None:
    """A result stands until a cause in the laboratory is documented."""
    form = submitted(event, OosReport)
    session.add(
        OosRow(
            batch_id=event.stream,
            oos_id=form.oos_id,
            kind=form.kind.value,
            test=form.test,
            result=form.result,
            unit=form.unit,
            limit=form.limit,
            retests_planned=form.retests_planned,
            state=OosState.LABORATORY.value,
            detected_at=form.detected_at,
            reported_at=event.occurred_at,
            own_laboratory=form.own_laboratory,
        )
    )
    if form.analyst is not None:
        await keep_use(session, event.stream, Use(UseKind.ANALYST, form.analyst))
    for number in form.equipment:
        await keep_use(session, event.stream, Use(UseKind.EQUIPMENT, number))


@follows("batch.result_opened")
async def open_found_result(session: AsyncSession, event: Event) -> None:
    """A result on a certificate or a report fails the registered specification; the program has opened it."""
    said = event.payload
    market = said["market"]
    session.add(
        OosRow(
            batch_id=event.stream,
            oos_id=str(said["oos_id"]),
            kind=str(said["kind"]),
            test=str(said["test"]),
            result=str(said["result"]),
            unit=str(said["unit"]),
            limit=str(said["limit"]),
            state=OosState.LABORATORY.value,
            detected_at=event.occurred_at,
            reported_at=event.occurred_at,
            own_laboratory=bool(said["own_laboratory"]),
            opened_from=str(said["opened_from"]),
            report=str(said["report"]),
            market=str(market) if market is not None else None,
        )
    )


@follows(
    *OosLaboratoryPhase.action.event_types(),
    *OosOwnLaboratoryPhase.action.event_types(),
    *OosInvestigation.action.event_types(),
)
async def move_result(session: AsyncSession, event: Event) -> None:
    """A phase of its investigation is closed."""
    form = part(event, "form")
    row = await result_of(session, event.stream, str(form["oos_id"]))
    assert row is not None, "It is reported before."
    row.state = str(part(event, "effect")["state"])
    row.conclusion = str(form["conclusion"])
    row.decided_by, row.decided_at = event.actor.person, event.occurred_at
    if form.get("cause") is not None:
        row.cause = str(form["cause"])
        raw_data = form.get("raw_data")
        row.raw_data = str(raw_data["document_id"]) if isinstance(raw_data, dict) else None


@follows(
    *RawDataComparison.action.event_types(),
    *InvalidationReview.action.event_types(),
    *DiscountConfirmation.action.event_types(),
)
async def see_result(session: AsyncSession, event: Event) -> None:
    """One of the sponsor has seen why it is to count no more, or lets it stand."""
    row = await result_of(session, event.stream, str(part(event, "form")["oos_id"]))
    assert row is not None, "It is reported before."
    row.state = str(part(event, "effect")["state"])
    is_seen = bool(part(event, "form")["agrees"])
    row.seen_by = ", ".join(filter(None, [row.seen_by, event.actor.name])) if is_seen else None
    row.decided_by, row.decided_at = event.actor.person, event.occurred_at


@follows(*ResamplingDecision.action.event_types())
async def allow_resampling(session: AsyncSession, event: Event) -> None:
    """Samples are taken anew."""
    row = await result_of(session, event.stream, submitted(event, ResamplingDecision).oos_id)
    assert row is not None, "It is reported before."
    row.resampling = True
