"""The approved supplier list. There is no way to write it here: only decisions of cases change it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.paging import Cursor, Filter, Instant, Limit
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.asl.asl import AslStatus
from records.status.queries.asl import AslHistory, AslList, approved_suppliers, asl_history

router = APIRouter(prefix="/v1/asl", tags=["approved supplier list"])


AsOf = Annotated[Instant | None, Query(description="The instant the list speaks of, with a time zone. Default: now.")]
KnownAt = Annotated[
    Instant | None,
    Query(description="Leave out what was recorded later: what did we believe then? Default: all that is known now."),
]


@router.get("", name="list_asl", summary="The approved supplier list, now or as it was", responses=declared(422))
async def listed(
    caller: Caller,
    tools: ToolsOf,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    site: Filter = None,
    supplier: Filter = None,
    status: Annotated[AslStatus | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AslList:
    async with tools.database.reading() as session:
        return await approved_suppliers(
            session,
            caller,
            as_of=as_of or tools.clock(),
            known_at=known_at,
            site=site,
            supplier=supplier,
            status=status,
            cursor=cursor,
            limit=limit,
        )


@router.get("/{scope_id}", name="read_asl", summary="All statements on one scope", responses=declared(404, 422))
async def history(
    scope_id: Annotated[str, Path(max_length=60)],
    caller: Caller,
    tools: ToolsOf,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AslHistory:
    async with tools.database.reading() as session:
        return await asl_history(session, caller, scope_id, cursor=cursor, limit=limit)
