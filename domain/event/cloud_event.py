"""Events from other programs: CloudEvents 1.0 (https://cloudevents.io) and the report that each one makes."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue, ValidationError, WithJsonSchema

from domain.core.forms import Bounded
from domain.core.refusals import Code, Refused
from domain.core.text import ShortText
from domain.event.site_event import EventType, SiteEventReport

JSON = r"^application/([\w.+-]+\+)?json($|;)"
"""Media types of data that can be read."""


Data = Annotated[
    dict[str, JsonValue],
    WithJsonSchema({"type": "object", "description": "The other fields of `SiteEventReport`."}),
]


class CloudEvent(Bounded):
    """An event as another program sends it. Extension attributes are allowed and not kept."""

    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"] = Field(examples=["1.0"])
    """Version of CloudEvents."""
    id: ShortText = Field(examples=["DEV-2026-0113"])
    """Id of the event in its source; with the source it identifies the event."""
    source: ShortText = Field(examples=["urn:site:quality-system"])
    """Where it comes from, as a URI."""
    type: ShortText = Field(examples=["com.vendor.site.deviation"])
    """What has happened: a type of the events at sites. Of a dotted name the last part counts."""
    subject: ShortText | None = Field(default=None, examples=["VM-02"])
    """The site or the scope that it is about, unless the data says so."""
    time: AwareDatetime | None = Field(default=None, examples=["2025-01-13T06:00:00Z"])
    """When it was detected, unless the data says so."""
    datacontenttype: Annotated[str, Field(pattern=JSON, max_length=200)] | None = None
    """Media type of the data: JSON."""
    data: Data = Field(default={}, examples=[{"severity": "MAJOR", "description": "The coupling ran at 52.6 °C."}])
    """The other fields of the report of an event."""


_ATTRIBUTES = {"type": "type", "source": "source", "event_id": "id"}
"""Fields of a report that are attributes of the event."""


def event_type(name: str) -> EventType:
    """The type by its name, by the last part of a dotted one: `com.vendor.site.deviation` is DEVIATION.

    Raises `Refused` (FORM_INVALID) on the field `type` if there is none.
    """
    last = name.rpartition(".")[2].upper().replace("-", "_")
    if last not in set(EventType):
        known = ", ".join(each.value for each in EventType)
        raise Refused(
            Code.FORM_INVALID, "The type of the event is not known.", fields={"type": f"ends with none of {known}"}
        )
    return EventType(last)


def report_of(event: CloudEvent, site_id: str | None, scope_ids: Sequence[str]) -> SiteEventReport:
    """The report that an event makes. `site_id` and `scope_ids` are those of its subject.

    Raises `Refused` (FORM_INVALID) that names each fault where the sender has written it.
    """
    twice = {
        f"data.{field}": f"is said by the attribute {name}"
        for field, name in _ATTRIBUTES.items()
        if field in event.data
    }
    if twice:
        raise Refused(Code.FORM_INVALID, "The event says something twice.", fields=twice)
    place: dict[str, JsonValue] = {"site_id": site_id, "scope_ids": [*scope_ids]} if site_id is not None else {}
    if "site_id" in event.data:
        place = {}
    detected = {"detected_at": event.time} if event.time is not None else {}
    own = {"type": event_type(event.type), "source": event.source, "event_id": event.id}
    try:
        return SiteEventReport.model_validate({**place, **detected, **event.data, **own})
    except ValidationError as error:
        fields = {_written_as(event, fault["loc"]): fault["msg"] for fault in error.errors()}
        raise Refused(Code.FORM_INVALID, "The event is not valid.", fields=fields) from None


_INSTEAD = {"site_id": "subject", "scope_ids": "subject", "detected_at": "time"}
"""What may be said by an attribute in the place of the data."""


def _written_as(event: CloudEvent, loc: Sequence[str | int]) -> str:
    first = str(loc[0])
    if first in _ATTRIBUTES:
        return _ATTRIBUTES[first]
    if first in _INSTEAD and first not in event.data:
        return _INSTEAD[first]
    return ".".join(["data", *map(str, loc)])
