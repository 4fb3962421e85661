"""Public registers: extracts of them, and looking the site of a qualification up."""

from fastapi import APIRouter, Response

from api.core.actions import CaseId
from api.core.auth import Caller
from api.core.documents import StoreOf
from api.core.problems import declared
from api.core.recording import Recording
from api.core.tools import ToolsOf
from domain.core.days import latest_day
from domain.core.people import refuse_unless_permitted
from domain.qualification.registers import ExtractImport, refuse_unless_importable, stream_of
from domain.site.registers import Register
from records.core.documents.references import refuse_unless_kept
from records.core.tables.master_data import DocumentRow
from records.qualification.queries.registers import (
    Extract,
    LookUpList,
    RegisterList,
    looked_up,
    one_extract,
    registers,
    wanted_of,
)
from records.qualification.registers import ExtractFile

router = APIRouter(prefix="/v1", tags=["registers"], responses=declared(401, 403, 422))


@router.get("/registers")
async def list_registers(caller: Caller, tools: ToolsOf) -> RegisterList:
    """All registers, where their answers come from, and the newest extract of each."""
    async with tools.database.reading() as session:
        return await registers(session, caller)


@router.post("/registers/{register}/extracts", status_code=201, responses=declared(503))
async def import_extract(
    register: Register,
    form: ExtractImport,
    caller: Caller,
    tools: ToolsOf,
    store: StoreOf,
    recording: Recording,
    response: Response,
) -> Extract:
    """Import an extract of a register from a CSV document. It is read whole first; one with a fault is refused."""
    refuse_unless_permitted(caller, by=form.action.by)
    async with tools.database.reading() as session:
        await refuse_unless_kept(session, form, caller, tools.clock())
        document = await session.get_one(DocumentRow, form.document.document_id)
    refuse_unless_importable(form, media_type=document.media_type, latest_day=latest_day(tools.clock()))
    rows = await ExtractFile(store, register, document.sha256, document.size).count()
    written = await recording.note(
        "register.imported",
        stream_of(register),
        form,
        {"record": form.model_dump(mode="json"), "register_name": register.value, "rows": rows},
    )
    response.headers["Location"] = "/v1/registers"
    async with tools.database.reading() as session:
        return await one_extract(session, register, int(str(written.effect["number"])))


@router.get("/qualifications/{case_id}/register-checks", responses=declared(404, 503))
async def look_up(case_id: CaseId, caller: Caller, tools: ToolsOf, store: StoreOf) -> LookUpList:
    """What the newest extracts say of the site, as proposals for its screening, and what a person must look up."""
    async with tools.database.reading() as session:
        wanted = await wanted_of(session, caller, case_id, tools.clock())
    return await looked_up(wanted, store)
