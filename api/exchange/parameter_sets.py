"""Parameter sets. They are agreed on in technical exchanges; here they are read and compared."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import ToolsOf
from domain.exchange.parameter_difference import ContentDifference
from domain.exchange.parameters import ParameterSetStatus
from domain.exchange.views import ParameterSetList, ParameterSetView
from records.exchange.queries.parameter_sets import difference_of_sets, one_parameter_set, parameter_sets

router = APIRouter(prefix="/v1/parameter-sets", tags=["parameter sets"], responses=declared(401, 403, 422))

SetId = Annotated[str, Path(max_length=60, examples=["PS-1"])]


@router.get("")
async def list_parameter_sets(
    caller: Caller,
    tools: ToolsOf,
    scope: Annotated[str | None, Query(max_length=60, description="Only sets of this scope.")] = None,
    status: Annotated[ParameterSetStatus | None, Query(description="Only sets that stand there.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ParameterSetList:
    """Parameter sets, the one that was agreed on last first. A site sees those of its own scopes."""
    async with tools.database.reading() as session:
        return await parameter_sets(session, caller, scope=scope, status=status, cursor=cursor, limit=limit)


@router.get("/{set_id}", responses=declared(404))
async def show_parameter_set(set_id: SetId, caller: Caller, tools: ToolsOf) -> ParameterSetView:
    """One parameter set with its rows."""
    async with tools.database.reading() as session:
        return await one_parameter_set(session, caller, set_id)


@router.get("/{set_id}/difference", responses=declared(404))
async def compare_parameter_sets(
    set_id: SetId,
    caller: Caller,
    tools: ToolsOf,
    to: Annotated[str, Query(max_length=60, description="The set to compare it with.", examples=["PS-2"])],
) -> ContentDifference:
    """What another set says otherwise: rows added, removed and changed, field by field and in words."""
    async with tools.database.reading() as session:
        return await difference_of_sets(session, caller, set_id, to)
