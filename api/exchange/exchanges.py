"""What two rounds of a technical exchange have in common, and what they do not."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.forms import Process
from domain.exchange.difference import RoundDifference
from records.exchange.queries.exchanges import difference_of_rounds

router = APIRouter(prefix="/v1/exchanges", tags=[Process.EXCHANGE.value], responses=declared(401, 403, 404, 422))

_MOST = 1000


@router.get("/{case_id}/difference")
async def compare_rounds(
    case_id: CaseId,
    caller: Caller,
    tools: ToolsOf,
    earlier: Annotated[int, Query(alias="from", ge=1, le=_MOST, description="A round, by its number.")],
    later: Annotated[int, Query(alias="to", ge=1, le=_MOST, description="The round to compare it with.")],
) -> RoundDifference:
    """Which items are new, carried over or settled between two rounds, and how answers and verdicts have changed."""
    async with tools.database.reading() as session:
        return await difference_of_rounds(session, caller, case_id, earlier, later)
