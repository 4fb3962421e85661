"""Every error of the API is answered here, and every refused attempt of a signed-in person goes to the journal."""

import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.core.addresses import template_of
from api.core.auth import who_attempts
from api.core.problems import answer, refusal_problem, status_problem
from api.core.tools import Tools
from domain.core.entry import Entry, PlainEvent
from domain.core.refusals import Code, Refusal, Refused
from records.core.database import OUTAGES
from records.core.tables.cases import CaseRow, RecordRow
from records.views.tasks import last_answered

log = structlog.get_logger()

_NO_ATTEMPT = frozenset({Code.NOT_SIGNED_IN, Code.UNAVAILABLE, Code.OUTCOME_UNKNOWN, Code.NOT_STARTED_YET})
"""What says nothing about the person who tried."""
_UNREADABLE = Refusal(code=Code.FORM_INVALID, message="The form cannot be read.", fields={"body": "is not JSON"})
"""A body that is no JSON, no UTF-8, nested too deeply to be read, or with a number of too many digits."""


def install(app: FastAPI) -> None:
    """Answer all errors of the application as problems."""
    handlers: dict[type[Exception], Any] = {
        Refused: _refused,
        RequestValidationError: _invalid,
        WorkflowUpdateFailedError: _update_failed,
        WorkflowUpdateRPCTimeoutOrCancelledError: _outcome_unknown,
        RPCError: _temporal_says_no,
        RuntimeError: _temporal_down,
        HTTPException: _http,
        Exception: _unexpected,
    }
    handlers |= dict.fromkeys(OUTAGES, _database_down)
    handlers[DBAPIError] = _database_failed
    for error, handler in handlers.items():
        app.add_exception_handler(error, handler)


# ------------------------------------------------------------------------------ from errors to refusals


async def _refused(request: Request, error: Refused) -> Response:
    return await _answer(request, error.refusal)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return await _answer(request, _UNREADABLE)
    fields = {_path(problem["loc"]): str(problem["msg"]) for problem in problems}
    if any(problem["type"] == "missing" and problem["loc"] == ("header", "Idempotency-Key") for problem in problems):
        message = "Starting a case needs an Idempotency-Key, so that it can be repeated safely."
        return await _answer(request, Refusal(code=Code.KEY_MISSING, message=message, fields=fields))
    return await _answer(request, Refusal(code=Code.FORM_INVALID, message="The form is not valid.", fields=fields))


