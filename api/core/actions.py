"""Routes made from the form registry: one for each form of each process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Response, status
from pydantic import Field

from api.core.auth import Caller
from api.core.commands import Conveyed, open_case, refuse_clock_ahead, submit
from api.core.paging import Instant
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.case import Receipt
from domain.core.forms import Form, Forms, Process
from domain.core.people import Role
from domain.views.cases import CaseView
from records.views.cases import one_case

CaseId = Annotated[str, Path(max_length=60, examples=["AUD-1"])]
KeyHeader = Header(
    alias="Idempotency-Key",
    min_length=1,
    max_length=200,
    description="Your own key of this request. The same key again gets the first answer and changes nothing.",
)


class AnsweredCase(CaseView):
    """The case after an action."""

    receipt: Receipt
    """The number of the event in the case's journal, and the hash of the form."""


class StartedCase(CaseView):
    """The case after its request."""

    started: bool
    """Whether its procedure runs. If not, it is started as soon as the workflow server answers again."""
    merged: bool = Field(default=False)
    """Whether a case for the same cause existed already; then this is that case."""


@dataclass(frozen=True)
class Clocked:
    """The client's own clock, if it tells it."""

    occurred_at: Annotated[
        Instant | None,
        Header(
            alias="Occurred-At",
            description="The client's time. Refused if it is ahead by more than five minutes. Business time is always "
            "the server's.",
        ),
    ] = None


@dataclass(frozen=True)
class Given(Clocked):
    """What comes with a form."""

    key: Annotated[str | None, KeyHeader] = None
    token: Annotated[
        str | None,
        Header(alias="Signature-Token", max_length=200, description="From POST /v1/signatures, if this is signed."),
    ] = None
    task: Annotated[
        str | None, Query(max_length=60, description="The task to answer, where several of one action are open.")
    ] = None


def action_router(forms: Forms) -> APIRouter:
    """The routes of all forms."""
    router = APIRouter()
    for process in processes(forms):
        for form in forms.of(process):
            if form.action.starts:
                if form.action.by - {Role.SYSTEM}:
                    _add_start(router, process, form)
            else:
                _add_action(router, process, form)
    return router


def processes(forms: Forms) -> list[Process]:
    """The processes that have forms of their own."""
    return [process for process in Process if any(form.action.process is process for form in forms)]


def _add_start(router: APIRouter, process: Process, form_class: type[Form]) -> None:
    async def start(
        form: Form,
        key: Annotated[str, KeyHeader],
        caller: Caller,
        tools: ToolsOf,
        clocked: Annotated[Clocked, Depends()],
        response: Response,
    ) -> StartedCase:
        refuse_clock_ahead(clocked.occurred_at, tools.clock())
        opened = await open_case(tools, caller, process, form, key)
        async with tools.database.reading() as session:
            view = await one_case(session, caller, process, opened.case_id, tools.clock())
        response.headers["Location"] = view.url
        if opened.merged:
            response.status_code = status.HTTP_200_OK
        return StartedCase(**dict(view), started=opened.started, merged=opened.merged)

    router.add_api_route(
        f"/v1/{process.value}",
        _typed(start, form_class),
        methods=["POST"],
        status_code=status.HTTP_201_CREATED,
        responses={
            200: {"model": StartedCase, "description": "A case for the same cause exists; the request is linked to it"},
            **declared(409, 413, 415, 422),
        },
        **_description(process, form_class),
    )


def _add_action(router: APIRouter, process: Process, form_class: type[Form]) -> None:
    async def act(
        case_id: CaseId,
        form: Form,
        caller: Caller,
        tools: ToolsOf,
        given: Annotated[Given, Depends()],
    ) -> AnsweredCase:
        refuse_clock_ahead(given.occurred_at, tools.clock())
        conveyed = Conveyed(key=given.key or str(uuid4()), token=given.token, task=given.task)
        receipt = await submit(tools, caller, process, case_id, form, conveyed)
        async with tools.database.reading() as session:
            view = await one_case(session, caller, process, case_id, tools.clock())
        return AnsweredCase(**dict(view), receipt=receipt)

    router.add_api_route(
        f"/v1/{process.value}/{{case_id}}/{form_class.action.name}",
        _typed(act, form_class),
        methods=["POST"],
        responses=declared(404, 409, 413, 415, 422, 504),
        **_description(process, form_class),
    )


def _typed(endpoint: Callable[..., Awaitable[CaseView]], form_class: type[Form]) -> Callable[..., Awaitable[CaseView]]:
    """The endpoint with the type of its form, from which the schema and the validation follow."""
    endpoint.__annotations__["form"] = Annotated[form_class, Body()]
    endpoint.action = form_class.action.name  # type: ignore[attr-defined]
    return endpoint


def _description(process: Process, form_class: type[Form]) -> dict[str, Any]:
    action = form_class.action
    roles = ", ".join(sorted(action.by - {Role.SYSTEM}))
    signed = f" Signed as {action.meaning}." if action.meaning else ""
    return {
        "name": f"{process.noun}_{action.name.replace('-', '_')}",
        "summary": action.title,
        "description": f"{form_class.__doc__}\n\nBy: {roles}.{signed}",
        "tags": [process.value],
    }
