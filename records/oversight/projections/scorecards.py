"""Scorecards of scopes, as functions of the journal."""

from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.core.period import PeriodKind, last_day_of
from domain.oversight.review import OversightReview, ReviewApproval, ReviewRequest
from records.core.payloads import submitted
from records.core.projectors import follows
from records.core.tables.cases import CaseRow, RecordRow
from records.oversight.tables import ScorecardRow


@follows("site.scorecard")
async def keep_month(session: AsyncSession, event: Event) -> None:
    """The scorecard of a month."""
    payload: dict[str, Any] = event.payload
    session.add(
        ScorecardRow(
            scope_id=payload["scope_id"],
            kind=PeriodKind.MONTH.value,
            first_day=date.fromisoformat(payload["first_day"]),
            last_day=date.fromisoformat(payload["last_day"]),
            site_id=payload["site_id"],
            case_id=event.stream,
            batches=payload["batches"],
            metrics=payload["metrics"],
            score=payload["score"],
            rating=payload["rating"],
            computed_rating=payload["rating"],
            trend=payload["trend"],
            recorded_at=event.recorded_at,
        )
    )


@follows("review.approve")
async def judge_quarter(session: AsyncSession, event: Event) -> None:
    """The quarter as its approved review has judged it."""
    approval = submitted(event, ReviewApproval)
    if not approval.approve:
        return
    case = await session.get_one(CaseRow, event.stream)
    key = (event.stream, OversightReview.action.name, approval.review.version)
    review = OversightReview.stored((await session.get_one(RecordRow, key)).form)
    first_day = ReviewRequest.stored(case.order["request"]).first_day
    figures = review.figures
    session.add(
        ScorecardRow(
            scope_id=case.scope_ids[0],
            kind=PeriodKind.QUARTER.value,
            first_day=first_day,
            last_day=last_day_of(PeriodKind.QUARTER, first_day),
            site_id=case.site_id,
            case_id=event.stream,
            batches=figures.batches,
            metrics=[metric.model_dump(mode="json") for metric in figures.metrics],
            score=str(figures.score) if figures.score is not None else None,
            rating=review.rating.value,
            computed_rating=figures.rating.value,
            trend=review.trend.value,
            recorded_at=event.recorded_at,
        )
    )
