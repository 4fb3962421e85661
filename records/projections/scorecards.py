"""Scorecards of scopes, as functions of the journal."""

from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.events import Event
from domain.scorecard import PeriodKind
from records.projections.declared import follows
from records.tables import ScorecardRow


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
