"""Official batch releases: entered by one person, checked by another, listed by batch."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.delivery.official_release import (
    OFFICIAL_RELEASE,
    OfficialReleaseId,
    OfficialReleaseList,
    OfficialReleaseView,
)
from records.delivery.queries.official_releases import official_release, official_releases
from records.release.queries.gate_reports import refuse_outsiders

router = APIRouter(tags=["official batch release"], responses=declared(401, 403, 404, 422))

Id = Annotated[OfficialReleaseId, Path(examples=["OBR-P-1001-EU"])]


@router.get("/v1/batches/{case_id}/official-releases")
async def list_official_releases(case_id: CaseId, caller: Caller, tools: ToolsOf) -> OfficialReleaseList:
    """What official control laboratories have said of a batch, the oldest first."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await official_releases(session, case_id)


@router.get("/v1/official-releases/{release_id}")
async def show_official_release(release_id: Id, caller: Caller, tools: ToolsOf) -> OfficialReleaseView:
    """One certificate, as it was entered and checked."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await official_release(session, release_id)


add_forms(router, OFFICIAL_RELEASE, "/v1/official-releases/{release_id}", Id, show_official_release)
