"""Declarations of qualified persons on the GMP of makers of active substances: signed, listed, withdrawn."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording
from api.core.tools import ToolsOf
from domain.release.qp_declaration import DeclarationNumber, QpDeclaration, QpDeclarationWithdrawal
from records.release.queries.gate_reports import refuse_outsiders
from records.release.queries.qp_declarations import (
    QpDeclarationList,
    QpDeclarationView,
    declarations,
    one_declaration,
)

router = APIRouter(prefix="/v1/qp-declarations", tags=["QP declarations"], responses=declared(401, 403, 422))

Number = Annotated[DeclarationNumber, Path(examples=["QPD-2025-014"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record QPD-{number}.")]


@router.get("", responses=declared(404))
async def list_qp_declarations(
    caller: Caller,
    tools: ToolsOf,
    site: Annotated[str | None, Query(max_length=60, description="Only those that cover this site.")] = None,
    scope: Annotated[str | None, Query(max_length=60, description="Only those that cover this scope.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> QpDeclarationList:
    """Every declaration, those that were withdrawn included."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await declarations(session, site=site, scope=scope, cursor=cursor, limit=limit)


@router.get("/{number}", responses=declared(404))
async def show_qp_declaration(number: Number, caller: Caller, tools: ToolsOf) -> QpDeclarationView:
    """One declaration with the makers that it covers."""
    refuse_outsiders(caller)
    async with tools.database.reading() as session:
        return await one_declaration(session, number)


@router.put("/{number}", responses=declared(409))
async def sign_qp_declaration(
    number: Number,
    form: QpDeclaration,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> QpDeclarationView:
    """Declare, in person. Signed as CERTIFIED: get a token for the number as record, action declare."""
    await recording.sign("qp_declaration", number, form, version=1, token=signature_token)
    return await show_qp_declaration(number, caller, tools)


@router.post("/{number}/withdrawal", responses=declared(404, 409))
async def withdraw_qp_declaration(
    number: Number,
    form: QpDeclarationWithdrawal,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> QpDeclarationView:
    """Withdraw it. Signed as AUTHORED: get a token for the number as record, action withdraw."""
    await recording.sign("qp_declaration", number, form, version=1, token=signature_token)
    return await show_qp_declaration(number, caller, tools)
