"""Manufacturer's certificates of batches, for imports: entered by site or sponsor, reviewed by another person."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import TAGGED, Cursor, Limit
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.importation.batch_certificate import (
    BATCH_CERTIFICATE,
    BatchCertificateNumber,
)
from records.importation.queries.batch_certificates import (
    BatchCertificateList,
    BatchCertificateView,
    batch_certificates,
    one_batch_certificate,
)

router = APIRouter(prefix="/v1/batch-certificates", tags=["imports"], responses=declared(401, 403, 422))

Number = Annotated[BatchCertificateNumber, Path(examples=["MBC-2025-014"])]


@router.get("")
async def list_batch_certificates(
    caller: Caller,
    tools: ToolsOf,
    batch: Annotated[str | None, Query(max_length=60, description="Only those of this batch.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> BatchCertificateList:
    """Manufacturer's certificates, those that were turned down included."""
    async with tools.database.reading() as session:
        return await batch_certificates(session, caller, batch=batch, cursor=cursor, limit=limit)


@router.get("/{number}", responses=declared(404), dependencies=[TAGGED])
async def show_batch_certificate(number: Number, caller: Caller, tools: ToolsOf) -> BatchCertificateView:
    """One of them, with its review."""
    async with tools.database.reading() as session:
        return await one_batch_certificate(session, caller, number)


add_forms(router, BATCH_CERTIFICATE, "/{number}", Number, show_batch_certificate)
