"""Official batch releases: entered by one person, checked by another, listed by batch."""

from typing import Annotated

from fastapi import APIRouter, Header, Path

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Recording
from api.core.tools import ToolsOf
from domain.delivery.official_release import (
    OfficialReleaseCheck,
    OfficialReleaseEntry,
    OfficialReleaseId,
    OfficialReleaseList,
    OfficialReleaseView,
)
from records.delivery.queries.official_releases import official_release, official_releases
from records.release.queries.gate_reports import refuse_outsiders

router = APIRouter(tags=["official batch release"], responses=declared(401, 403, 404, 422))

Id = Annotated[OfficialReleaseId, Path(examples=["OBR-P-1001-EU"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record OBR-{id}.")]


@router.get("/v1/batches/{case_id}/official-releases")
async def list_official_releases(case_id: CaseId, caller: Caller, tools: ToolsOf) -> OfficialReleaseList:
    """What official control laboratories have said of a batch, the oldest first."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await official_releases(session, case_id)


@router.put("/v1/official-releases/{release_id}", responses=declared(409))
async def enter_official_release(
    release_id: Id,
    form: OfficialReleaseEntry,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> OfficialReleaseView:
    """Enter a certificate. Signed as AUTHORED: get a token for the id as record, action enter."""
    await recording.sign("official_release", release_id, form, version=1, token=signature_token)
    return await show_official_release(release_id, caller, tools)


@router.get("/v1/official-releases/{release_id}")
async def show_official_release(release_id: Id, caller: Caller, tools: ToolsOf) -> OfficialReleaseView:
    """One certificate, as it was entered and checked."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await official_release(session, release_id)


@router.post("/v1/official-releases/{release_id}/check", responses=declared(409, 412))
async def check_official_release(
    release_id: Id,
    form: OfficialReleaseCheck,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> OfficialReleaseView:
    """Compare it, as another person. Signed: get a token for the id as record, action check."""
    await recording.sign("official_release", release_id, form, version=form.entry.version, token=signature_token)
    return await show_official_release(release_id, caller, tools)