async def _update_failed(request: Request, error: WorkflowUpdateFailedError) -> Response:
    """The case refused; what it said travels in the details of the error."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        if cause.type == "AcceptedUpdateCompletedWorkflow":
            return await _answer(request, await _closed(request))
        if cause.type in set(Code) and cause.details:
            return await _answer(request, await _first_come(request, Refusal.model_validate(cause.details[0])))
        if "expected but not found" in cause.message:
            return await _answer(request, Refusal(code=Code.NOT_OPEN, message="The case does not take this action."))
    return await _unexpected(request, error)


async def _outcome_unknown(request: Request, _: Exception) -> Response:
    message = "It is not known whether this took effect. Repeat it with the same Idempotency-Key."
    return await _answer(request, Refusal(code=Code.OUTCOME_UNKNOWN, message=message))


async def _temporal_says_no(request: Request, error: RPCError) -> Response:
    if error.status is not RPCStatusCode.NOT_FOUND:
        log.warning("temporal is unavailable", error=str(error))
        return await _answer(request, _unavailable("The workflow server"))
    async with _tools(request).database.reading() as session:
        case = await session.get(CaseRow, _case_id(request))
    if case is None:
        return await _answer(request, Refusal(code=Code.NOT_FOUND, message="There is no such case."))
    if case.closed_at is not None or "already completed" in error.message:
        return await _answer(request, await _closed(request))
    message = "The case is being started. Repeat this in a moment."
    return await _answer(request, Refusal(code=Code.NOT_STARTED_YET, message=message))


async def _temporal_down(request: Request, error: RuntimeError) -> Response:
    """A client that has never been connected raises a plain RuntimeError."""
    if isinstance(error, RecursionError):
        log.warning("nested too deeply", path=request.url.path, exc_info=error)
        return await _answer(request, _UNREADABLE)
    if not str(error).startswith("Failed client connect"):
        return await _unexpected(request, error)
    return await _answer(request, _unavailable("The workflow server"))


async def _database_failed(request: Request, error: DBAPIError) -> Response:
    if error.connection_invalidated:
        return await _database_down(request, error)
    return await _unexpected(request, error)


async def _database_down(request: Request, error: Exception) -> Response:
    log.warning("the database is unavailable", error=str(error))
    return await _answer(request, _unavailable("The database"))


async def _http(request: Request, error: HTTPException) -> Response:
    path = request.url.path
    match error.status_code:
        case 400 if isinstance(error.__cause__, ValueError | RecursionError):
            return await _answer(request, _UNREADABLE)
        case 401:
            return await _answer(request, Refusal(code=Code.NOT_SIGNED_IN, message="Sign in first."))
        case 404:
            return answer(refusal_problem(Refusal(code=Code.NOT_FOUND, message="There is nothing here."), path))
        case 405:
            allow = ", ".join(_methods_of(request))
            return answer(status_problem(405, f"{path} takes {allow}.", path), {"Allow": allow})
        case 413:
            return await _answer(request, Refusal(code=Code.TOO_LARGE, message="The request is too large."))
        case 415:
            return await _answer(request, Refusal(code=Code.MEDIA_TYPE, message=str(error.detail)))
    return answer(status_problem(error.status_code, str(error.detail), path), dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> Response:
    """Nothing of what went wrong is told to the outside."""
    log.error("unexpected", path=request.url.path, exc_info=error)
    return answer(status_problem(500, "Something went wrong here; it has been logged.", request.url.path))


def _unavailable(what: str) -> Refusal:
    return Refusal(code=Code.UNAVAILABLE, message=f"{what} is not available. Repeat this in a moment.")


async def _closed(request: Request) -> Refusal:
    """A closed case says who did the last thing in it, which closed it, and when."""
    case_id = _case_id(request)
    query = select(RecordRow).where(col(RecordRow.case_id) == case_id).order_by(col(RecordRow.number).desc())
    async with _tools(request).database.reading() as session:
        last = (await session.exec(query.limit(1))).first()
        case = await session.get(CaseRow, case_id)
    stage = f": {case.stage}" if case else ""
    return Refusal(
        code=Code.CASE_CLOSED,
        message=f"{case_id} is closed{stage}.",
        who=last.by_name if last else None,
        when=last.at.isoformat() if last else None,
    )


async def _first_come(request: Request, refusal: Refusal) -> Refusal:
    """Who was first and when, where the case did not say it."""
    if refusal.code is Code.CASE_CLOSED and refusal.when is None:
        return await _closed(request)
    if refusal.code not in {Code.NOT_OPEN, Code.ALREADY_ANSWERED} or refusal.who is not None or refusal.fields:
        return refusal  # a question that was withdrawn has had no answer
    async with _tools(request).database.reading() as session:
        task = await last_answered(session, _case_id(request), _action(request) or "")
    if task is None or task.closed_at is None:
        return refusal
    return refusal.model_copy(update={"who": task.closed_by_name, "when": task.closed_at.isoformat()})


# ------------------------------------------------------------------------------ the answer, and the journal


async def _answer(request: Request, refusal: Refusal) -> Response:
    if refusal.code not in _NO_ATTEMPT:
        await _journal_attempt(request, refusal)
    return answer(refusal_problem(refusal, request.url.path))


async def _journal_attempt(request: Request, refusal: Refusal) -> None:
    """Write down who attempted what and why it was refused, never what the form said.

    Reading is an attempt where it reaches for a case that exists. A journal that cannot be written must not hide the
    refusal from the person: it is logged instead.
    """
    tools, person = _tools(request), None
    try:
        actor = await who_attempts(request)
        if actor is None:
            return
        person = actor.person
        case_id = _case_id(request)
        async with tools.database.reading() as session:
            known = bool(case_id) and await session.get(CaseRow, case_id) is not None
        if request.method in {"GET", "HEAD"} and not (known and refusal.code is Code.NOT_FOUND):
            return
        fact = PlainEvent(
            type="attempt.refused",
            payload={
                "action": _action(request),
                "route": f"{request.method} {template_of(request.scope)}",
                "code": refusal.code.value,
                "rule": refusal.rule,
                "fields": [*sorted(refusal.fields)],
            },
        )
        stream = case_id if known else actor.person
        await tools.journal.write(
            Entry(stream=stream, command_id=f"refused:{uuid.uuid4()}", at=tools.clock(), actor=actor, lines=(fact,))
        )
    except Exception:
        log.exception("a refused attempt could not be journaled", code=refusal.code, person=person)


# ------------------------------------------------------------------------------ what a request was about


def _tools(request: Request) -> Tools:
    tools: Tools = request.app.state.tools
    return tools


def _case_id(request: Request) -> str:
    return str(request.path_params.get("case_id", ""))


def _action(request: Request) -> str | None:
    """The action of the form that was submitted, as the route knows it."""
    route = request.scope.get("route")
    name = getattr(route, "name", None)
    action = getattr(getattr(route, "endpoint", None), "action", None)
    return str(action or name) if route is not None else None


def _path(loc: Sequence[str | int]) -> str:
    """The dotted path of a fault in a form; in front of it nothing, since the body is the form."""
    return ".".join(str(part) for part in loc[1:]) or str(loc[0])


def _methods_of(request: Request) -> list[str]:
    """All methods of a path, whichever routes they belong to."""
    methods: set[str] = set()
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            methods.add(method)
    return sorted(methods)
