"""What an event of another program says, and where its faults are told."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.refusals import Refused
from domain.event.cloud_event import CloudEvent, event_type, report_of
from domain.event.site_event import EventType, SiteEventReport
from tests.domain.filling import faults

DATA: dict[str, Any] = {"severity": "CRITICAL", "description": "The coupling ran at 52.6 °C.", "lots": ["B-002"]}
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "DEV-7",
    "source": "urn:vm:qms",
    "type": "com.vendor.site.deviation",
    "time": "2025-01-13T06:00:00Z",
    "data": DATA,
}


def report(site: str | None = "VM-02", scopes: tuple[str, ...] = (), **changes: Any) -> SiteEventReport:
    return report_of(CloudEvent.model_validate(EVENT | changes), site, scopes)


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("DEVIATION", EventType.DEVIATION),
        ("com.vendor.site.deviation", EventType.DEVIATION),
        ("com.vendor.change-notification", EventType.CHANGE_NOTIFICATION),
        ("Change_Notification", EventType.CHANGE_NOTIFICATION),
        ("com.vendor.deviation.v1", None),
        ("com.vendor.", None),
        ("party", None),
    ],
)
def test_the_last_part_of_the_name_is_the_type(name: str, type_: EventType | None) -> None:
    if type_ is None:
        assert faults(lambda: event_type(name)) == {"type"}
    else:
        assert event_type(name) is type_


def test_the_attributes_say_what_the_data_does_not() -> None:
    told = report(scopes=("SC-1",))
    assert (told.source, told.event_id, told.type) == ("urn:vm:qms", "DEV-7", EventType.DEVIATION)
    assert (told.site_id, told.scope_ids, told.lots) == ("VM-02", ("SC-1",), ("B-002",))
    assert told.detected_at == datetime(2025, 1, 13, 6, tzinfo=UTC)


def test_the_data_goes_before_subject_and_time() -> None:
    told = report(scopes=("SC-1",), data={**DATA, "site_id": "OB-01", "detected_at": "2025-01-12T06:00:00Z"})
    assert (told.site_id, told.scope_ids, told.detected_at.day) == ("OB-01", (), 12)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "party"}, {"type"}),
        ({"time": None}, {"time"}),
        ({"site": None}, {"subject"}),
        ({"site": "a site"}, {"subject"}),
        ({"data": {}}, {"data.severity", "data.description"}),
        ({"data": {**DATA, "party": 1}}, {"data.party"}),
        ({"data": {**DATA, "lots": [""]}}, {"data.lots.0"}),
        ({"data": {**DATA, "site_id": ""}}, {"data.site_id"}),
        ({"data": {**DATA, "detected_at": "soon"}}, {"data.detected_at"}),
        ({"data": {**DATA, "event_id": "DEV-8", "type": "OOS"}}, {"data.event_id", "data.type"}),
    ],
)
def test_a_fault_is_told_where_the_sender_has_written_it(changes: dict[str, Any], expected: set[str]) -> None:
    assert faults(lambda: report(**changes)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
        ({"source": " "}, "source"),
        ({"time": "2025-01-13T06:00:00"}, "time"),
        ({"datacontenttype": "text/xml"}, "datacontenttype"),
        ({"data": "text"}, "data"),
    ],
)
def test_what_is_no_cloud_event_is_not_read(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CloudEvent.model_validate(EVENT | changes)
    assert [fault["loc"] for fault in caught.value.errors()] == [(expected,)]


@pytest.mark.parametrize("media_type", ["application/json", "application/json; charset=utf-8", "application/a.b+json"])
def test_the_data_is_json_of_any_kind(media_type: str) -> None:
    assert report(datacontenttype=media_type).lots == ("B-002",)


def test_a_refusal_is_one_of_the_form() -> None:
    with pytest.raises(Refused) as caught:
        report(data={})
    assert caught.value.refusal.code == "form_invalid"
