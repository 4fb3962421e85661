"""The annual audit programme: drafted by the records, proposed and approved under signatures."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording
from api.core.tools import ToolsOf
from domain.audit.programme_forms import PROGRAMME, ProgrammeApproval, ProgrammeProposal
from records.audit.queries import Programme, ProgrammeDraft, ProgrammeList, one_programme, programme_draft, programmes

router = APIRouter(prefix="/v1/audit-programmes", tags=["audit programme"], responses=declared(401, 403, 422))

Year = Annotated[int, Path(ge=2000, le=2199, examples=[2027])]
Version = Annotated[int | None, Query(ge=1, le=10**9, description="A version instead of the newest.")]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record PRG-{year}.")]


@router.get("")
async def list_audit_programmes(
    caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50
) -> ProgrammeList:
    """Programmes in all their versions, the newest year first."""
    async with tools.database.reading() as session:
        return await programmes(session, caller, cursor=cursor, limit=limit)


@router.get("/{year}", responses=declared(404))
async def show_audit_programme(year: Year, caller: Caller, tools: ToolsOf, version: Version = None) -> Programme:
    """The programme of a year."""
    async with tools.database.reading() as session:
        return await one_programme(session, caller, year, version)


@router.get("/{year}/draft")
async def draft_audit_programme(year: Year, caller: Caller, tools: ToolsOf) -> ProgrammeDraft:
    """What this year or the next asks for: audits that are due, when, and where auditors are short."""
    async with tools.database.reading() as session:
        return await programme_draft(session, caller, year, tools.clock())


@router.put("/{year}", responses=declared(409, 412))
async def propose_audit_programme(
    year: Year,
    form: ProgrammeProposal,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> Programme:
    """Propose a version. Signed as AUTHORED: get a token for record PRG-{year}, action propose."""
    await recording.sign(PROGRAMME, PROGRAMME.of(year), form, token=signature_token, year=year)
    return await show_audit_programme(year, caller, tools, form.record_version())


@router.post("/{year}/approval", responses=declared(404, 409, 412))
async def approve_audit_programme(
    year: Year,
    form: ProgrammeApproval,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> Programme:
    """Approve the newest version, or send it back. Signed: get a token for record PRG-{year}, action approve."""
    await recording.sign(PROGRAMME, PROGRAMME.of(year), form, token=signature_token, year=year)
    return await show_audit_programme(year, caller, tools, form.record_version())
