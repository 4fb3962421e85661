"""What is read beside a batch: a certificate from a file, and the batches that share something with it."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.documents import StoreOf
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.batch.deviations.siblings import SiblingList
from records.authorisation.specified import specified_now
from records.batch.queries.coa_reading import CoaReading, coa_reading, read_table, wanted_of
from records.batch.queries.siblings import siblings

router = APIRouter(prefix="/v1/batches", tags=["batches"], responses=declared(401, 403, 404, 422))

DocumentId = Annotated[str, Query(max_length=60, examples=["DOC-1"], description="An uploaded CSV or Excel file.")]


@router.get("/{case_id}/coa-reading", responses=declared(503))
async def read_certificate(
    case_id: CaseId, document_id: DocumentId, caller: Caller, tools: ToolsOf, store: StoreOf
) -> CoaReading:
    """Read a certificate of analysis from a file. Nothing is written; complete the form and send it as `coa`."""
    async with tools.database.reading() as session:
        wanted = await wanted_of(session, caller, case_id, document_id)
    table = await read_table(wanted.document, store)
    async with tools.database.reading() as session:
        at = tools.clock()
        return await coa_reading(session, wanted, table, at, partial(specified_now, session, wanted.batch, at))


@router.get("/{case_id}/siblings")
async def list_siblings(case_id: CaseId, caller: Caller, tools: ToolsOf) -> SiblingList:
    """Batches that share equipment, a lot, an analyst, parameters or the period with this one (21 CFR 211.192)."""
    async with tools.database.reading() as session:
        return await siblings(session, caller, case_id, tools.clock())
