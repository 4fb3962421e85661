"""Lists of cases, one case, its journal and its records, for every process."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.core.actions import CaseId, processes
from api.core.auth import Caller
from api.core.paging import Cursor, Filter, Limit
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.forms import Forms, Process
from domain.views.cases import CaseList, CaseView, EventList, Record
from records.views.cases import events_of, list_cases, one_case, one_record


def case_router(forms: Forms) -> APIRouter:
    """The routes for reading the cases of all processes."""
    router = APIRouter()
    for process in processes(forms):
        router.include_router(_of(process), prefix=f"/v1/{process.value}", tags=[process.value])
    return router


def _of(process: Process) -> APIRouter:
    router = APIRouter()
    _add_cases(router, process)
    _add_journal(router, process)
    return router


def _add_cases(router: APIRouter, process: Process) -> None:
    @router.get("", name=f"list_{process.value}", summary=f"List {process.value}", responses=declared(422))
    async def listed(
        caller: Caller,
        tools: ToolsOf,
        site: Filter = None,
        stage: Filter = None,
        overdue: Annotated[bool | None, Query()] = None,
        owner: Filter = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> CaseList:
        async with tools.database.reading() as session:
            return await list_cases(
                session, caller, process, site=site, stage=stage, overdue=overdue, owner=owner, limit=limit,
                cursor=cursor,
            )  # fmt: skip

    @router.get("/{case_id}", name=f"read_{process.noun}", summary="One case", responses=declared(404))
    async def one(case_id: CaseId, caller: Caller, tools: ToolsOf) -> CaseView:
        async with tools.database.reading() as session:
            return await one_case(session, caller, process, case_id, tools.clock())


def _add_journal(router: APIRouter, process: Process) -> None:
    @router.get(
        "/{case_id}/events", name=f"read_{process.noun}_events", summary="Its journal", responses=declared(404, 422)
    )
    async def journal(
        case_id: CaseId, caller: Caller, tools: ToolsOf, limit: Limit = 100, cursor: Cursor = None
    ) -> EventList:
        async with tools.database.reading() as session:
            return await events_of(session, caller, process, case_id, limit=limit, cursor=cursor)

    @router.get(
        "/{case_id}/records/{action}/{version}",
        name=f"read_{process.noun}_record",
        summary="One version of a record",
        responses=declared(404, 422),
    )
    async def one_version(
        case_id: CaseId,
        action: Annotated[str, Path(max_length=60)],
        version: Annotated[int, Path(ge=1, le=1_000_000)],
        caller: Caller,
        tools: ToolsOf,
    ) -> Record:
        async with tools.database.reading() as session:
            return await one_record(session, caller, process, case_id, action, version)
