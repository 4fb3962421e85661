"""Scorecards. They are computed and judged in cases; here they are read."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import ToolsOf
from domain.core.period import PeriodKind
from records.oversight.queries import ScorecardList, scorecards

router = APIRouter(prefix="/v1/scorecards", tags=["scorecards"], responses=declared(401, 403, 404, 422))


@router.get("")
async def list_scorecards(
    caller: Caller,
    tools: ToolsOf,
    scope: Annotated[str | None, Query(max_length=60, description="Only scorecards of this scope.")] = None,
    site: Annotated[str | None, Query(max_length=60, description="Only scorecards of this site.")] = None,
    period: Annotated[PeriodKind | None, Query(description="Computed months, or judged quarters.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ScorecardList:
    """Scorecards of months and of judged quarters, the newest period first."""
    async with tools.database.reading() as session:
        return await scorecards(session, caller, scope=scope, site=site, period=period, cursor=cursor, limit=limit)
