"""Confirmations of parts of the manufacture: what is to be confirmed of a batch, given and withdrawn in person."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.release.part_confirmation import (
    PART_CONFIRMATION,
    ConfirmationNumber,
    PartConfirmationList,
    PartConfirmationView,
)
from records.core.policies import Policies
from records.release.queries.part_confirmations import part_confirmation, part_confirmations

router = APIRouter(tags=["confirmations of parts"], responses=declared(401, 403, 404, 422))

Number = Annotated[ConfirmationNumber, Path(examples=["PMC-2027-014"])]


@router.get("/v1/batches/{case_id}/part-confirmations")
async def list_part_confirmations(case_id: CaseId, caller: Caller, tools: ToolsOf) -> PartConfirmationList:
    """Whose qualified person confirms what of a batch, by which article, and what is on record. A site sees its own."""
    async with tools.database.reading() as session:
        return await part_confirmations(session, Policies(), caller, case_id, tools.clock())


@router.get("/v1/part-confirmations/{number}")
async def show_part_confirmation(number: Number, caller: Caller, tools: ToolsOf) -> PartConfirmationView:
    """One confirmation."""
    async with tools.database.reading() as session:
        return await part_confirmation(session, caller, number)


add_forms(router, PART_CONFIRMATION, "/v1/part-confirmations/{number}", Number, show_part_confirmation)
