"""Holds on batches. They are placed by decisions and events; here they are read."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import ToolsOf
from domain.batch.holds.hold_view import HoldList
from domain.batch.holds.holds import HoldType
from records.batch.queries.holds import Wanted, holds

router = APIRouter(prefix="/v1/holds", tags=["holds"], responses=declared(401, 403, 404, 422))


@router.get("")
async def list_holds(
    caller: Caller,
    tools: ToolsOf,
    scope: Annotated[str | None, Query(max_length=60, description="Only holds on batches of this scope.")] = None,
    batch: Annotated[str | None, Query(max_length=60, description="Only holds on this batch.")] = None,
    hold_type: Annotated[HoldType | None, Query(alias="type", description="Only holds of this type.")] = None,
    market: Annotated[
        str | None, Query(max_length=60, description="Only holds that stop this market: its own, and those of all.")
    ] = None,
    still_open: Annotated[
        bool | None, Query(alias="open", description="Only holds that are not lifted, or only those that are.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> HoldList:
    """Holds on batches, the newest first. For the sponsor's people and inspectors."""
    async with tools.database.reading() as session:
        wanted = Wanted(scope=scope, batch=batch, type=hold_type, market=market, still_open=still_open)
        return await holds(session, caller, wanted, cursor=cursor, limit=limit)
