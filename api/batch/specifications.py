"""Registered specifications, proposed and approved under signatures."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording
from api.core.tools import ToolsOf
from domain.batch.results.specification import stream_of
from domain.batch.results.specification_forms import SPECIFICATION, SpecificationApproval, SpecificationProposal
from records.batch.queries.specifications import (
    SpecificationHistory,
    SpecificationList,
    SpecificationView,
    one_version,
    specification,
    specifications,
)

router = APIRouter(prefix="/v1/specifications", tags=["specifications"], responses=declared(401, 403, 422))

Scope = Annotated[str, Path(max_length=55, examples=["SC-1"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record SPEC-{scope}.")]


@router.get("", responses=declared(404))
async def list_specifications(
    caller: Caller,
    tools: ToolsOf,
    scope: Annotated[str | None, Query(max_length=60, description="Only those of this scope.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SpecificationList:
    """Every version of every specification. A site sees what is approved for its scopes."""
    async with tools.database.reading() as session:
        return await specifications(session, caller, scope=scope, cursor=cursor, limit=limit)


@router.get("/{scope_id}", responses=declared(404))
async def show_specification(scope_id: Scope, caller: Caller, tools: ToolsOf) -> SpecificationHistory:
    """The specification of a scope in all its versions, and which is in force in each market."""
    async with tools.database.reading() as session:
        return await specification(session, caller, scope_id, tools.clock())


@router.put("/{scope_id}", responses=declared(404, 409, 412))
async def propose_specification(
    scope_id: Scope,
    form: SpecificationProposal,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> SpecificationView:
    """Propose a version. Signed as AUTHORED: get a token for record SPEC-{scope}, action propose."""
    record = stream_of(scope_id)
    await recording.sign(SPECIFICATION, record, form, token=signature_token, scope_id=scope_id)
    async with tools.database.reading() as session:
        return await one_version(session, caller, record, form.record_version())


@router.post("/{scope_id}/approval", responses=declared(404, 409, 412))
async def approve_specification(
    scope_id: Scope,
    form: SpecificationApproval,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> SpecificationView:
    """Approve the newest version, or send it back. Signed: get a token for record SPEC-{scope}, action approve."""
    record = stream_of(scope_id)
    await recording.sign(SPECIFICATION, record, form, token=signature_token, scope_id=scope_id)
    async with tools.database.reading() as session:
        return await one_version(session, caller, record, form.record_version())
