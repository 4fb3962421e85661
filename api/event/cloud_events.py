"""CloudEvents 1.0 over HTTP, structured or binary, as the events they are."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, Request
from pydantic import JsonValue, ValidationError
from pydantic_core import from_json

from domain.core.refusals import Code, Refused
from domain.event.cloud_event import JSON, CloudEvent

STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch"
_PREFIX = "ce-"
_REF = {"schema": CloudEvent.model_json_schema()}

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Structured mode: the whole event. Binary mode: the `data` alone as application/json, and the "
        "attributes as headers `ce-specversion`, `ce-id`, `ce-source`, `ce-type`, `ce-subject`, `ce-time`.",
        "content": {STRUCTURED: _REF, "application/json": _REF},
    }
}
"""The body of a request, for OpenAPI."""


async def _received(request: Request) -> CloudEvent:
    """The event of a request. Raises `Refused` (FORM_INVALID, MEDIA_TYPE) that names each fault."""
    media_type = request.headers.get("content-type", "")
    if media_type.startswith(_BATCH):
        raise Refused(Code.MEDIA_TYPE, "Send one event in a request.")
    body = _json(await request.body())
    binary = _attributes(request.headers)
    _refuse_contradictions(media_type, binary, body)
    given = {**binary, "datacontenttype": media_type or None, "data": body} if binary else body
    try:
        return CloudEvent.model_validate(given)
    except ValidationError as error:
        fields = {".".join(map(str, fault["loc"])) or "body": fault["msg"] for fault in error.errors()}
        raise Refused(Code.FORM_INVALID, "This is no CloudEvent.", fields=fields) from None


Received = Annotated[CloudEvent, Depends(_received)]
"""The event that was sent."""


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """The attributes of binary mode; what is not ASCII is percent-encoded there."""
    return {name[len(_PREFIX) :]: unquote(value) for name, value in headers.items() if name.startswith(_PREFIX)}


def _refuse_contradictions(media_type: str, binary: Mapping[str, str], body: JsonValue) -> None:
    """What is said twice could be said differently, and data that is not JSON would be lost."""
    faults: dict[str, str] = {}
    if media_type.startswith(STRUCTURED):
        faults |= {f"{_PREFIX}{name}": f"is said by the body, which is {STRUCTURED}" for name in binary}
    elif not re.match(JSON, binary.get("datacontenttype", "application/json")):
        faults[f"{_PREFIX}datacontenttype"] = "is not JSON"
    if not binary and isinstance(body, dict) and "data_base64" in body:
        faults["data_base64"] = "is not read; send the data as JSON in `data`"
    if faults:
        raise Refused(Code.FORM_INVALID, "The event contradicts itself or cannot be read.", fields=faults)


def _json(body: bytes) -> JsonValue:
    try:
        read: JsonValue = from_json(body, allow_inf_nan=False) if body.strip() else {}
    except ValueError:
        raise Refused(Code.FORM_INVALID, "The event cannot be read.", fields={"body": "is not JSON"}) from None
    return read
