"""Computing the scorecard of a month."""

from datetime import date

from domain.core.days import add_months
from domain.core.period import PeriodKind, refuse_unless_over
from domain.oversight.scorecard import scorecard, trend_of
from records.core.declared import Effect
from records.core.lookups import lookups_of
from records.core.scopes import scope_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from records.oversight.scorecards import figures, score_of
from records.oversight.tables import ScorecardRow


async def compute_month(writing: Writing, case: CaseRow, first_day: date) -> Effect:
    """Compute the month that begins on a day, once, for the scope of an oversight case; `site.scorecard` keeps it.

    Raises `Refused` unless the month is over. The effect says whether it was computed now, its score and its rating.
    """
    lookups, scope = await lookups_of(writing, case), await scope_of(writing.session, case)
    last_day = refuse_unless_over(PeriodKind.MONTH, first_day, lookups.today)
    await writing.head(case.case_id)
    key = (scope.scope_id, PeriodKind.MONTH.value, first_day)
    if (known := await writing.session.get(ScorecardRow, key)) is not None:
        return {"computed": False, "score": known.score, "rating": known.rating}
    card = scorecard(await figures(writing.session, scope, first_day, last_day, lookups.tz), lookups.limits)
    before = await writing.session.get(ScorecardRow, (*key[:2], add_months(first_day, -1)))
    trend = trend_of(card.score, score_of(before), lookups.limits)
    payload: Effect = {
        "scope_id": scope.scope_id,
        "site_id": case.site_id,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "trend": trend.value,
        **card.model_dump(mode="json"),
    }
    await writing.append("site.scorecard", payload, stream=case.case_id)
    return {"computed": True, "score": payload["score"], "rating": card.rating.value}
