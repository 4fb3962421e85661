"""Certificates of sites. They come with the documents of a qualification or by a renewal.

Here they are read, and here it is entered what their authority does with them.
"""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query

from api.core.auth import Caller
from api.core.paging import Day
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recorder, Recording
from api.core.tools import Tools, ToolsOf
from domain.oversight.certificate_act import CertificateRestoration, CertificateStop, ImportConfirmation
from domain.site.certificate_view import CertificateView
from records.oversight.certificate_acts import times_entered
from records.site.queries.certificates import CertificateList, certificates, one_certificate

router = APIRouter(prefix="/v1/certificates", tags=["certificates"], responses=declared(401, 403, 422))

CertificateId = Annotated[str, Path(max_length=60, examples=["CERT-1"])]
Token = Annotated[str | None, Header(max_length=200, description="From POST /v1/signatures, for the certificate.")]


@router.get("")
async def list_certificates(
    caller: Caller,
    tools: ToolsOf,
    site: Annotated[str | None, Query(max_length=60, description="Only certificates of this site.")] = None,
    scope: Annotated[str | None, Query(max_length=60, description="Only certificates for this scope.")] = None,
    expires_before: Annotated[Day | None, Query(description="Only those whose last day lies before this day.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> CertificateList:
    """Certificates, the first to end first."""
    async with tools.database.reading() as session:
        return await certificates(
            session, caller, site=site, scope=scope, expires_before=expires_before, cursor=cursor, limit=limit
        )


@router.get("/{certificate_id}", responses=declared(404))
async def show_certificate(caller: Caller, tools: ToolsOf, certificate_id: CertificateId) -> CertificateView:
    """One certificate."""
    async with tools.database.reading() as session:
        return await one_certificate(session, caller, certificate_id)


@router.post("/{certificate_id}/stop", responses=declared(404, 409))
async def stop_certificate(
    certificate_id: CertificateId,
    form: CertificateStop,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> CertificateView:
    """Enter that the authority has suspended or withdrawn it. Signed as AUTHORED, action stop."""
    await _signed(certificate_id, form, tools, recording, signature_token)
    return await show_certificate(caller, tools, certificate_id)


@router.post("/{certificate_id}/restoration", responses=declared(404, 409))
async def restore_certificate(
    certificate_id: CertificateId,
    form: CertificateRestoration,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> CertificateView:
    """Enter that the authority has lifted the suspension. Signed as APPROVED, action restore."""
    await _signed(certificate_id, form, tools, recording, signature_token)
    return await show_certificate(caller, tools, certificate_id)


@router.post("/{certificate_id}/import", responses=declared(404, 409))
async def confirm_import(
    certificate_id: CertificateId,
    form: ImportConfirmation,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    signature_token: Token = None,
) -> CertificateView:
    """Confirm that the authorisation covers import. Signed as REVIEWED, action confirm-import."""
    await _signed(certificate_id, form, tools, recording, signature_token)
    return await show_certificate(caller, tools, certificate_id)


async def _signed(
    certificate_id: str,
    form: CertificateStop | CertificateRestoration | ImportConfirmation,
    tools: Tools,
    recording: Recorder,
    token: str | None,
) -> None:
    async with tools.database.reading() as session:
        version = await times_entered(session, certificate_id, form) + 1
    await recording.sign("certificate", certificate_id, form, version=version, token=token)
