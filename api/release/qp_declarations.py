"""Declarations of qualified persons on the GMP of makers of active substances: signed, listed, withdrawn."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.release.qp_declaration import QP_DECLARATION, DeclarationNumber
from records.release.queries.gate_reports import refuse_outsiders
from records.release.queries.qp_declarations import (
    QpDeclarationList,
    QpDeclarationView,
    declarations,
    one_declaration,
)

router = APIRouter(prefix="/v1/qp-declarations", tags=["QP declarations"], responses=declared(401, 403, 422))

Number = Annotated[DeclarationNumber, Path(examples=["QPD-2025-014"])]


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


add_forms(router, QP_DECLARATION, "/{number}", Number, show_qp_declaration)
