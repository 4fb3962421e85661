"""Manufacturer's certificates of batches, for imports: entered by site or sponsor, reviewed by another person."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording
from api.core.tools import ToolsOf
from domain.importation.batch_certificate import (
    BatchCertificateNumber,
    ManufacturerCertificate,
    ManufacturerCertificateReview,
)
from records.importation.queries.batch_certificates import (
    BatchCertificateList,
    BatchCertificateView,
    batch_certificates,
    one_batch_certificate,
)
from records.importation.queries.consignments import times_entered

router = APIRouter(prefix="/v1/batch-certificates", tags=["imports"], responses=declared(401, 403, 422))

Number = Annotated[BatchCertificateNumber, Path(examples=["MBC-2025-014"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for record MBC-{number}.")]


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


@router.get("/{number}", responses=declared(404))
async def show_batch_certificate(number: Number, caller: Caller, tools: ToolsOf) -> BatchCertificateView:
    """One of them, with its review."""
    async with tools.database.reading() as session:
        return await one_batch_certificate(session, caller, number)


@router.put("/{number}", responses=declared(409))
async def enter_batch_certificate(
    number: Number,
    form: ManufacturerCertificate,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> BatchCertificateView:
    """Enter it as it is printed. Signed as AUTHORED: get a token for the number as record, action enter."""
    await recording.sign("batch_certificate", number, form, version=1, token=signature_token)
    return await show_batch_certificate(number, caller, tools)


@router.post("/{number}/review", responses=declared(404, 409))
async def review_batch_certificate(
    number: Number,
    form: ManufacturerCertificateReview,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> BatchCertificateView:
    """Review it against the original. Signed as REVIEWED, or REJECTED; action review."""
    async with tools.database.reading() as session:
        version = await times_entered(session, number, form) + 1
    await recording.sign("batch_certificate", number, form, version=version, token=signature_token)
    return await show_batch_certificate(number, caller, tools)
