"""The inbox: what waits for the caller, and the forms to answer it with."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse

from api.core.auth import Caller
from api.core.paging import Cursor, Limit
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.forms import Process
from domain.processes import form_of
from domain.views.tasks import TaskForm, TaskList
from records.views.showing import schema_of
from records.views.tasks import inbox, one_task

router = APIRouter(tags=["tasks"])


@router.get("/v1/tasks", name="list_tasks", summary="My inbox, soonest due first", responses=declared(422))
async def listed(caller: Caller, tools: ToolsOf, limit: Limit = 50, cursor: Cursor = None) -> TaskList:
    async with tools.database.reading() as session:
        return await inbox(session, caller, tools.clock(), limit=limit, cursor=cursor)


@router.get("/v1/tasks/{task_id}", name="read_task", summary="One task with its form", responses=declared(404, 409))
async def one(task_id: Annotated[str, Path(max_length=60)], caller: Caller, tools: ToolsOf) -> TaskForm:
    async with tools.database.reading() as session:
        return await one_task(session, caller, task_id, tools.clock())


@router.get(
    "/v1/forms/{process}/{action}",
    name="read_form",
    summary="The JSON schema of a form",
    responses={
        200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}},
        **declared(404, 422),
    },
    response_class=JSONResponse,
)
async def schema(process: Process, action: Annotated[str, Path(max_length=60)]) -> JSONResponse:
    return JSONResponse(schema_of(form_of(process, action)), media_type="application/schema+json")
