"""On what grounds markets have refused a batch, and raising them."""

from typing import Annotated

from fastapi import APIRouter, Header

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Recording
from api.core.tools import ToolsOf
from domain.release.gate_report import RefusalList
from domain.release.raised_grounds import GROUNDS, GroundsRaised
from records.release.queries.gate_reports import refuse_outsiders
from records.release.queries.market_refusals import refusals_shown

router = APIRouter(tags=["batches"], responses=declared(401, 403, 404, 422))

Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record GRD-{batch}.")]


@router.get("/v1/batches/{case_id}/grounds")
async def read_grounds(case_id: CaseId, caller: Caller, tools: ToolsOf) -> RefusalList:
    """The markets that have rejected a batch or taken its release back, and on what grounds."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await refusals_shown(session, case_id)


@router.post("/v1/batches/{case_id}/grounds", responses=declared(409, 412))
async def raise_grounds(
    case_id: CaseId,
    form: GroundsRaised,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> RefusalList:
    """Add grounds to what a market has refused, also of a closed case. Signed: record GRD-{batch}, action raise."""
    refuse_outsiders(caller)
    await recording.sign(GROUNDS, GROUNDS.of(case_id), form, token=signature_token, batch_id=case_id)
    async with tools.database.reading() as session:
        return await refusals_shown(session, case_id)
