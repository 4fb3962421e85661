"""What is learned, reviewed and taken back after the release of a batch, as functions of the journal."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.batch import MarketDecision
from domain.batch.holds.holds import BatchState
from domain.batch.market_refusal import RefusedAs
from domain.core.events import Event
from domain.core.forms import Process
from domain.policy.authority_report import FIELD_ALERT
from domain.release.field_alert import FieldAlertAssessment
from domain.release.recall import RecallClosure, RecallPlan
from domain.release.release_review import ReleaseOutcome, ReleaseReview
from records.batch.settling import settle, stand_anew, state_grounds
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.batch.under_review import open_demands
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.cases import TaskRow
from records.release.tables import AuthorityAnswerRow, ReleaseReviewRow, SupplyExceptionRow


@follows("batch.review_demanded")
async def demand_review(session: AsyncSession, event: Event) -> None:
    """What was learned after the release is to be reviewed."""
    fact = part(event, "fact") if "fact" in event.payload else {}
    session.add(
        ReviewDemandRow(
            batch_id=event.stream,
            number=event.number,
            reason=str(event.payload["reason"]),
            cause=str(event.payload["cause"]),
            demanded_at=event.occurred_at,
            received_at=_instant(event.payload.get("received_at")),
            fact_kind=_text(fact.get("kind")),
            fact_identity=_text(fact.get("identity")),
        )
    )
    (await session.get_one(BatchRow, event.stream)).review_open = True


@follows("batch.release_confirmed")
async def confirm_elsewhere(session: AsyncSession, event: Event) -> None:
    """The release is confirmed for some markets in another case."""
    markets, numbers = event.payload.get("markets"), numbers_in(event.payload["demands"])
    if isinstance(markets, list):
        await _answer(session, event, numbers, [str(each) for each in markets])
    await close_demands(session, event, _settled(event.payload, numbers), str(event.payload["cause"]))


@follows(*ReleaseReview.action.event_types())
async def review_release(session: AsyncSession, event: Event) -> None:
    """The release stands, or is taken back for some markets."""
    form = submitted(event, ReleaseReview)
    withdrawn, recalled = form.markets(ReleaseOutcome.WITHDRAW), form.markets(ReleaseOutcome.RECALL)
    session.add(
        ReleaseReviewRow(
            batch_id=event.stream,
            number=event.number,
            reviewed_by=event.actor.person,
            reviewed_at=event.occurred_at,
            impact=form.impact,
            confirmed=[*form.markets(ReleaseOutcome.CONFIRM)],
            withdrawn=[*withdrawn],
            recalled=[*recalled],
            field_alert=form.consider_field_alert,
            reports=dict.fromkeys(form.authority_reports),
        )
    )
    effect = part(event, "effect")
    if "reviewed" in effect:
        await _answer(session, event, numbers_in(effect["demands"]), [each.market for each in form.outcomes])
    await close_demands(session, event, _settled(effect, set(form.demands)), event.stream)
    for market in (*withdrawn, *recalled):
        await _take_back(
            session, event, form, market, RefusedAs.RECALLED if market in recalled else RefusedAs.WITHDRAWN
        )


async def _take_back(session: AsyncSession, event: Event, form: ReleaseReview, market: str, how: RefusedAs) -> None:
    """What was released for a market, and what went there under exceptions: nothing more goes under these."""
    row = await session.get_one(BatchMarketRow, (event.stream, market))
    row.supply_stands = False
    query = select(SupplyExceptionRow).where(
        col(SupplyExceptionRow.batch_id) == event.stream,
        col(SupplyExceptionRow.market) == market,
        col(SupplyExceptionRow.stands),
    )
    for supply in (await session.exec(query)).all():
        supply.stands, supply.taken_back_as, supply.taken_back_at = False, how.value, event.occurred_at
        if supply.withdrawn_at is None:
            supply.withdrawn_by, supply.withdrawn_at = event.actor.name, event.occurred_at
            supply.withdrawn_because = form.impact
    if row.decision != MarketDecision.RELEASE.value:
        await settle(session, event.stream)
        return
    row.withdrawn_at = event.occurred_at
    if grounds := form.grounds_of(market):
        state_grounds(row, how, grounds, form.impact, event.occurred_at)
    await stand_anew(session, event.stream)


@follows(FieldAlertAssessment.action.event_type(Process.BATCH))
async def assess_alert(session: AsyncSession, event: Event) -> None:
    """A report is answered for what was learned; or that of the review that the task is about is assessed."""
    form = submitted(event, FieldAlertAssessment)
    if form.demands:
        session.add_all(_answers(event, form))
        return
    task, report = await session.get_one(TaskRow, str(event.payload["task"])), form.report
    for number in task.concerns:
        row = await session.get_one(ReleaseReviewRow, (event.stream, number))
        if report == FIELD_ALERT:
            row.alert_assessed_at = event.occurred_at
        else:
            row.reports = {**row.reports, report: event.occurred_at.isoformat()}


def _answers(event: Event, form: FieldAlertAssessment) -> list[AuthorityAnswerRow]:
    return [
        AuthorityAnswerRow(
            batch_id=event.stream,
            demand=demand,
            report=form.report,
            filed=form.file,
            filed_on=form.filed_on,
            reference=form.reference,
            answered_by=event.actor.person,
            answered_at=event.occurred_at,
        )
        for demand in form.demands
    ]


@follows(*RecallPlan.action.event_types())
async def plan_recall(session: AsyncSession, event: Event) -> None:
    """How product is called back."""
    form = submitted(event, RecallPlan)
    row = await session.get_one(ReleaseReviewRow, (event.stream, form.review))
    row.recall_class, row.recall_depth = form.recall_class.value, form.depth.value
    row.authority_notified_on, row.recall_planned_at = form.authority_notified_on, event.occurred_at


@follows(*RecallClosure.action.event_types())
async def close_recall(session: AsyncSession, event: Event) -> None:
    """What came back."""
    form = submitted(event, RecallClosure)
    row = await session.get_one(ReleaseReviewRow, (event.stream, form.review))
    row.distributed, row.recovered = str(form.distributed), str(form.recovered)
    row.unaccounted, row.differs_because = str(form.distributed - form.recovered), form.differs_because
    known = part(event, "effect").get("records")
    if isinstance(known, dict):  # an older version looked up less
        row.recall_received, row.recall_destroyed = str(known["received"]), str(known["destroyed"])
    row.recall_closed_at = event.occurred_at


@follows("batch.shelf_life_ended")
async def end_shelf_life(session: AsyncSession, event: Event) -> None:
    """Nothing of it is within its shelf life. Its records are kept all the same."""
    (await session.get_one(BatchRow, event.stream)).state = BatchState.CLOSED.value


def _instant(stored: JsonValue) -> datetime | None:
    return datetime.fromisoformat(stored) if isinstance(stored, str) else None


def _text(stored: JsonValue) -> str | None:
    return stored if isinstance(stored, str) else None


def numbers_in(stored: JsonValue) -> set[int]:
    """Numbers of events, as a payload lists them."""
    return {int(str(number)) for number in stored} if isinstance(stored, list) else set()


async def _answer(session: AsyncSession, event: Event, numbers: set[int], markets: Iterable[str]) -> None:
    """Some markets have answered what was learned. What one has answered before stays answered by that."""
    for demand in await open_demands(session, event.stream):
        if demand.number in numbers:
            demand.answers = {**dict.fromkeys(markets, event.number), **demand.answers}


def _settled(said: Mapping[str, JsonValue], before: set[int]) -> set[int]:
    """What no market has left to answer. An older version answered for all of them at once."""
    return numbers_in(said["reviewed"]) if "reviewed" in said else before


async def close_demands(session: AsyncSession, event: Event, numbers: set[int], where: str) -> None:
    """What has these numbers waits no more."""
    left = 0
    for demand in await open_demands(session, event.stream):
        if demand.number in numbers:
            demand.reviewed_at, demand.reviewed_in = event.occurred_at, where
        else:
            left += 1
    (await session.get_one(BatchRow, event.stream)).review_open = left > 0
