"""Facts of the business. Checks and clocks establish them; here they are read."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.auth import Caller
from api.core.paging import Cursor, Filter, Instant, Limit
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.fact_view import FactList
from records.core.queries.facts import Wanted, facts

router = APIRouter(prefix="/v1/facts", tags=["facts"], responses=declared(401, 403, 422))


@router.get("", summary="What is true of something, why, and what followed from it")
async def list_facts(
    caller: Caller,
    tools: ToolsOf,
    about: Annotated[
        str | None,
        Query(
            max_length=64,
            description="Only facts about this batch, case, scope, site or certificate, or with a consequence for it.",
        ),
    ] = None,
    kind: Filter = None,
    as_of: Annotated[
        Instant | None,
        Query(description="Only facts that stood at this instant. Left out, also those that were revoked."),
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FactList:
    """Facts, the newest first. For the sponsor's people and inspectors."""
    async with tools.database.reading() as session:
        return await facts(session, caller, Wanted(about=about, kind=kind, as_of=as_of), cursor=cursor, limit=limit)
