"""The gate report of a batch, and the registers of certificates. Both are the sponsor's own (S6)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import ToolsOf
from domain.authorisation.authorisation import AuthorisationId
from domain.release.certificate import CertificationList, CertificationRecord
from domain.release.gate_report import GateReport
from domain.release.gate_report_text import as_page
from records.core.policies import Policies
from records.release.queries.certifications import certifications, one_certification, processing_releases
from records.release.queries.gate_reports import gate_report, refuse_outsiders

router = APIRouter(tags=["batches"], responses=declared(401, 403, 404, 422))

Market = Annotated[str | None, Query(pattern=r"^[A-Z]{2}$", description="One market: ISO 3166-1, or EU.")]


@router.get("/v1/batches/{case_id}/gates")
async def read_gates(
    case_id: CaseId,
    caller: Caller,
    tools: ToolsOf,
    market: Market = None,
    certificate: Annotated[
        str | None, Query(max_length=40, description="Number of a certificate: the gates as it was signed.")
    ] = None,
    signed: Annotated[bool, Query(description="The gates as the decision for the market was signed.")] = False,  # noqa: FBT002
) -> GateReport:
    """How the gates G1 to G14 stand now for a market, each with its reason and the facts behind it."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await gate_report(
            session, Policies(), case_id, tools.clock(), market=market, certificate=certificate, signed=signed
        )


@router.get("/v1/batches/{case_id}/gates/page", response_class=HTMLResponse)
async def print_gates(case_id: CaseId, caller: Caller, tools: ToolsOf, market: Market = None) -> HTMLResponse:
    """The same as a page to be read and printed: what waits for judgement first."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        report = await gate_report(session, Policies(), case_id, tools.clock(), market=market)
    return HTMLResponse(as_page(report))


@router.get("/v1/certifications")
async def list_certifications(
    caller: Caller,
    tools: ToolsOf,
    market: Market = None,
    authorisation: Annotated[
        AuthorisationId | None, Query(description="Id of an authorisation: the entries that stand on it.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> CertificationList:
    """The registers of certificates and approvals, in the order of their entries."""
    async with tools.database.reading() as session:
        return await certifications(
            session, caller, market=market, authorisation=authorisation, cursor=cursor, limit=limit
        )


@router.get("/v1/processing-releases")
async def list_processing_releases(
    caller: Caller, tools: ToolsOf, market: Market = None, cursor: Cursor = None, limit: Limit = 50
) -> CertificationList:
    """The registers of releases for further processing and of confirmations, in the order of their entries."""
    async with tools.database.reading() as session:
        return await processing_releases(session, caller, market=market, cursor=cursor, limit=limit)


@router.get("/v1/certifications/{number}")
async def show_certification(
    caller: Caller, tools: ToolsOf, number: Annotated[str, Path(max_length=40, examples=["EU-2025-000012"])]
) -> CertificationRecord:
    """One entry of a register: what it declares, its signature, and the gates that it relies on."""
    async with tools.database.reading() as session:
        return await one_certification(session, caller, number)
