"""Where a batch comes from and what has become of it."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.core.auth import Caller
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.batch.genealogy import Genealogy
from records.batch.queries.genealogy import genealogy_of

router = APIRouter(prefix="/v1/batches", tags=["batches"], responses=declared(401, 403, 404, 422))


@router.get("/{batch_id}/genealogy")
async def show_genealogy(
    caller: Caller, tools: ToolsOf, batch_id: Annotated[str, Path(max_length=60, examples=["BAT-1"])]
) -> Genealogy:
    """All batches that this one comes from, and all that come from it: holds are inherited along these lines."""
    async with tools.database.reading() as session:
        return await genealogy_of(session, caller, batch_id)
