"""Consignments of imports: entered as they arrive, cleared by customs, corrected, taken back."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recorder, Recording
from api.core.tools import Tools, ToolsOf
from domain.core.forms import Form
from domain.importation.consignment import (
    ConsignmentCorrection,
    ConsignmentNumber,
    ConsignmentWithdrawal,
    CustomsClearance,
    ImportConsignment,
)
from records.importation.queries.consignments import (
    ConsignmentList,
    ConsignmentView,
    consignments,
    one_consignment,
    refuse_outsiders,
    times_entered,
)

router = APIRouter(prefix="/v1/consignments", tags=["imports"], responses=declared(401, 403, 422))

Number = Annotated[ConsignmentNumber, Path(examples=["IMP-2025-014"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record IMP-{number}.")]


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


@router.get("/{number}", responses=declared(404))
async def show_consignment(number: Number, caller: Caller, tools: ToolsOf) -> ConsignmentView:
    """One consignment, as it was entered or corrected last."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await one_consignment(session, number)


@router.put("/{number}", responses=declared(409))
async def enter_consignment(
    number: Number,
    form: ImportConsignment,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> ConsignmentView:
    """Enter an arrival. Signed as AUTHORED: get a token for the number as record, action arrive."""
    await recording.sign("consignment", number, form, version=1, token=signature_token)
    return await show_consignment(number, caller, tools)


@router.post("/{number}/clearance", responses=declared(404, 409))
async def clear_consignment(
    number: Number,
    form: CustomsClearance,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> ConsignmentView:
    """Enter the customs clearance. Signed as AUTHORED, action clear."""
    await _signed(number, form, tools, recording, signature_token)
    return await show_consignment(number, caller, tools)


@router.post("/{number}/corrections", responses=declared(404, 409))
async def correct_consignment(
    number: Number,
    form: ConsignmentCorrection,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> ConsignmentView:
    """Correct the arrival, with a reason. Signed as AUTHORED, action correct."""
    await _signed(number, form, tools, recording, signature_token)
    return await show_consignment(number, caller, tools)


@router.post("/{number}/withdrawal", responses=declared(404, 409))
async def withdraw_consignment(
    number: Number,
    form: ConsignmentWithdrawal,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> ConsignmentView:
    """Take the arrival back. Signed as AUTHORED, action withdraw."""
    await _signed(number, form, tools, recording, signature_token)
    return await show_consignment(number, caller, tools)


async def _signed(number: str, form: Form, tools: Tools, recording: Recorder, token: str | None) -> None:
    async with tools.database.reading() as session:
        version = await times_entered(session, number, form) + 1
    await recording.sign("consignment", number, form, version=version, token=token)
