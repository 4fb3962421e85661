"""Authorisations of products: proposed, approved and stopped under signatures, with all that was before."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.authorisation.authorisation import AuthorisationId
from domain.authorisation.forms import AUTHORISATION
from records.authorisation.queries.authorisations import (
    AuthorisationHistory,
    AuthorisationList,
    authorisation,
    authorisations,
)
from records.release.queries.gate_reports import refuse_outsiders

router = APIRouter(prefix="/v1/authorisations", tags=["authorisations"], responses=declared(401, 403, 422))

Id = Annotated[AuthorisationId, Path(examples=["AUT-ARLIVAN-EU"])]


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


add_forms(router, AUTHORISATION, "/{authorisation_id}", Id, show_authorisation)
