"""Quality agreements. They are drafted and signed in qualifications and reviews; here they are read."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import ToolsOf
from domain.agreement.views import AgreementView
from records.agreement.queries import AgreementHistory, AgreementList, agreement, agreements, one_version

router = APIRouter(prefix="/v1/agreements", tags=["quality agreements"], responses=declared(401, 403, 422))

OfSite = Annotated[str | None, Query(max_length=64, description="Only those with this site.")]
OfScope = Annotated[str | None, Query(max_length=64, description="Only those for this scope.")]
QtaId = Annotated[str, Path(max_length=64, examples=["QTA-1"])]


@router.get("")
async def list_agreements(
    caller: Caller,
    tools: ToolsOf,
    site: OfSite = None,
    scope: OfScope = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AgreementList:
    """Every version of every quality agreement, the newest first."""
    async with tools.database.reading() as session:
        today = tools.clock().date()
        return await agreements(session, caller, today=today, site=site, scope=scope, cursor=cursor, limit=limit)


@router.get("/{qta_id}", responses=declared(404))
async def show_agreement(qta_id: QtaId, caller: Caller, tools: ToolsOf) -> AgreementHistory:
    """A quality agreement in all its versions, with their signatures."""
    async with tools.database.reading() as session:
        return await agreement(session, caller, qta_id, today=tools.clock().date())


@router.get("/{qta_id}/{version}", responses=declared(404))
async def show_agreement_version(
    qta_id: QtaId, version: Annotated[int, Path(ge=1, le=1_000_000)], caller: Caller, tools: ToolsOf
) -> AgreementView:
    """One version of a quality agreement."""
    async with tools.database.reading() as session:
        return await one_version(session, caller, qta_id, version, today=tools.clock().date())
