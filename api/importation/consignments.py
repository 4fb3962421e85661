"""Consignments of imports: entered as they arrive, cleared by customs, corrected, taken back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import TAGGED, Cursor, Limit
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.importation.consignment import (
    CONSIGNMENT,
    ConsignmentNumber,
)
from records.importation.queries.consignments import (
    ConsignmentList,
    ConsignmentView,
    consignments,
    one_consignment,
    refuse_outsiders,
)

router = APIRouter(prefix="/v1/consignments", tags=["imports"], responses=declared(401, 403, 422))

Number = Annotated[ConsignmentNumber, Path(examples=["IMP-2025-014"])]


@router.get("", responses=declared(404))
async def list_consignments(
    caller: Caller,
    tools: ToolsOf,
    batch: Annotated[str | None, Query(max_length=60, description="Only those of this batch.")] = None,
    site: Annotated[str | None, Query(max_length=60, description="Only those that arrived at this site.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ConsignmentList:
    """Every consignment, those that were taken back included."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await consignments(session, batch=batch, site=site, cursor=cursor, limit=limit)


@router.get("/{number}", responses=declared(404), dependencies=[TAGGED])
async def show_consignment(number: Number, caller: Caller, tools: ToolsOf) -> ConsignmentView:
    """One consignment, as it was entered or corrected last."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await one_consignment(session, number)


add_forms(router, CONSIGNMENT, "/{number}", Number, show_consignment)
