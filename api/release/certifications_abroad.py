"""Certifications of batches for a market where somebody else checks them, given and withdrawn in person."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import TAGGED
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.release.certification_abroad import CERTIFICATION_ABROAD, AbroadNumber, AbroadView
from records.release.queries.certifications_abroad import certification_abroad

router = APIRouter(tags=["batches"], responses=declared(401, 403, 404, 422))

Number = Annotated[AbroadNumber, Path(examples=["QPC-2027-014"])]


@router.get("/v1/certifications-abroad/{number}", dependencies=[TAGGED])
async def show_certification_abroad(number: Number, caller: Caller, tools: ToolsOf) -> AbroadView:
    """One certification for a market that checks it. What it says is on its certificate."""
    async with tools.database.reading() as session:
        return await certification_abroad(session, caller, number)


add_forms(router, CERTIFICATION_ABROAD, "/v1/certifications-abroad/{number}", Number, show_certification_abroad)
