"""Documents: evidence files, streamed in and out."""

import uuid
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit
from api.core.tools import Tools, ToolsOf
from domain.core.anew import refuse_unless_good_anew
from domain.core.entry import Entry, PlainEvent
from domain.core.forms import Audience, canonical, sha256
from domain.core.people import Actor, Org, refuse_unless_permitted
from domain.core.refusals import Code, Refused
from domain.core.upload import Upload, refuse_unless_shared
from records.core.documents.store import DocumentStore, Kept, too_large
from records.core.identities import next_id
from records.core.journal import answered
from records.core.queries.documents import (
    DocumentList,
    DocumentView,
    document_view,
    documents_of,
    site_for_upload,
    upload_limit,
    visible_document,
)
from records.core.tables.master_data import DocumentRow

router = APIRouter(prefix="/v1/documents", tags=["documents"], responses=declared(401, 422))

_BODY = {"requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}


def _store(tools: ToolsOf) -> DocumentStore:
    return DocumentStore(tools.settings.document_dir)


StoreOf = Annotated[DocumentStore, Depends(_store)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@router.post("", status_code=201, openapi_extra=_BODY, responses=declared(403, 404, 413, 415))
async def upload_document(
    request: Request,
    response: Response,
    caller: Caller,
    tools: ToolsOf,
    store: StoreOf,
    upload: Annotated[Upload, Query()],
    idempotency_key: Key = None,
) -> DocumentView:
    """Upload a file as the request's body. Its kind is told from its bytes, never from its name or `Content-Type`."""
    refuse_unless_permitted(caller, by=Upload.action.by)
    refuse_unless_good_anew(upload)
    refuse_unless_shared(upload, caller.org)
    async with tools.database.reading() as session:
        site_id = await site_for_upload(session, caller, upload.case_id)
        limit = await upload_limit(session, tools.clock())
    if int(request.headers.get("content-length", 0)) > limit:
        raise too_large(limit)
    kept = await store.keep(_body(request), filename=upload.filename, limit=limit)
    document = await _recorded(tools, caller, upload, kept, site_id, idempotency_key)
    response.headers["Location"] = f"/v1/documents/{document.document_id}"
    return document


@router.get("")
async def list_documents(
    caller: Caller,
    tools: ToolsOf,
    case_id: str,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DocumentList:
    """The documents of a case."""
    async with tools.database.reading() as session:
        return await documents_of(session, caller, case_id, cursor=cursor, limit=limit)


@router.get("/{document_id}", responses=declared(404))
async def show_document(caller: Caller, tools: ToolsOf, document_id: str) -> DocumentView:
    """What is known about a document."""
    async with tools.database.reading() as session:
        return document_view(await visible_document(session, caller, document_id), caller)


@router.get("/{document_id}/content", response_class=StreamingResponse, responses=declared(404, 503))
async def download_document(
    caller: Caller,
    tools: ToolsOf,
    store: StoreOf,
    document_id: str,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The file itself. It is compared with its hash on the way; a damaged one breaks off before its end."""
    async with tools.database.reading() as session:
        row = await visible_document(session, caller, document_id)
    if if_none_match == f'"{row.sha256}"':
        return Response(status_code=304, headers={"etag": if_none_match})
    return StreamingResponse(
        await store.read(row.sha256, row.size), media_type=row.media_type, headers=_download_headers(row)
    )


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise Refused(Code.FORM_INVALID, "The upload broke off.", fields={"body": "is incomplete"}) from None


def _download_headers(row: DocumentRow) -> dict[str, str]:
    plain = "".join(char if (char.isascii() and char.isalnum()) or char in "._- " else "_" for char in row.filename)
    return {
        "content-length": str(row.size),
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.filename, safe='')}",
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox",
        "cache-control": "private, no-cache",
        "etag": f'"{row.sha256}"',
    }


async def _recorded(
    tools: Tools, actor: Actor, upload: Upload, kept: Kept, site_id: str | None, key: str | None
) -> DocumentView:
    """Write the fact; the file is durable already. The same key and content once more give the same document."""
    command_id = f"document:{actor.person}:{key or uuid.uuid4().hex}"
    fingerprint = sha256(canonical([upload.model_dump(mode="json"), kept.sha256]))
    audience = Audience.SHARED if actor.org is Org.CDMO else upload.audience
    async with tools.database.writing() as session:
        seen = await answered(session, command_id, fingerprint)
        document_id = str(seen.effect["id"]) if seen else await next_id(session, "DOC")
    payload = {
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": kept.media_type,
        "site_id": site_id,
        **upload.model_dump(mode="json", exclude={"audience"}),
    }
    written = await tools.journal.write(
        Entry(
            stream=document_id,
            command_id=command_id,
            at=tools.clock(),
            actor=actor,
            lines=(PlainEvent(type="document.uploaded", payload=payload, audience=audience),),
            fingerprint=fingerprint,
        )
    )
    async with tools.database.reading() as session:
        return document_view(await session.get_one(DocumentRow, written.effect["id"]), actor)
