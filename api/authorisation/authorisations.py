"""Authorisations of products: proposed, approved and stopped under signatures, with all that was before."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording
from api.core.tools import ToolsOf
from domain.authorisation.authorisation import AuthorisationId
from domain.authorisation.forms import AuthorisationApproval, AuthorisationProposal, AuthorisationStop
from records.authorisation.queries.authorisations import (
    AuthorisationHistory,
    AuthorisationList,
    authorisation,
    authorisations,
)
from records.release.queries.gate_reports import refuse_outsiders

router = APIRouter(prefix="/v1/authorisations", tags=["authorisations"], responses=declared(401, 403, 422))

Id = Annotated[AuthorisationId, Path(examples=["AUT-ARLIVAN-EU"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record AUT-{id}.")]


@router.get("")
async def list_authorisations(
    caller: Caller,
    tools: ToolsOf,
    market: Annotated[str | None, Query(max_length=2, description="Only those of this market.")] = None,
    product: Annotated[str | None, Query(max_length=200, description="Only those of this product.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AuthorisationList:
    """Every authorisation with all its versions, and what its authority has stopped."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await authorisations(
            session, tools.clock().date(), market=market, product=product, cursor=cursor, limit=limit
        )


@router.get("/{authorisation_id}", responses=declared(404))
async def show_authorisation(authorisation_id: Id, caller: Caller, tools: ToolsOf) -> AuthorisationHistory:
    """One authorisation with all its versions, and the one that holds."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await authorisation(session, authorisation_id, tools.clock().date())


@router.put("/{authorisation_id}", responses=declared(409, 412))
async def propose_authorisation(
    authorisation_id: Id,
    form: AuthorisationProposal,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> AuthorisationHistory:
    """Propose a version. Signed as AUTHORED: get a token for the id as record, action propose."""
    version = form.replaces + 1
    await recording.sign("authorisation", authorisation_id, form, version=version, token=signature_token)
    return await show_authorisation(authorisation_id, caller, tools)


@router.post("/{authorisation_id}/approval", responses=declared(404, 409, 412))
async def approve_authorisation(
    authorisation_id: Id,
    form: AuthorisationApproval,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> AuthorisationHistory:
    """Approve the newest version, or send it back. Signed: get a token for the id as record, action approve."""
    version = form.authorisation.version
    await recording.sign("authorisation", authorisation_id, form, version=version, token=signature_token)
    return await show_authorisation(authorisation_id, caller, tools)


@router.post("/{authorisation_id}/stop", responses=declared(404, 409))
async def stop_authorisation(
    authorisation_id: Id,
    form: AuthorisationStop,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> AuthorisationHistory:
    """Its authority has suspended or withdrawn it. Signed as AUTHORED: a token for the id as record, action stop."""
    version = form.earlier + 1
    await recording.sign("authorisation", authorisation_id, form, version=version, token=signature_token)
    return await show_authorisation(authorisation_id, caller, tools)
