"""Certificates of sites. They come with the documents of a qualification or by a renewal.

Here they are read, and here it is entered what their authority does with them.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.auth import Caller
from api.core.paging import Day
from api.core.problems import declared
from api.core.recording import TAGGED, Cursor, Limit
from api.core.records import add_forms
from api.core.tools import ToolsOf
from domain.oversight.certificate_act import CERTIFICATE
from domain.site.certificate_view import CertificateView
from records.site.queries.certificates import CertificateList, certificates, one_certificate

router = APIRouter(prefix="/v1/certificates", tags=["certificates"], responses=declared(401, 403, 422))

CertificateId = Annotated[str, Path(max_length=60, examples=["CERT-1"])]


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


@router.get("/{certificate_id}", responses=declared(404), dependencies=[TAGGED])
async def show_certificate(certificate_id: CertificateId, caller: Caller, tools: ToolsOf) -> CertificateView:
    """One certificate."""
    async with tools.database.reading() as session:
        return await one_certificate(session, caller, certificate_id)


add_forms(router, CERTIFICATE, "/{certificate_id}", CertificateId, show_certificate)
