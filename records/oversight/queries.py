"""Scorecards as the sponsor's people and inspectors read them; they are no business of the site (S6)."""

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime
from sqlalchemy import literal, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import Actor
from domain.core.period import PeriodKind
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.oversight.scorecard import Metric, Rating, Trend
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.oversight.tables import ScorecardRow
from records.site.queries.sites import refuse_unknown_place


class ScorecardView(View):
    """What a month has come to, or how a quarter was judged."""

    scope_id: str
    site_id: str
    kind: PeriodKind
    first_day: date
    last_day: date
    case_id: str
    """The oversight that has computed the month, or the review that has judged the quarter."""
    batches: int
    metrics: tuple[Metric, ...]
    score: Decimal | None
    """0 to 100 with two decimals; null without enough data."""
    rating: Rating
    computed_rating: Rating
    """What the score gives; a judged quarter may be rated otherwise, with a reason in its review."""
    trend: Trend
    recorded_at: AwareDatetime


class ScorecardList(View):
    """A page of scorecards."""

    items: tuple[ScorecardView, ...]
    next: str | None = None


async def scorecards(
    session: AsyncSession,
    actor: Actor,
    *,
    scope: str | None,
    site: str | None,
    period: PeriodKind | None,
    cursor: str | None,
    limit: int,
) -> ScorecardList:
    """Scorecards, the newest period first.

    Raises `Refused`: WRONG_ORGANISATION for people of a site, NOT_FOUND for a scope or a site that there is not.
    """
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "Scores are the sponsor's own.", rule="S6")
    await refuse_unknown_place(session, scope=scope, site=site)
    order = (col(ScorecardRow.first_day), col(ScorecardRow.scope_id), col(ScorecardRow.kind))
    query = select(ScorecardRow)
    wanted = ((ScorecardRow.scope_id, scope), (ScorecardRow.site_id, site), (ScorecardRow.kind, period))
    for column, value in wanted:
        if value is not None:
            query = query.where(col(column) == str(value))
    if cursor is not None:
        query = query.where(tuple_(*order) < tuple_(*map(literal, _key(cursor))))
    rows = (await session.exec(query.order_by(*(column.desc() for column in order)).limit(limit + 1))).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return ScorecardList(
        items=tuple(ScorecardView.model_validate(row, from_attributes=True) for row in rows[:limit]),
        next=pages.encode((last.first_day.isoformat(), last.scope_id, last.kind)) if last else None,
    )


def _key(cursor: str) -> tuple[date, str, str]:
    try:
        day, scope_id, kind = pages.decode(cursor)
        return date.fromisoformat(str(day)), str(scope_id), str(kind)
    except ValueError:
        fields = {"cursor": "not a cursor of this list"}
        raise Refused(Code.FORM_INVALID, "This cursor is not known.", fields=fields) from None
