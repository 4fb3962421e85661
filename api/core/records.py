"""Routes made from the kinds of records beside cases: one for each form of a kind."""

import inspect
from collections.abc import Awaitable, Callable
from inspect import Parameter
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Response

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import IfMatch, IfMatchUnlessNo, Recording, tag_record
from api.core.tools import Tools, ToolsOf
from domain.core.forms import Decision, Form, Meaning
from domain.core.people import Actor
from domain.core.record_kinds import RecordKind, is_of_what_was_read, says_no
from domain.core.refusals import Code, Refused

Show = Callable[[Any, Actor, Tools], Awaitable[Any]]
"""How a record is shown to somebody, by its number."""
Token = Annotated[
    str | None, Header(max_length=200, description="From POST /v1/signatures, for the number as record and the action.")
]


def add_forms(router: APIRouter, kind: RecordKind, path: str, number: Any, show: Show) -> None:
    """Add the routes of all forms of a kind, each of which answers with the record as it then is.

    `path` is that of one record, `number` the type of the number in it.
    """
    for form_class in kind.forms:
        _add(router, kind, path, number, show, form_class)


def _add(router: APIRouter, kind: RecordKind, path: str, number: Any, show: Show, form_class: type[Form]) -> None:
    async def enter(
        form: Form,
        caller: Caller,
        tools: ToolsOf,
        recording: Recording,
        response: Response,
        signature_token: Token = None,
        read: int | None = None,
        **of: Any,
    ) -> Any:
        (number,) = of.values()
        if read is None and is_of_what_was_read(form_class) and not says_no(form):
            raise Refused(Code.VERSION_MISSING, "Send the ETag of the record as If-Match.")
        seen = None if says_no(form) else read
        await recording.sign(kind, number, form, token=signature_token, read=seen)
        await tag_record(response, tools, number)
        return await show(number, caller, tools)

    action = form_class.action
    _retyped(enter, path, number, form_class, show)
    is_posted, missing = bool(action.sent_to), (428,) if is_of_what_was_read(form_class) else ()
    signed = f" or {Meaning.REJECTED}" if issubclass(form_class, Decision) else ""
    router.add_api_route(
        f"{path}/{action.sent_to}" if is_posted else path,
        enter,
        methods=["POST" if is_posted else "PUT"],
        name=f"{kind.noun}_{action.name.replace('-', '_')}",
        summary=action.title,
        description=f"{form_class.__doc__}\n\nBy: {', '.join(sorted(action.anyone))}. "
        f"Signed as {action.meaning}{signed}: get a token for the number as record, action {action.name}.",
        responses=declared(404, 409, 412, *missing) if is_posted else declared(409, 412),
    )


def _retyped(endpoint: Callable[..., Any], path: str, number: Any, form_class: type[Form], show: Show) -> None:
    """Give an endpoint the type of its form, the number by its name in the path, and If-Match where it is needed."""
    form, *others, read, _ = inspect.signature(endpoint).parameters.values()
    if is_of_what_was_read(form_class):
        match = IfMatchUnlessNo if issubclass(form_class, Decision) else IfMatch
        others = [read.replace(annotation=match, default=Parameter.empty), *others]
    name = path.partition("{")[2].partition("}")[0]
    given = Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=number)
    endpoint.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        (given, form.replace(annotation=Annotated[form_class, Body()]), *others),
        return_annotation=inspect.signature(show).return_annotation,
    )
