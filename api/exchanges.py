"""What two rounds of a technical exchange have in common, and what they do not."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.actions import CaseId
from api.auth import Caller
from api.problems import declared
from api.tools import ToolsOf
from domain.exchange_difference import RoundDifference
from domain.forms import Process
from records.queries.exchanges import difference_of_rounds

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
